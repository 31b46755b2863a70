import { Link } from 'wouter';
import { useKpis } from '../../api/kpis';
import type { Kpi } from '../../api/types';
import { DataTable, type Column } from '../../components/data-table';
import { Fault, Loading } from '../../components/states';
import { moment } from '../../lib/format';
import { useMinute } from '../../lib/use-minute';
import { titleOf } from '../../lib/title';
import { texts } from '../../texts';
import { newName } from './draft';

/** Every definition, and the way to a new one. */
export default function DefinitionsPage() {
  const text = texts.definitions;
  const kpis = useKpis();
  const now = useMinute();
  const columns: readonly Column<Kpi>[] = [
    {
      id: 'title',
      heading: texts.kpis.list.title,
      header: true,
      sort: (k) => titleOf(k),
      cell: (k) => (
        <span className="kpis__title">
          <Link href={`/definitions/${encodeURIComponent(k.name)}`}>{titleOf(k)}</Link>
          <span className="kpis__name">{k.name}</span>
        </span>
      ),
    },
    { id: 'type', heading: text.type, sort: (k) => k.type, cell: (k) => text.types(k.type) },
    { id: 'origin', heading: text.origin, cell: (k) => texts.kpis.definition.origin(k.origin) },
    {
      id: 'version',
      heading: texts.kpis.versions.version,
      number: true,
      cell: (k) => k.versions.at(-1)?.version,
    },
    {
      id: 'since',
      heading: text.changed,
      cell: (k) => moment(k.versions.at(-1)?.since ?? k.since, now, false),
    },
    { id: 'who', heading: texts.kpis.versions.who, cell: (k) => k.versions.at(-1)?.who ?? '–' },
    { id: 'why', heading: texts.kpis.versions.why, cell: (k) => k.versions.at(-1)?.why ?? '–' },
  ];
  return (
    <>
      <div className="page__top">
        <div>
          <h1 className="page__title">{text.heading}</h1>
          <p className="headline__note">{text.lead}</p>
        </div>
        <Link className="usa-button button button--primary" href={`/definitions/${newName}`}>
          {text.create}
        </Link>
      </div>
      {kpis.data ? (
        <section className="panel panel--definitions">
          <DataTable caption={text.heading} columns={columns} rows={kpis.data} rowKey={(k) => k.name} />
        </section>
      ) : kpis.failureReason ? (
        <Fault error={kpis.failureReason} onRetry={() => void kpis.refetch()} />
      ) : (
        <Loading height={420} />
      )}
    </>
  );
}
