import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { BoardPanel } from '../../../api/boards';
import { useKpis } from '../../../api/kpis';
import { http, read } from '../../../api/http';
import type { Alert } from '../../../api/types';
import { AlertItem } from '../../../components/alert-item';
import { Fault, Loading, Nothing } from '../../../components/states';
import { unitOf } from '../../../lib/units';
import { useMinute } from '../../../lib/use-minute';
import { useHub } from '../../../live/use-live';
import { texts } from '../../../texts';

/** The alerts that stand now; read anew when one changes. */
function useStanding() {
  const hub = useHub();
  const client = useQueryClient();
  useEffect(() => {
    let timer: number | undefined;
    const again = () => {
      // Of a burst of alerts the list is read once.
      timer ??= window.setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ['board-alerts'] });
      }, 500);
    };
    const leave = hub.join({ kinds: ['alert'], alert: again, resync: again });
    return () => {
      leave();
      window.clearTimeout(timer);
    };
  }, [hub, client]);
  return useQuery({
    queryKey: ['board-alerts'],
    queryFn: async ({ signal }): Promise<readonly Alert[]> =>
      (await read(http.GET('/api/alerts', { signal }))).alerts ?? [],
    refetchInterval: 60_000,
  });
}

export function AlertsPanel({ panel, title }: { panel: BoardPanel; title: string }) {
  const standing = useStanding();
  const now = useMinute();
  const kpis = useKpis().data;
  if (standing.failureReason && !standing.data) {
    return <Fault error={standing.failureReason} onRetry={() => void standing.refetch()} />;
  }
  if (!standing.data) return <Loading height={120} />;
  const states = panel.states ?? ['critical', 'warning'];
  const wanted = Object.entries(panel.tags ?? {});
  const shown = standing.data
    .filter((a) => states.includes(a.state) && wanted.every(([key, value]) => a.tags[key] === value))
    .slice(0, panel.limit ?? 100);
  if (shown.length === 0) return <Nothing>{texts.boards.noAlerts}</Nothing>;
  return (
    <ol className="board-alerts" aria-label={title}>
      {shown.map((alert) => (
        <AlertItem key={alert.id} alert={alert} now={now} unit={unitOf(alert, kpis)} />
      ))}
    </ol>
  );
}
