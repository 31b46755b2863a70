import { lineDiff } from '../lib/line-diff';
import { texts } from '../texts';

const signs = { same: ' ', added: '+', removed: '−' } as const;

/** How a text has changed: by sign, by ground and in words for those who hear it. */
export function DiffLines({ before, after }: { before: string; after: string }) {
  return (
    // Long lines scroll, so the keyboard must reach them.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="diff" tabIndex={0} role="region" aria-label={texts.diff.label}>
      {lineDiff(before, after).map(({ kind, text }, i) => (
        <div className={`diff__line diff__line--${kind}`} key={i}>
          <span aria-hidden="true">{signs[kind]} </span>
          {kind !== 'same' && <span className="usa-sr-only">{texts.diff[kind]}: </span>}
          {text}
        </div>
      ))}
    </div>
  );
}
