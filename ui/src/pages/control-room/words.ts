import type { Kpi } from '../../api/types';
import { count, percent } from '../../lib/format';
import { alikeText, conditionText } from '../../lib/units';
import { slaFigures } from './sla-figures';
import { texts } from '../../texts';
import type { Shown } from './use-values';

/** What a KPI is held to, in words: its objective, and its thresholds. */
export function targetOf(kpi: Kpi): string | undefined {
  const { objective } = kpi.definition as { objective?: unknown };
  const words = [
    typeof objective === 'number' ? texts.tile.objective(percent(objective)) : '',
    kpi.thresholds
      ? texts.tile.limits(
          conditionText(kpi.thresholds.warning, kpi.unit),
          conditionText(kpi.thresholds.critical, kpi.unit),
        )
      : '',
  ].filter(Boolean);
  return words.length > 0 ? words.join('. ') : undefined;
}

export function changeOf({ kpi, series, lastWeek }: Shown): string {
  const value = series?.value ?? null;
  if (lastWeek === undefined) return '\u00a0';
  if (lastWeek === null || value === null) return texts.tile.noLastWeek;
  if (value === lastWeek) return texts.tile.sameAsLastWeek;
  const by = Math.abs(value - lastWeek);
  // Shares differ in percentage points, not in percent of each other.
  const number = kpi.unit === 'ratio' ? count1(by * 100) : alikeText(by, value, kpi.unit);
  if (!/[1-9]/.test(number)) return texts.tile.sameAsLastWeek;
  const words = kpi.unit === 'ratio' ? texts.tile.points(number) : `${number} ${texts.unit(kpi.unit)}`;
  return texts.tile.change(words, value > lastWeek);
}

const count1 = (n: number): string => percent(n / 100).replace(/\s?%/, '');

export function notesOf({ kpi, series, complete, ignored }: Shown): readonly string[] {
  return [
    ...soFar(kpi, series),
    texts.tile.n(count(series?.n ?? 0)),
    texts.tile.window(kpi.window),
    !kpi.ready
      ? texts.tile.backfill(percent(kpi.backfill.done / Math.max(1, kpi.backfill.total)))
      : complete
        ? texts.tile.complete
        : texts.tile.incomplete,
    ...(ignored.length > 0 ? [texts.tile.notByTag(ignored.join(', '))] : []),
  ];
}

/** "66 % to 98 %", where the value has an interval. */
export function intervalOf({ kpi, series }: Shown): string | undefined {
  const interval = series?.interval;
  if (!interval) return undefined;
  const end = (v: number | undefined) => (v === undefined ? '' : alikeText(v, series.value ?? v, kpi.unit));
  return texts.tile.interval(end(interval[0]), end(interval[1]));
}

/** While no deadline has passed yet, what can be said already. */
function soFar(kpi: Kpi, series: Shown['series']): readonly string[] {
  const closed =
    kpi.type === 'sla' && series?.value === null ? slaFigures(series.figures)?.closed : undefined;
  return closed && closed.ratio !== null
    ? [texts.controlRoom.sla.soFar(percent(closed.ratio), count(closed.total))]
    : [];
}
