import { memo, useState } from 'react';
import { api } from '../api/client';
import type { Alert } from '../api/types';
import { iso, judged, moment } from '../lib/format';
import { mergeAlerts } from '../live/alerts';
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
          <span>{text.value(judged(alert.value), alert.condition)}</span>
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
  readonly fault: Error | null;
  readonly now: number;
}

/** Changes of state, newest first; earlier ones are read from the server on demand. */
export const AlertList = memo(function AlertList({ alerts, fault, now }: Props) {
  const [older, setOlder] = useState<readonly Alert[]>([]);
  const [state, setState] = useState<'more' | 'loading' | 'end'>('more');
  const shown = older.length > 0 ? mergeAlerts(alerts, older) : alerts;
  const last = shown[shown.length - 1];

  async function loadEarlier() {
    setState('loading');
    try {
      const page = await api.alerts({ limit: 50, to: last?.at });
      setOlder((before) => mergeAlerts(before, page.alerts));
      setState(page.next === null ? 'end' : 'more');
    } catch {
      setState('more');
    }
  }

  return (
    <Panel name="alerts" heading={strings.alerts.heading}>
      <PanelFault error={fault} />
      {shown.length === 0 ? (
        <p className="panel__empty">{strings.alerts.none}</p>
      ) : (
        <ol className="alerts">
          {shown.map((alert) => (
            <AlertItem key={alert.id} alert={alert} now={now} />
          ))}
        </ol>
      )}
      {shown.length >= 50 && state !== 'end' && (
        <button
          className="usa-button usa-button--unstyled button button--quiet"
          type="button"
          disabled={state === 'loading'}
          onClick={() => void loadEarlier()}
        >
          {state === 'loading' ? strings.alerts.loading : strings.alerts.earlier}
        </button>
      )}
    </Panel>
  );
});
