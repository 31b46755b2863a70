import type { KpiState } from '../api/types';
import type { Phase } from '../live/link';

/** States differ by shape as well as by colour: a disc, a triangle, an octagon. */
export function StateShape({ state }: { state: KpiState | undefined }) {
  switch (state) {
    case 'critical':
      return (
        <svg className="shape shape--critical" viewBox="0 0 20 20" aria-hidden="true">
          <path className="shape__body" d="M6 1h8l5 5v8l-5 5H6l-5-5V6z" />
          <path className="shape__sign" d="M7 7l6 6M13 7l-6 6" />
        </svg>
      );
    case 'warning':
      return (
        <svg className="shape shape--warning" viewBox="0 0 20 20" aria-hidden="true">
          <path className="shape__body" d="M10 1.5 19.5 18.5H.5z" />
          <path className="shape__sign" d="M10 7.5v5M10 15v.6" />
        </svg>
      );
    case 'ok':
      return (
        <svg className="shape shape--ok" viewBox="0 0 20 20" aria-hidden="true">
          <circle className="shape__body" cx="10" cy="10" r="9" />
          <path className="shape__sign" d="M5.8 10.4l2.9 2.9 5.5-6" />
        </svg>
      );
    case 'undetermined':
      return (
        <svg className="shape shape--undetermined" viewBox="0 0 20 20" aria-hidden="true">
          <path className="shape__ring" d="M10 1.5 18.5 10 10 18.5 1.5 10z" />
          <path className="shape__sign" d="M6.5 10h7" />
        </svg>
      );
    case 'no_data':
    case undefined:
      return (
        <svg className="shape shape--none" viewBox="0 0 20 20" aria-hidden="true">
          <circle className="shape__ring" cx="10" cy="10" r="8" />
        </svg>
      );
  }
}

export function LinkShape({ phase }: { phase: Phase | 'paused' }) {
  return (
    <svg className={`link-shape link-shape--${phase}`} viewBox="0 0 12 12" aria-hidden="true">
      {phase === 'live' && <circle cx="6" cy="6" r="5" />}
      {phase === 'paused' && <path d="M1.5 1h3v10h-3zM7.5 1h3v10h-3z" />}
      {phase === 'stale' && <path d="M1 1h10v10H1z" />}
      {(phase === 'connecting' || phase === 'reconnecting') && (
        <circle cx="6" cy="6" r="4.2" fill="none" strokeWidth="2" strokeDasharray="4.4 2.2" />
      )}
    </svg>
  );
}

export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M4 18h6l3-9 6 15 3-8h6" />
    </svg>
  );
}

/** The line of a chart's series as its legend shows it. */
export function Swatch({ colour, dash }: { colour: string; dash: readonly number[] }) {
  return (
    <svg className="swatch" viewBox="0 0 24 6" aria-hidden="true">
      <path
        d="M0 3h24"
        stroke={`var(${colour})`}
        strokeWidth="3"
        strokeDasharray={dash.join(' ') || undefined}
      />
    </svg>
  );
}
