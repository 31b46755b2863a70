import type { MetricInfo } from '../api/types';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

export type RangeId = '15m' | '1h' | '6h' | '24h' | '7d' | 'all';

/** The span of time that the charts show. */
export interface Range {
  readonly id: RangeId;
  readonly step: number;
  readonly steps: number;
  /** The end, where it does not move with the clock. */
  readonly until?: number;
}

/** What the page opens with. */
export const firstRange: Range = { id: '15m', step: 30 * second, steps: 30 };

const moving: readonly Range[] = [
  firstRange,
  { id: '1h', step: minute, steps: 60 },
  { id: '6h', step: 5 * minute, steps: 72 },
  { id: '24h', step: 15 * minute, steps: 96 },
  { id: '7d', step: 2 * hour, steps: 84 },
];

export const rangeIds: readonly RangeId[] = [...moving.map((r) => r.id), 'all'];

/** The counts behind "in the last minute". */
export const lastMinute = { step: 5 * second, steps: 13 };

const niceSteps = [
  ...[10, 30].map((n) => n * second),
  ...[1, 5, 15, 30].map((n) => n * minute),
  ...[1, 3, 6, 12].map((n) => n * hour),
  ...[1, 2, 7, 14, 28, 91, 182, 364].map((n) => n * day),
];

/** The span from the first event stored to the last. */
export function everything(metrics: readonly MetricInfo[]): Range {
  const first = Math.min(...metrics.map((m) => m.first));
  const last = Math.max(...metrics.map((m) => m.last));
  if (!Number.isFinite(first) || !Number.isFinite(last)) return { ...firstRange, id: 'all' };
  const step = niceSteps.find((s) => (last - first) / s <= 120) ?? 3650 * day;
  const end = (Math.floor(last / step) + 1) * step;
  return {
    id: 'all',
    step,
    steps: Math.max(2, Math.ceil((end - first) / step)),
    until: end - 1,
  };
}

export function rangeOf(id: RangeId, metrics: readonly MetricInfo[]): Range {
  return moving.find((r) => r.id === id) ?? everything(metrics);
}
