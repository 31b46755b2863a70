import type { Receiver } from '../../api/deliveries';
import { serverNow } from '../../api/http';
import { DataTable, type Column } from '../../components/data-table';
import { StateShape } from '../../components/shapes';
import { count, moment } from '../../lib/format';
import { texts } from '../../texts';

const way = (r: Receiver) => (r.index > 0 ? `${r.integration} ${r.index + 1}` : r.integration);

interface Props {
  readonly receivers: readonly Receiver[];
  /** The names of those that reports are sent to. */
  readonly ofReports: ReadonlySet<string>;
}

/** How each integration of a receiver stands. */
export function ReceiverTable({ receivers, ofReports }: Props) {
  const text = texts.alerting.deliveries;
  const now = serverNow();
  const columns: readonly Column<Receiver>[] = [
    {
      id: 'receiver',
      heading: text.receiver,
      header: true,
      sort: (r) => r.receiver,
      cell: (r) => (
        <>
          {r.receiver} {ofReports.has(r.receiver) && <span className="pill">{text.forReports}</span>}
        </>
      ),
    },
    { id: 'way', heading: text.way, sort: way, cell: way },
    { id: 'standing', heading: text.standing, cell: (r) => <Standing of={r} now={now} /> },
    {
      id: 'pending',
      heading: text.pending,
      number: true,
      sort: (r) => r.pending,
      cell: (r) => (
        <>
          {count(r.pending)}
          {r.oldest !== undefined && <div className="muted">{text.oldest(moment(r.oldest, now))}</div>}
        </>
      ),
    },
    {
      id: 'delivered',
      heading: text.delivered,
      number: true,
      sort: (r) => r.delivered,
      cell: (r) => count(r.delivered),
    },
    { id: 'dead', heading: text.dead, number: true, sort: (r) => r.dead, cell: (r) => count(r.dead) },
  ];
  return (
    <DataTable
      caption={text.receivers}
      columns={columns}
      rows={receivers}
      rowKey={(r) => `${r.receiver} ${r.integration} ${r.index}`}
    />
  );
}

function Standing({ of, now }: { of: Receiver; now: number }) {
  const text = texts.alerting.deliveries;
  const failing = of.failingSince !== undefined;
  const useless = !failing && of.dead > 0 && of.delivered === 0;
  const used = of.pending + of.delivered + of.dead > 0;
  return (
    <span className={`badge${failing || useless ? ' badge--critical' : ' badge--quiet'}`}>
      <StateShape state={failing || useless ? 'critical' : used ? 'ok' : undefined} />
      {failing
        ? text.failing(moment(of.failingSince ?? 0, now))
        : useless
          ? text.nothing
          : used
            ? text.well
            : text.unused}
    </span>
  );
}
