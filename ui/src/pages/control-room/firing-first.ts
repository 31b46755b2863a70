import type { Alert } from '../../api/types';
import { newerFirst } from '../../live/alerts';
import { moreSevere } from '../../live/thresholds';

const seriesOf = ({ kind, rule, tags }: Alert): string =>
  JSON.stringify([kind, rule, Object.entries(tags).sort(([a], [b]) => (a < b ? -1 : 1))]);

export interface Rail {
  /** The newest change of each series that stands, the worst first. */
  readonly firing: readonly Alert[];
  /** All other changes, the newest first: recoveries, and what was worse or better before. */
  readonly recent: readonly Alert[];
}

/** What fires before what was: of what stood when it was read, and of the changes since. */
export function firingFirst(standing: readonly Alert[], changes: readonly Alert[]): Rail {
  const all = [...new Map([...standing, ...changes].map((a) => [a.id, a])).values()].sort(newerFirst);
  const newest = new Map<string, Alert>();
  for (const alert of all) if (!newest.has(seriesOf(alert))) newest.set(seriesOf(alert), alert);
  const fires = (a: Alert) => a.state !== 'ok' && newest.get(seriesOf(a)) === a;
  return {
    firing: all.filter(fires).sort((a, b) => moreSevere(a.state, b.state) || newerFirst(a, b)),
    recent: all.filter((a) => !fires(a)),
  };
}
