import { Link } from 'wouter';
import type { Acknowledgement } from '../../api/alerts';
import type { Routed } from '../../api/silences';
import type { Alert } from '../../api/types';
import { Button } from '../../components/button';
import { Name } from '../../components/name';
import { StateBadge } from '../../components/state-badge';
import { TagList, tagText } from '../../components/tag-list';
import { duration, iso, moment } from '../../lib/format';
import { texts } from '../../texts';
import { measured } from '../../live/alerts';
import { alertCondition, alertValue } from './words';

export interface Standing {
  readonly alert: Alert;
  readonly unit: string;
  readonly routed: Routed | undefined;
  readonly acknowledgement: Acknowledgement | undefined;
}

interface Props {
  readonly of: Standing;
  readonly now: number;
  readonly mayAct: boolean;
  readonly onAcknowledge: () => void;
  readonly onSilence: () => void;
}

/** One alert that fires: what it is, who sees to it, who is told, and what can be done. */
export function FiringAlert({ of, now, mayAct, onAcknowledge, onSilence }: Props) {
  const text = texts.alerting.now;
  const { alert, unit, routed, acknowledgement } = of;
  const summary = alert.annotations?.['summary'];
  const about = [alert.rule, tagText(alert.tags)].filter(Boolean).join(', ');
  return (
    <li className={`firing firing--${alert.state}`} data-alert={alert.id}>
      <div className="firing__head">
        <StateBadge state={alert.state} />
        <Link className="usa-link firing__rule" href={`/alerts/${alert.id}`}>
          <Name>{alert.rule}</Name>
        </Link>
        <TagList tags={alert.tags} />
        {alert.provisional && (
          <span className="pill" title={texts.alerting.provisionalHint}>
            {texts.alerting.provisional}
          </span>
        )}
      </div>
      {summary && <p className="firing__summary">{summary}</p>}
      {measured(alert) ? (
        <p className={summary ? 'firing__value muted' : 'firing__value'}>
          {text.value(alertValue(alert, unit), alertCondition(alert, unit))}
        </p>
      ) : (
        !summary?.includes(alert.condition) && <p className="firing__value">{alert.condition}</p>
      )}
      <ul className="firing__facts">
        <li>
          <time dateTime={iso(alert.since)}>
            {text.since(moment(alert.since, now), duration(now - alert.since))}
          </time>
        </li>
        <li>{texts.alerting.kind(alert.kind)}</li>
        {acknowledgement && (
          <li className="firing__ack">
            {text.acknowledged(acknowledgement.who, moment(acknowledgement.at, now, false))}
            {acknowledgement.note && `: ${acknowledgement.note}`}
          </li>
        )}
        <Routing routed={routed} />
      </ul>
      {mayAct && (
        <div className="firing__actions">
          {!acknowledgement && (
            <Button onClick={onAcknowledge}>
              {text.acknowledge}
              <span className="usa-sr-only">{text.about(about)}</span>
            </Button>
          )}
          <Button onClick={onSilence}>
            {text.silence}
            <span className="usa-sr-only">{text.about(about)}</span>
          </Button>
        </div>
      )}
    </li>
  );
}

/** Whether anybody is told, and who. */
function Routing({ routed }: { routed: Routed | undefined }) {
  const text = texts.alerting.now;
  if (!routed) return null;
  const { silencedBy, inhibitedBy, mutedBy } = routed.status;
  return (
    <>
      {silencedBy.length > 0 && <li className="pill">{text.silenced}</li>}
      {inhibitedBy.length > 0 && <li className="pill">{text.inhibited}</li>}
      {mutedBy.length > 0 && <li className="pill">{text.muted}</li>}
      <li>{text.receivers(routed.receivers.map((r) => r.name).join(', '))}</li>
    </>
  );
}

export const isHidden = (routed: Routed | undefined): boolean =>
  routed !== undefined &&
  routed.status.silencedBy.length + routed.status.inhibitedBy.length + routed.status.mutedBy.length > 0;
