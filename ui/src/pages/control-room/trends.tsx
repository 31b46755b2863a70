import type { Kpi, Tags } from '../../api/types';
import {
  clearedIn,
  conflictLevels as levels,
  type ConflictFigures,
  type ConflictLevel,
} from '../../lib/figures';
import { count } from '../../lib/format';
import { valueText } from '../../lib/units';
import { titleOf } from '../../lib/title';
import { texts } from '../../texts';
import { limitsOf } from './limits';
import type { Span } from './spans';
import { TrendPanel } from './trend-panel';
import { useTrend, type Trend } from './use-trend';
import type { Shown } from './use-values';
import { intervalOf } from './words';

interface Props {
  readonly kpi: Kpi;
  readonly shown: Shown;
  readonly span: Span;
  readonly tags: Tags;
}

const line = (label: string) => [{ label, colour: '--series-1', width: 2, gaps: true }];

export function ThroughputPanel({ kpi, shown, span, tags }: Props) {
  const trend = useTrend(kpi, span, tags, { over: 'window' });
  return (
    <TrendPanel
      name="throughput"
      heading={titleOf(kpi)}
      note={texts.controlRoom.over(kpi.window)}
      kpi={kpi}
      trend={trend}
      lowest={0}
      limits={limitsOf(kpi)}
      draw={(t) => ({ series: line(titleOf(kpi)), columns: [withNow(t, shown)] })}
    />
  );
}

export function BacklogPanel({ kpi, shown, span, tags }: Props) {
  const trend = useTrend(kpi, span, tags, { over: 'window' });
  return (
    <TrendPanel
      name="backlog"
      heading={titleOf(kpi)}
      kpi={kpi}
      trend={trend}
      lowest={0}
      limits={limitsOf(kpi)}
      draw={(t) => ({ series: line(titleOf(kpi)), columns: [withNow(t, shown)] })}
    />
  );
}

export function SatisfactionPanel({ kpi, shown, span, tags }: Props) {
  const text = texts.controlRoom.satisfaction;
  const trend = useTrend(kpi, span, tags, { over: 'window', detail: true });
  const value = shown.series?.value ?? null;
  const interval = intervalOf(shown);
  const figures = shown.series?.figures as { responses?: number; sent?: number } | undefined;
  return (
    <TrendPanel
      name="satisfaction"
      heading={titleOf(kpi)}
      note={texts.controlRoom.over(kpi.window)}
      kpi={kpi}
      trend={trend}
      limits={limitsOf(kpi)}
      draw={(t) => ({
        series: [
          { label: text.upper, colour: '--chart-edge', width: 1, gaps: true },
          { label: text.lower, colour: '--chart-edge', width: 1, gaps: true },
          { label: text.value, colour: '--series-1', width: 2, gaps: true },
        ],
        columns: [
          t.intervals.map((i) => i?.[1] ?? null),
          t.intervals.map((i) => i?.[0] ?? null),
          withNow(t, shown),
        ],
        band: [1, 2],
      })}
    >
      <p className="trend__now">
        <strong>{value === null ? '–' : valueText(value, kpi.unit)}</strong> {interval}
        {figures?.responses !== undefined &&
          ` ${text.responses(count(figures.responses), count(figures.sent ?? 0))}`}
      </p>
    </TrendPanel>
  );
}

/** Conflicts of every level that began in each step: a spike is a tall bar. */
export function ConflictsPanel({ kpi, shown, span, tags }: Props) {
  const text = texts.controlRoom.conflicts;
  const trend = useTrend(kpi, span, tags, { over: 'step', detail: true });
  const now = shown.series?.figures as ConflictFigures | undefined;
  const started = (figures: unknown, some: readonly ConflictLevel[]) =>
    some.reduce((sum, level) => sum + ((figures as ConflictFigures | undefined)?.[level]?.started ?? 0), 0);
  return (
    <TrendPanel
      name="conflicts"
      heading={text.heading}
      note={texts.rates.per(span.step)}
      kpi={kpi}
      trend={trend}
      unit=""
      lowest={0}
      draw={(t) => ({
        series: [{ label: text.began, colour: '--series-5', kind: 'bars' }],
        columns: [t.figures.map((f) => started(f, levels))],
      })}
    >
      <p className="trend__now">
        {now &&
          text.now(
            count(levels.reduce((sum, level) => sum + (now[level]?.open ?? 0), 0)),
            count(started(now, levels)),
            kpi.window,
          )}
        {now?.L3 && now.L3.started > 0 && ` ${clearance(now.L3.clearance.median)}`}
      </p>
    </TrendPanel>
  );
}

function clearance(median: number | null): string {
  const text = texts.figures.conflicts;
  if (median === null) return text.notYet;
  return median < 1 ? text.clearAtOnce : text.clear(clearedIn(median));
}

/** The line ends with the value that the tile shows. */
function withNow(trend: Trend, { series }: Shown): readonly (number | null)[] {
  return series && trend.values.length > 0 ? [...trend.values.slice(0, -1), series.value] : trend.values;
}
