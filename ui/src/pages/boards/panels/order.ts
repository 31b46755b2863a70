import type { Kpi, KpiSeries } from '../../../api/types';

const rank: Record<KpiSeries['state'], number> = {
  critical: 0,
  warning: 1,
  undetermined: 2,
  ok: 3,
  no_data: 4,
};

/** Whether small values are the bad ones: thresholds say so, else they are, as of a share to reach. */
export function smallIsBad(kpi: Pick<Kpi, 'thresholds'>): boolean {
  const condition = kpi.thresholds?.critical ?? kpi.thresholds?.warning;
  return condition === undefined || !/^(above|at least)/.test(condition);
}

/** Groups in the order that a board asks for: the worst state first, then the worst value. */
export function ordered(
  groups: readonly KpiSeries[],
  kpi: Pick<Kpi, 'thresholds'>,
  order: 'worst' | 'best' | 'name' | undefined,
): readonly KpiSeries[] {
  const name = (s: KpiSeries) => Object.values(s.tags).join();
  if (order === 'name') return groups.toSorted((a, b) => name(a).localeCompare(name(b)));
  const sign = (smallIsBad(kpi) ? 1 : -1) * (order === 'best' ? -1 : 1);
  const byState = order === 'best' ? -1 : 1;
  return groups.toSorted((a, b) => {
    // What has no value is neither good nor bad: it stands at the end.
    if ((a.value === null) !== (b.value === null)) return a.value === null ? 1 : -1;
    return (
      (rank[a.state] - rank[b.state]) * byState ||
      ((a.value ?? 0) - (b.value ?? 0)) * sign ||
      name(a).localeCompare(name(b))
    );
  });
}
