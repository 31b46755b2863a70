import { useMemo } from 'react';
import { useMetrics } from '../../live/use-feed';
import { useMinute } from '../../lib/use-minute';
import { extentOf, useView, type Extent } from './view';

export interface Shown extends Extent {
  /** Whether it ends now and moves with the clock. */
  readonly moving: boolean;
}

/** The span of time that the page shows. */
export function useExtent(): Shown {
  const { range, fixed } = useView();
  const now = useMinute() + 60_000;
  const metrics = useMetrics();
  return useMemo(() => {
    if (fixed) return { ...fixed, moving: false };
    const all = metrics.data ?? [];
    const stored =
      all.length === 0
        ? undefined
        : { from: Math.min(...all.map((m) => m.first)), to: Math.max(...all.map((m) => m.last)) };
    return { ...extentOf(range, now, stored), moving: range !== 'all' };
  }, [fixed?.from, fixed?.to, range, now, metrics.data]); // eslint-disable-line react-hooks/exhaustive-deps
}
