import { memo, type ReactNode } from 'react';
import type { KpiState } from '../api/types';
import { Spark } from './spark';
import { KpiBadge } from './state-badge';

export interface KpiTileProps {
  readonly name: string;
  readonly title: string;
  readonly state: KpiState;
  /** The value as it is read; undefined where there is none. */
  readonly figure: string | undefined;
  readonly unit: string;
  /** The exact value, for those who point at it. */
  readonly exact: number | null;
  readonly target: string | undefined;
  readonly change: ReactNode;
  readonly notes: readonly string[];
  readonly spark: readonly (number | null)[];
  readonly href?: string | undefined;
}

/** One KPI at a glance: state, value, target, course, change, and what it is made of. */
export const KpiTile = memo(function KpiTile(props: KpiTileProps) {
  const { name, title, state, figure, unit, exact, target, change, notes, spark, href } = props;
  return (
    <article className={`kpi kpi--${state}`} data-kpi={name} data-state={state} aria-label={title}>
      <h2 className="kpi__title">{href ? <a href={href}>{title}</a> : title}</h2>
      <KpiBadge state={state} target={target} />
      <p className="kpi__figure">
        <data className="kpi__value" value={exact ?? ''} title={exact === null ? undefined : String(exact)}>
          {figure ?? '–'}
        </data>
        {figure !== undefined && unit && <span className="kpi__unit">{unit}</span>}
      </p>
      <Spark values={spark} className="kpi__spark" />
      <p className="kpi__change">{change}</p>
      <p className="kpi__target">{target}</p>
      <p className="kpi__notes">
        {notes.map((note) => (
          <span key={note}>{note}</span>
        ))}
      </p>
    </article>
  );
});
