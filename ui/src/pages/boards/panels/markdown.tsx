import ReactMarkdown from 'react-markdown';

/** Headings of a panel stand below the panel's own, which is an h2. */
const levels = { h1: 'h3', h2: 'h4', h3: 'h5', h4: 'h6', h5: 'h6' } as const;

/** Markdown without HTML: that is left out. Pictures are not loaded: the policy would refuse most. */
export default function Markdown({ children }: { children: string }) {
  return (
    <div className="markdown">
      <ReactMarkdown
        skipHtml
        disallowedElements={['img']}
        components={{
          ...levels,
          a: ({ href, children: words }) => (
            <a href={href} rel="noreferrer noopener">
              {words}
            </a>
          ),
        }}
      >
        {children}
      </ReactMarkdown>
    </div>
  );
}
