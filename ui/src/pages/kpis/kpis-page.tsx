import { Link } from 'wouter';
import type { Kpi } from '../../api/types';
import { DataTable, type Column } from '../../components/data-table';
import { KpiBadge } from '../../components/state-badge';
import { Fault, Loading, Nothing } from '../../components/states';
import { count, percent } from '../../lib/format';
import { valueText } from '../../lib/units';
import { useKeptFilter } from '../../lib/url-state';
import { titleOf } from '../../lib/title';
import { seriesOf } from '../../live/kpi-feed';
import { useLiveKpis } from '../../live/use-kpis';
import { texts } from '../../texts';
import { targetOf } from '../control-room/words';

interface Row {
  readonly kpi: Kpi;
  readonly state: 'ok' | 'warning' | 'critical' | 'undetermined' | 'no_data';
  readonly value: number | null;
  readonly n: number;
}

const order = { critical: 0, warning: 1, undetermined: 2, ok: 3, no_data: 4 } as const;

/** Every KPI: what it is now, what it is held to, and what it is made of. */
export default function KpisPage() {
  const text = texts.kpis;
  const { list, values } = useLiveKpis();
  const kept = useKeptFilter();
  const rows = (list.data ?? []).map((kpi): Row => {
    const series = seriesOf(values, kpi.name, {})?.series;
    return { kpi, state: series?.state ?? 'no_data', value: series?.value ?? null, n: series?.n ?? 0 };
  });
  return (
    <>
      <div className="page__top">
        <h1 className="page__title">{text.list.heading}</h1>
        <Link className="usa-button usa-button--outline button" href={kept('/definitions')}>
          {text.list.define}
        </Link>
      </div>
      {!list.data &&
        (list.failureReason ? (
          <Fault error={list.failureReason} onRetry={() => void list.refetch()} />
        ) : (
          <Loading height={420} />
        ))}
      {list.data?.length === 0 && <Nothing>{text.list.none}</Nothing>}
      {rows.length > 0 && (
        <section className="panel panel--kpis">
          <DataTable
            caption={text.list.caption}
            columns={columns(kept)}
            rows={rows}
            rowKey={(r) => r.kpi.name}
          />
        </section>
      )}
    </>
  );
}

function columns(kept: (path: string) => string): readonly Column<Row>[] {
  const text = texts.kpis.list;
  return [
    {
      id: 'title',
      heading: text.title,
      header: true,
      sort: (r) => titleOf(r.kpi),
      cell: ({ kpi }) => (
        <span className="kpis__title">
          <Link href={kept(`/kpis/${encodeURIComponent(kpi.name)}`)}>{titleOf(kpi)}</Link>
          <span className="kpis__name">{kpi.name}</span>
        </span>
      ),
    },
    {
      id: 'state',
      heading: text.state,
      sort: (r) => order[r.state],
      cell: (r) => <KpiBadge state={r.state} target={targetOf(r.kpi)} />,
    },
    {
      id: 'value',
      heading: text.value,
      number: true,
      sort: (r) => r.value ?? -Infinity,
      cell: (r) => (
        <data value={r.value ?? ''} data-value={r.kpi.name}>
          {valueText(r.value, r.kpi.unit)}
        </data>
      ),
    },
    { id: 'n', heading: texts.table.n, number: true, sort: (r) => r.n, cell: (r) => count(r.n) },
    { id: 'target', heading: text.target, cell: (r) => targetOf(r.kpi) ?? '–' },
    { id: 'window', heading: text.window, cell: (r) => texts.tile.window(r.kpi.window) },
    { id: 'by', heading: text.by, cell: (r) => r.kpi.by.join(', ') || '–' },
    {
      id: 'version',
      heading: text.version,
      number: true,
      sort: (r) => r.kpi.definitionVersion,
      cell: ({ kpi }) =>
        kpi.ready
          ? kpi.definitionVersion
          : texts.tile.backfill(percent(kpi.backfill.done / Math.max(1, kpi.backfill.total))),
    },
  ];
}
