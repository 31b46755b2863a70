import { useAlertNews, useStanding } from '../../api/alerts';
import { useKpis } from '../../api/kpis';
import type { Alert } from '../../api/types';
import { AlertItem } from '../../components/alert-item';
import { Panel } from '../../components/panel';
import { Fault, Loading, Nothing } from '../../components/states';
import { unitOf } from '../../lib/units';
import { useAlerts, useStoredAlerts } from '../../live/use-live';
import { texts } from '../../texts';
import { pageAddress } from '../address';
import { firingFirst } from './firing-first';

const shownAtMost = 20;

/** What fires, the worst first, then the latest changes of state. They keep coming while figures are paused. */
export function AlertsRail({ now }: { now: number }) {
  const { alerts } = useAlerts();
  const stored = useStoredAlerts();
  const standing = useStanding();
  useAlertNews();
  const kpis = useKpis().data;
  const { firing, recent } = firingFirst(standing.data ?? [], alerts);
  const shown = firing.slice(0, shownAtMost);
  const past = recent.slice(0, shownAtMost - shown.length);
  const item = (alert: Alert) => (
    <AlertItem key={alert.id} alert={alert} now={now} unit={unitOf(alert, kpis)} />
  );
  const all = pageAddress('/alerts');
  return (
    <Panel
      name="alerts-rail"
      heading={texts.alerts.heading}
      actions={all && <a href={all}>{texts.controlRoom.allAlerts}</a>}
    >
      {stored.isPending && firing.length + recent.length === 0 ? (
        <Loading height={200} />
      ) : stored.failureReason && firing.length + recent.length === 0 ? (
        <Fault error={stored.failureReason} onRetry={() => void stored.refetch()} />
      ) : firing.length + recent.length === 0 ? (
        <Nothing>{texts.alerts.none}</Nothing>
      ) : (
        // The list scrolls, so the keyboard must reach it.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="rail__scroll" tabIndex={0} role="region" aria-label={texts.alerts.heading}>
          {shown.length > 0 && <ol aria-label={texts.alerting.now.heading}>{shown.map(item)}</ol>}
          {past.length > 0 && (
            <>
              <h3 className="rail__heading">{texts.alerts.recent}</h3>
              <ol aria-label={texts.alerts.recent}>{past.map(item)}</ol>
            </>
          )}
        </div>
      )}
    </Panel>
  );
}
