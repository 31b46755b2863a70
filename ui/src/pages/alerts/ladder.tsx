import { useDeliveriesOf, type Delivery } from '../../api/deliveries';
import { Panel } from '../../components/panel';
import { Fault, Loading, Nothing } from '../../components/states';
import { count, duration, iso, moment } from '../../lib/format';
import { texts } from '../../texts';
import { DeliveryBadge } from './delivery-badge';

/** Who was told of an alert: message, attempts, receipts, acknowledgement, in the order of time. */
export function Ladder({ alert, now }: { alert: string; now: number }) {
  const text = texts.alerting.one;
  const { data, error, refetch } = useDeliveriesOf(alert);
  return (
    <Panel name="ladder" heading={text.deliveries}>
      {error && !data ? (
        <Fault error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <Loading height={160} />
      ) : data.length === 0 ? (
        <Nothing>{text.deliveriesNone}</Nothing>
      ) : (
        <ol className="ladder" aria-label={text.deliveries}>
          {data.toReversed().map((delivery) => (
            <Message key={delivery.id} of={delivery} now={now} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function Message({ of, now }: { of: Delivery; now: number }) {
  const text = texts.alerting.ladder;
  const state = of.severity === 'critical' ? 'critical' : 'warning';
  const origin =
    of.origin === 'fallback'
      ? text.fallback(of.originReceiver ?? '')
      : of.origin === 'escalation'
        ? text.escalation(of.originReceiver ?? '')
        : of.origin === 'report'
          ? text.report
          : '';
  return (
    <li className="ladder__message" data-delivery-id={of.id}>
      <p className="ladder__head">
        <DeliveryBadge state={of.state} />
        <strong>{text.to(of.receiver, of.integration)}</strong>
        <span>{of.resolved ? text.resolved : text.fires(state)}</span>
        {origin && <span className="pill">{origin}</span>}
      </p>
      <ol className="ladder__rungs">
        <li>
          <time dateTime={iso(of.stored)}>{text.stored(moment(of.stored, now))}</time>
        </li>
        {of.attempts.length === 0 && <li className="muted">{text.waiting}</li>}
        {of.attempts.map((attempt, i) => (
          <li key={i} data-outcome={attempt.outcome}>
            {text.attempt(count(number(of, i)), moment(attempt.at, now))}{' '}
            <strong>{text.outcome(attempt.outcome)}</strong> {text.took(took(attempt.tookMs))}
            {attempt.answer && `, ${text.answer(attempt.answer)}`}
            {attempt.error && <span className="answer">, {attempt.error}</span>}
          </li>
        ))}
        {of.receipts.map((receipt, i) => (
          <li key={i}>
            <time dateTime={iso(receipt.at)}>{moment(receipt.at, now)}</time>{' '}
            {text.receipt(receipt.status, receipt.to ?? '')}
            {receipt.error && <span className="answer">, {receipt.error}</span>}
          </li>
        ))}
        {of.acknowledgements.map((ack) => (
          <li key={ack.id} className="ladder__ack">
            {text.acknowledged(ack.who, moment(ack.at, now))}
            {ack.note && `: ${ack.note}`}
            {ack.ended ? ` (${text.ended(moment(ack.ended, now))})` : ''}
          </li>
        ))}
      </ol>
    </li>
  );
}

const kept = 10;

/** Of many attempts the first and the last are kept: the last ones count back from the number of tries. */
function number(of: Delivery, i: number): number {
  const missing = of.tries - of.attempts.length;
  return missing > 0 && i >= kept ? i + 1 + missing : i + 1;
}

const took = (ms: number): string =>
  ms < 1000 ? texts.alerting.rules.ms(count(Math.max(1, Math.round(ms)))) : duration(ms);
