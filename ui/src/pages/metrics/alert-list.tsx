import { memo, useState } from 'react';
import { api } from '../../api/client';
import { useKpis } from '../../api/kpis';
import { AlertItem } from '../../components/alert-item';
import { alertPage, useAlertFeed, useAlerts, useStoredAlerts } from '../../live/use-live';
import { unitOf } from '../../lib/units';
import { texts } from '../../texts';
import { Panel, PanelFault } from '../../components/panel';

/** Changes of state, newest first; earlier ones are read from the server on demand. */
export const AlertList = memo(function AlertList({ now }: { now: number }) {
  const feed = useAlertFeed();
  const { alerts, earlier } = useAlerts();
  const { error: fault } = useStoredAlerts();
  const kpis = useKpis().data;
  const [loading, setLoading] = useState(false);

  async function loadEarlier() {
    setLoading(true);
    try {
      // Where the end has no cursor, the list is read anew and further.
      const from =
        earlier == null ? { limit: alerts.length + alertPage } : { limit: alertPage, cursor: earlier };
      feed.extend(await api.alerts(from));
    } catch {
      // The button is there for another try.
    } finally {
      setLoading(false);
    }
  }

  return (
    <Panel name="alerts" heading={texts.alerts.heading}>
      <PanelFault error={fault} />
      {alerts.length === 0 ? (
        <p className="panel__empty">{texts.alerts.none}</p>
      ) : (
        // The list scrolls, so the keyboard must reach it.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <ol className="alerts" tabIndex={0} aria-label={texts.alerts.heading}>
          {alerts.map((alert) => (
            <AlertItem key={alert.id} alert={alert} now={now} unit={unitOf(alert, kpis)} />
          ))}
        </ol>
      )}
      {alerts.length > 0 && earlier !== null && (
        <button
          className="usa-button usa-button--unstyled button button--quiet"
          type="button"
          disabled={loading}
          onClick={() => void loadEarlier()}
        >
          {loading ? texts.alerts.loading : texts.alerts.earlier}
        </button>
      )}
    </Panel>
  );
});
