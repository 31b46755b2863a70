import type { BacktestFiring } from '../../api/rules';
import { serverNow } from '../../api/http';
import { DataTable, type Column } from '../../components/data-table';
import { StateBadge } from '../../components/state-badge';
import { TagList } from '../../components/tag-list';
import { duration, iso, judged, moment } from '../../lib/format';
import { limitOf } from '../../live/thresholds';
import { texts } from '../../texts';

/** Firings of one millisecond are alike but for their place. */
type Row = BacktestFiring & { readonly place: number };

/** When a rule would have fired and resolved. */
export function FiringTable({ firings, caption }: { firings: readonly BacktestFiring[]; caption: string }) {
  const text = texts.alerting.backtest;
  const now = serverNow();
  const columns: readonly Column<Row>[] = [
    {
      id: 'began',
      heading: text.began,
      header: true,
      sort: (f) => f.firedAt,
      cell: (f) => (
        <>
          <time dateTime={iso(f.firedAt)}>{moment(f.firedAt, now)}</time>
          {f.standing && <div className="muted">{text.standing}</div>}
        </>
      ),
    },
    {
      id: 'ended',
      heading: text.ended,
      sort: (f) => f.resolvedAt ?? Infinity,
      cell: (f) =>
        f.resolvedAt === null ? (
          <span className="muted">{text.still}</span>
        ) : (
          <time dateTime={iso(f.resolvedAt)}>{moment(f.resolvedAt, now)}</time>
        ),
    },
    {
      id: 'lasted',
      heading: text.lasted,
      number: true,
      sort: (f) => f.seconds,
      cell: (f) =>
        f.seconds < 1
          ? texts.alerting.rules.ms(String(Math.round(f.seconds * 1000)))
          : duration(f.seconds * 1000),
    },
    {
      id: 'state',
      heading: texts.alerting.history.state,
      sort: (f) => f.state,
      cell: (f) => <StateBadge state={f.state} />,
    },
    {
      id: 'value',
      heading: texts.alerting.history.value,
      number: true,
      sort: (f) => f.value ?? -Infinity,
      cell: (f) => judged(f.value, limitOf(f.condition)),
    },
    {
      id: 'tags',
      heading: texts.alerting.history.tags,
      cell: (f) => <TagList tags={f.tags} />,
    },
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={firings.map((firing, place) => ({ ...firing, place }))}
      rowKey={(f) => String(f.place)}
    />
  );
}
