import { useEffect, useState } from 'react';
import type { Threshold } from '../api/types';
import { copyText } from '../lib/copy';
import { limitOf } from '../live/thresholds';
import { texts } from '../texts';

function CopyBlock({ heading, text, note }: { heading: string; text: string; note?: string | undefined }) {
  const [result, setResult] = useState('');
  useEffect(() => {
    if (!result) return;
    const timer = window.setTimeout(() => setResult(''), 3000);
    return () => window.clearTimeout(timer);
  }, [result]);
  return (
    <section className="copy">
      <div className="copy__head">
        <h2 className="copy__title">{heading}</h2>
        <span className="copy__result" role="status">
          {result}
        </span>
        <button
          className="usa-button usa-button--outline button"
          type="button"
          onClick={() => {
            void copyText(text).then((done) => setResult(done ? texts.empty.copied : texts.empty.copyFailed));
          }}
        >
          {texts.empty.copy}
          <span className="usa-sr-only"> {texts.empty.copyWhat(heading)}</span>
        </button>
      </div>
      {/* Long lines scroll, so the keyboard must reach them. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="code" tabIndex={0} role="region" aria-label={heading}>
        <code>{text}</code>
      </pre>
      {note && <p className="copy__note">{note}</p>}
    </section>
  );
}

/** The event to send: one that makes the first threshold critical, where there is one. */
export function sample(rule: Threshold | undefined) {
  const condition = rule?.critical ?? rule?.warning;
  const limit = limitOf(condition);
  if (!rule || limit === undefined) {
    return { metricName: 'case.resolved', value: 1, tags: { caseId: 'C-1024' } };
  }
  const tags = Object.fromEntries((rule.by ?? []).map((key) => [key, 'example']));
  return { metricName: rule.metricName, value: condition?.includes('above') ? limit + 1 : limit - 1, tags };
}

export function curlLine(origin: string, authentication: boolean, rule?: Threshold): string {
  // In a single-quoted shell word a quote is written '\''.
  const body = JSON.stringify(sample(rule)).replaceAll("'", String.raw`'\''`);
  return [
    `curl -sS ${origin}/metrics`,
    "-H 'Content-Type: application/json'",
    ...(authentication ? ["-H 'Authorization: Bearer TOKEN'"] : []),
    `-d '${body}'`,
  ].join(' \\\n  ');
}

export function trackSnippet(origin: string, authentication: boolean): string {
  const auth = authentication ? ", Authorization: 'Bearer TOKEN'" : '';
  return `const track = (metricName, value, tags) =>
  fetch('${origin}/metrics', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json'${auth} },
    body: JSON.stringify({ metricName, value, tags }),
  });

await track('case.resolved', 1, { caseId: 'C-1024', agentId: 'a7' });`;
}

/** What a new server shows: how to send the first event. */
export function Empty({ authentication, rule }: { authentication: boolean; rule: Threshold | undefined }) {
  const text = texts.empty;
  const { origin } = window.location;
  const note = authentication ? text.token : undefined;
  return (
    <div className="empty">
      <h1 className="empty__title">{text.heading}</h1>
      <p className="empty__lead">{text.lead}</p>
      <CopyBlock
        heading={text.curl}
        text={curlLine(origin, authentication, rule)}
        note={[rule && text.crossing(rule.rule), note].filter(Boolean).join(' ') || undefined}
      />
      <CopyBlock heading={text.js} text={trackSnippet(origin, authentication)} note={note} />
      <CopyBlock heading={text.demo} text={`hms-monitor demo --url ${origin}`} />
    </div>
  );
}
