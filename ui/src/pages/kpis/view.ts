/** What the page of a KPI shows: a span of time, and how it is looked at. */
import { useCallback } from 'react';
import { useSearchParams } from 'wouter';
import { clockAhead } from '../../lib/format';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const rangeIds = ['1h', '6h', '24h', '7d', '30d', '90d', '1y', 'all'] as const;
export type RangeId = (typeof rangeIds)[number];

const lengths: Readonly<Record<Exclude<RangeId, 'all'>, number>> = {
  '1h': hour,
  '6h': 6 * hour,
  '24h': day,
  '7d': 7 * day,
  '30d': 30 * day,
  '90d': 90 * day,
  '1y': 365 * day,
};

export interface Extent {
  readonly from: number;
  readonly to: number;
}

const steps: readonly (readonly [ms: number, text: string])[] = [
  [10_000, '10s'],
  [30_000, '30s'],
  [minute, '1m'],
  [2 * minute, '2m'],
  [5 * minute, '5m'],
  [10 * minute, '10m'],
  [15 * minute, '15m'],
  [30 * minute, '30m'],
  [hour, '1h'],
  [2 * hour, '2h'],
  [6 * hour, '6h'],
  [12 * hour, '12h'],
  [day, '1d'],
  [2 * day, '2d'],
  [7 * day, '7d'],
];

export interface Step {
  readonly ms: number;
  readonly text: string;
}

/** The shortest step by which points stand far enough apart on so wide a chart. */
export function stepFor(length: number, width: number, apart = 4): Step {
  const most = Math.min(400, Math.max(20, Math.floor(width / apart)));
  const longest = [28 * day, '28d'] as const;
  const found = steps.find(([ms]) => length / ms <= most) ?? longest;
  return { ms: found[0], text: found[1] };
}

/** Moved to whole steps of the clock on the wall, so that the same points are asked for again, and days are days. */
export function aligned({ from, to }: Extent, step: number, now: number, ahead = clockAhead(from)): Extent {
  return {
    from: Math.floor((from + ahead) / step) * step - ahead,
    to: Math.min(Math.ceil((to + ahead) / step) * step - ahead, Math.max(to, now)),
  };
}

/** The extent of a preset, as of now; `all` reaches over everything stored. */
export function extentOf(range: RangeId, now: number, stored: Extent | undefined): Extent {
  if (range !== 'all') return { from: now - lengths[range], to: now };
  const { from, to } = stored ?? { from: now - lengths['24h'], to: now };
  return { from, to: Math.max(to, from + minute) };
}

/** Half as long, or twice as long, around its middle; or beside it. */
export function moved({ from, to }: Extent, how: 'in' | 'out' | 'earlier' | 'later'): Extent {
  const length = to - from;
  const quarter = Math.max(minute / 2, Math.round(length / 4));
  switch (how) {
    case 'in':
      return { from: from + quarter, to: to - quarter };
    case 'out':
      return { from: from - length / 2, to: to + length / 2 };
    case 'earlier':
      return { from: from - length / 2, to: to - length / 2 };
    case 'later':
      return { from: from + length / 2, to: to + length / 2 };
  }
}

const pair = (text: string | null): Extent | undefined => {
  const [, from, to] = /^(\d+)-(\d+)$/.exec(text ?? '') ?? [];
  return from !== undefined && to !== undefined && Number(from) < Number(to)
    ? { from: Number(from), to: Number(to) }
    : undefined;
};

const written = (extent: Extent) => `${Math.round(extent.from)}-${Math.round(extent.to)}`;

/** The whole view stands in the address: `?range=7d`, `?span=FROM-TO`, `?mark=FROM-TO`. */
export function useView() {
  const [params, setParams] = useSearchParams();
  const given = params.get('range') as RangeId | null;
  const range: RangeId = given && rangeIds.includes(given) ? given : '24h';
  const change = useCallback(
    (changes: Readonly<Record<string, string | undefined>>, replace = true) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [key, value] of Object.entries(changes)) {
            if (value === undefined) after.delete(key);
            else after.set(key, value);
          }
          return after;
        },
        { replace },
      ),
    [setParams],
  );
  return {
    range,
    /** A span that does not move with the clock. */
    fixed: pair(params.get('span')),
    mark: pair(params.get('mark')),
    setRange: (next: RangeId) => change({ range: next === '24h' ? undefined : next, span: undefined }),
    /** Each zoom is a step that the browser's own Back undoes. */
    zoom: (next: Extent) => change({ span: written(next) }, false),
    setMark: (next: Extent | undefined) => change({ mark: next && written(next) }),
  };
}
