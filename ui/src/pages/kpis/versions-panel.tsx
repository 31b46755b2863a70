import { useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '../../api/fault';
import { useVersionDiff } from '../../api/kpi';
import type { Kpi, KpiVersion, VersionDiff } from '../../api/types';
import { Button } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { DiffLines } from '../../components/diff-lines';
import { Panel } from '../../components/panel';
import { Fault, Loading } from '../../components/states';
import { yamlOf } from '../../lib/definition-yaml';
import { count, iso, moment } from '../../lib/format';
import { useMinute } from '../../lib/use-minute';
import { texts } from '../../texts';

/** Every version of the definition: when it was given, by whom and what for, and what it changed. */
export function VersionsPanel({ kpi }: { kpi: Kpi }) {
  const text = texts.kpis.versions;
  const now = useMinute();
  const [compared, setCompared] = useState<number>();
  const after = kpi.versions.find((v) => v.version === compared);
  const before = kpi.versions.find((v) => v.version === (compared ?? 0) - 1);
  const columns: readonly Column<KpiVersion>[] = [
    { id: 'version', heading: text.version, header: true, sort: (v) => v.version, cell: (v) => v.version },
    {
      id: 'when',
      heading: text.when,
      cell: (v) => <time dateTime={iso(v.since)}>{moment(v.since, now, false)}</time>,
    },
    { id: 'who', heading: text.who, cell: (v) => v.who ?? texts.kpis.definition.origin(v.origin) },
    { id: 'why', heading: text.why, cell: (v) => v.why ?? <span className="muted">{text.noWhy}</span> },
    {
      id: 'compare',
      heading: text.change,
      cell: (v) =>
        v.version === 1 ? (
          text.first
        ) : (
          <Button
            look="quiet"
            aria-expanded={compared === v.version}
            onClick={() => setCompared(compared === v.version ? undefined : v.version)}
          >
            {text.compare(v.version - 1)}
          </Button>
        ),
    },
  ];
  return (
    <Panel name="versions" heading={text.heading}>
      <DataTable
        caption={text.caption}
        columns={columns}
        rows={kpi.versions.toReversed()}
        rowKey={(v) => String(v.version)}
      />
      {before && after && <Compared kpi={kpi} before={before} after={after} />}
    </Panel>
  );
}

function Compared({ kpi, before, after }: { kpi: Kpi; before: KpiVersion; after: KpiVersion }) {
  const text = texts.kpis.versions;
  const diff = useVersionDiff(kpi.name, before.version, after.version, true);
  // What gives no verdicts on cases cannot be compared by them.
  const noCases = diff.error instanceof ApiError && diff.error.status === 400;
  return (
    <section className="compared" aria-label={text.between(before.version, after.version)}>
      <h3 className="compared__heading">{text.between(before.version, after.version)}</h3>
      <DiffLines before={yamlOf(before.definition)} after={yamlOf(after.definition)} />
      {diff.data ? (
        <Flips diff={diff.data} />
      ) : diff.error ? (
        noCases ? (
          <p className="muted">{text.noCases}</p>
        ) : (
          <Fault error={diff.error} onRetry={() => void diff.refetch()} />
        )
      ) : (
        <Loading height={80} />
      )}
    </section>
  );
}

type Flip = VersionDiff['cases'][number];

/** The cases that are judged another way. */
export function Flips({ diff }: { diff: VersionDiff }) {
  const text = texts.kpis.versions;
  const now = useMinute();
  const columns: readonly Column<Flip>[] = [
    {
      id: 'case',
      heading: text.case,
      header: true,
      sort: (f) => f.caseId,
      cell: (f) => (
        <Link href={`/cases/${encodeURIComponent(f.caseId)}?kpi=${encodeURIComponent(diff.kpi)}`}>
          {f.caseId}
        </Link>
      ),
    },
    { id: 'before', heading: text.before, cell: (f) => text.verdict(f.before) },
    { id: 'after', heading: text.after, cell: (f) => text.verdict(f.after) },
    {
      id: 'deadline',
      heading: text.deadline,
      cell: (f) => (f.deadlineAfter === null ? '–' : moment(f.deadlineAfter, now, false)),
    },
  ];
  return (
    <>
      <p data-testid="flips">{text.flipped(count(diff.flipped), count(diff.compared))}</p>
      {diff.cases.length > 0 && (
        <DataTable
          caption={text.flippedCaption}
          columns={columns}
          rows={diff.cases}
          rowKey={(f) => `${f.caseId} ${f.goal ?? ''} ${f.start}`}
        />
      )}
    </>
  );
}
