import type { BacktestFiring } from '../../api/rules';

/** How many series fired at each instant at which that changed. */
export function timeline(firings: readonly BacktestFiring[], from: number, to: number) {
  const changes = new Map<number, { all: number; critical: number }>();
  const change = (at: number, by: number, critical: boolean) => {
    const sum = changes.get(at) ?? { all: 0, critical: 0 };
    changes.set(at, { all: sum.all + by, critical: sum.critical + (critical ? by : 0) });
  };
  change(from, 0, false);
  change(to, 0, false);
  for (const { firedAt, resolvedAt, state } of firings) {
    change(Math.max(from, firedAt), 1, state === 'critical');
    if (resolvedAt !== null && resolvedAt < to) change(Math.max(from, resolvedAt), -1, state === 'critical');
  }
  const times = [...changes.keys()].sort((a, b) => a - b);
  const firing: number[] = [];
  const critical: number[] = [];
  let [now, bad, most] = [0, 0, 0];
  for (const at of times) {
    now += changes.get(at)?.all ?? 0;
    bad += changes.get(at)?.critical ?? 0;
    most = Math.max(most, now);
    firing.push(now);
    critical.push(bad);
  }
  return { times, firing, critical, most };
}
