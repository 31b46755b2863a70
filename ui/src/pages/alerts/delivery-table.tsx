import { Link } from 'wouter';
import type { Delivery } from '../../api/deliveries';
import { serverNow } from '../../api/http';
import { Button } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { count, iso, moment } from '../../lib/format';
import { texts } from '../../texts';
import { DeliveryBadge } from './delivery-badge';

interface Props {
  readonly deliveries: readonly Delivery[];
  readonly caption: string;
  readonly onRetry: ((delivery: Delivery) => void) | undefined;
}

/** Messages with their last attempt; those that wait or were given up can be sent again. */
export function DeliveryTable({ deliveries, caption, onRetry }: Props) {
  const text = texts.alerting.deliveries;
  const now = serverNow();
  const columns: readonly Column<Delivery>[] = [
    {
      id: 'time',
      heading: text.time,
      header: true,
      sort: (d) => d.seq,
      cell: (d) => <time dateTime={iso(d.stored)}>{moment(d.stored, now)}</time>,
    },
    { id: 'about', heading: text.about, cell: (d) => <About of={d} /> },
    { id: 'receiver', heading: text.receiver, sort: (d) => d.receiver, cell: (d) => d.receiver },
    { id: 'way', heading: text.way, sort: (d) => d.integration, cell: (d) => d.integration },
    {
      id: 'state',
      heading: text.state,
      sort: (d) => d.state,
      cell: (d) => <DeliveryBadge state={d.state} />,
    },
    { id: 'last', heading: text.last, cell: (d) => <Last of={d} now={now} /> },
    ...(onRetry && deliveries.some((d) => d.state !== 'delivered')
      ? [{ id: 'action', heading: text.action, cell: (d: Delivery) => <Retry of={d} onRetry={onRetry} /> }]
      : []),
  ];
  return <DataTable caption={caption} columns={columns} rows={deliveries} rowKey={(d) => d.id} />;
}

const nameOf = (d: Delivery) => d.subject ?? d.alerts[0]?.labels['alertname'] ?? '';

function About({ of }: { of: Delivery }) {
  const text = texts.alerting;
  const [first, ...others] = of.alerts;
  if (!first) {
    return (
      <>
        {nameOf(of)} {of.origin === 'report' && <span className="pill">{text.ladder.report}</span>}
      </>
    );
  }
  const words = first.summary ?? nameOf(of);
  return (
    <>
      {first.id ? (
        <Link className="usa-link" href={`/alerts/${first.id}`}>
          {words}
        </Link>
      ) : (
        words
      )}{' '}
      {others.length > 0 && <span className="muted">{text.deliveries.alerts(count(others.length))}</span>}
      {of.resolved && <span className="pill">{text.ladder.resolved}</span>}
    </>
  );
}

function Last({ of, now }: { of: Delivery; now: number }) {
  const text = texts.alerting.ladder;
  const last = of.attempts.at(-1);
  if (!last) return <span className="muted">{text.waiting}</span>;
  return (
    <>
      {text.attempt(count(of.tries), moment(last.at, now))} {text.outcome(last.outcome)}
      {(last.error ?? last.answer) && <div className="muted answer">{last.error ?? last.answer}</div>}
    </>
  );
}

function Retry({ of, onRetry }: { of: Delivery; onRetry: (delivery: Delivery) => void }) {
  const text = texts.alerting.deliveries;
  if (of.state === 'delivered') return null;
  return (
    <Button onClick={() => onRetry(of)}>
      {of.state === 'dead' ? text.retry : text.retryNow}
      <span className="usa-sr-only">{text.retryWhich(`${nameOf(of)}, ${of.receiver}`)}</span>
    </Button>
  );
}
