import { useAlertNews, useStanding } from '../../api/alerts';
import { texts } from '../../texts';
import { tally } from './arrange';
import type { Shown } from './use-values';

export interface RoomState {
  readonly state: 'critical' | 'warning' | 'ok' | 'no_data';
  readonly critical: number;
  readonly warning: number;
  readonly words: string;
}

/** How the office stands: by the alerts that fire, or else by the figures shown. */
export function useRoomState(shown: readonly Shown[]): RoomState {
  useAlertNews();
  const standing = useStanding().data ?? [];
  const kpis = tally(shown);
  const critical = standing.filter((alert) => alert.state === 'critical').length;
  const firing = standing.length > 0;
  const counts = firing ? { critical, warning: standing.length - critical } : kpis;
  return {
    critical: counts.critical,
    warning: counts.warning,
    state: counts.critical ? 'critical' : counts.warning ? 'warning' : kpis.ok ? 'ok' : 'no_data',
    words: firing
      ? texts.controlRoom.firing(counts.critical, counts.warning)
      : texts.controlRoom.headline(counts.critical, counts.warning, shown.length),
  };
}
