import { memo, useState } from 'react';
import { api } from '../api/client';
import type { Alert } from '../api/types';
import { iso, judged, moment } from '../lib/format';
import type { Earlier } from '../live/alerts';
import { limitOf } from '../live/thresholds';
import { alertPage, useFeed } from '../live/use-feed';
import { strings } from '../strings';
import { Name } from './name';
import { Panel, PanelFault } from './panel';
import { StateShape } from './shapes';
import { TagList } from './tag-list';

function AlertItem({ alert, now }: { alert: Alert; now: number }) {
  const text = strings.alerts;
  return (
    <li className={`alert alert--${alert.state}`} data-state={alert.state}>
      <StateShape state={alert.state} />
      <div className="alert__body">
        <p className="alert__what">
          <span className="alert__state">{strings.state(alert.state)}</span> <Name>{alert.rule}</Name>
        </p>
        <p className="alert__detail">
          <TagList tags={alert.tags} />
          <span>{text.value(judged(alert.value, limitOf(alert.condition)), alert.condition)}</span>
          {alert.state !== 'ok' && <span className="alert__previous">{text.was(alert.previous)}</span>}
        </p>
      </div>
      <time className="alert__time" dateTime={iso(alert.at)}>
        {moment(alert.at, now)}
      </time>
    </li>
  );
}

interface Props {
  readonly alerts: readonly Alert[];
  readonly earlier: Earlier;
  readonly fault: Error | null;
  readonly now: number;
}

/** Changes of state, newest first; earlier ones are read from the server on demand. */
export const AlertList = memo(function AlertList({ alerts, earlier, fault, now }: Props) {
  const feed = useFeed();
  const [loading, setLoading] = useState(false);

  async function loadEarlier() {
    setLoading(true);
    try {
      // Where the end has no cursor, the list is read anew and further.
      const from =
        earlier == null ? { limit: alerts.length + alertPage } : { limit: alertPage, cursor: earlier };
      feed.addEarlierAlerts(await api.alerts(from));
    } catch {
      // The button is there for another try.
    } finally {
      setLoading(false);
    }
  }

  return (
    <Panel name="alerts" heading={strings.alerts.heading}>
      <PanelFault error={fault} />
      {alerts.length === 0 ? (
        <p className="panel__empty">{strings.alerts.none}</p>
      ) : (
        <ol className="alerts">
          {alerts.map((alert) => (
            <AlertItem key={alert.id} alert={alert} now={now} />
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
          {loading ? strings.alerts.loading : strings.alerts.earlier}
        </button>
      )}
    </Panel>
  );
});
