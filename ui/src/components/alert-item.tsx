import type { Alert } from '../api/types';
import { iso, judged, moment } from '../lib/format';
import { conditionText, valueText } from '../lib/units';
import { measured } from '../live/alerts';
import { limitOf } from '../live/thresholds';
import { texts } from '../texts';
import { Name } from './name';
import { StateShape } from './shapes';
import { TagList } from './tag-list';

/** What the rule found, in its own words; of a threshold the value and the limit. */
function said(alert: Alert, unit: string): string {
  if (alert.kind === 'threshold') {
    return texts.alerts.value(
      unit ? valueText(alert.value, unit) : judged(alert.value, limitOf(alert.condition)),
      conditionText(alert.condition, unit) ?? '',
    );
  }
  if (alert.state === 'ok') return texts.alerts.was(alert.previous);
  const summary = alert.annotations?.['summary'];
  if (summary) return summary;
  return measured(alert)
    ? texts.alerts.value(judged(alert.value, undefined), alert.condition)
    : alert.condition;
}

interface Props {
  readonly alert: Alert;
  readonly now: number;
  /** That of the KPI which the alert is about; without one the value is a metric's. */
  readonly unit?: string;
}

/** One change of state in a list of them. */
export function AlertItem({ alert, now, unit = '' }: Props) {
  const text = texts.alerts;
  return (
    <li className={`alert alert--${alert.state}`} data-state={alert.state}>
      <StateShape state={alert.state} />
      <div className="alert__body">
        <p className="alert__what">
          <span className="alert__state">
            {alert.state === 'ok' ? text.recovered : texts.state(alert.state)}
          </span>{' '}
          <Name>{alert.rule}</Name>
        </p>
        <p className="alert__detail">
          <TagList tags={alert.tags} />
          <span>{said(alert, unit)}</span>
          {alert.state !== 'ok' && <span className="alert__previous">{text.was(alert.previous)}</span>}
        </p>
      </div>
      <time className="alert__time" dateTime={iso(alert.at)}>
        {moment(alert.at, now)}
      </time>
    </li>
  );
}
