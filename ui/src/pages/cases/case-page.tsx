import { useEffect } from 'react';
import { Link } from 'wouter';
import { useCase, useConflicts } from '../../api/cases';
import { ApiError } from '../../api/fault';
import type { CaseAccount } from '../../api/types';
import { Panel } from '../../components/panel';
import { Fault, Loading, Nothing } from '../../components/states';
import { count, iso, percent, timeOfDay, value as exact, weekdayTime, zoneName } from '../../lib/format';
import { useFlag, useParam } from '../../lib/url-state';
import { useMinute } from '../../lib/use-minute';
import { DataTable, type Column } from '../../components/data-table';
import { TagList } from '../../components/tag-list';
import { texts } from '../../texts';
import type { PageProps } from '..';
import { CycleAccount } from './cycle-account';

/** One case: what happened, and where its time went. */
export default function CasePage({ params }: PageProps) {
  const text = texts.cases.one;
  const caseId = decodeURIComponent(params['id'] ?? '');
  const [kpi] = useParam<string>('kpi', '');
  const [paused] = useFlag('paused');
  const now = useMinute();
  const found = useCase(caseId, kpi || undefined, { paused });
  useEffect(() => {
    document.title = `${caseId} · ${texts.product}`;
  }, [caseId]);
  const account = found.data;
  return (
    <>
      <div className="kpi-top">
        <p className="crumbs">
          <Link href="/cases">{text.all}</Link>
        </p>
        <h1 className="page__title">{text.heading(caseId)}</h1>
        <p className="headline__note">
          {account && (
            <>
              {text.heldBy} <Link href={`/kpis/${encodeURIComponent(account.kpi)}`}>{account.kpi}</Link>
              {`, ${text.version(account.definitionVersion)}. `}
            </>
          )}
          {texts.zone(zoneName(now))}
        </p>
      </div>
      {account ? (
        <Found account={account} />
      ) : found.error instanceof ApiError && found.error.status === 404 ? (
        <Nothing height={200}>{text.unknown}</Nothing>
      ) : found.failureReason ? (
        <Fault error={found.failureReason} onRetry={() => void found.refetch()} />
      ) : (
        <Loading height={640} />
      )}
    </>
  );
}

function Found({ account }: { account: CaseAccount }) {
  const text = texts.cases.one;
  return (
    <>
      <OpenConflicts caseId={account.caseId} />
      {account.backfill ? (
        <Nothing height={120}>
          {texts.tile.backfill(percent(account.backfill.done / Math.max(1, account.backfill.total)))}
        </Nothing>
      ) : account.cycles.length === 0 ? (
        <Nothing height={120}>{text.noClock}</Nothing>
      ) : (
        account.cycles.map((cycle) => (
          <CycleAccount key={`${cycle.goal ?? ''} ${cycle.cycle}`} cycle={cycle} at={account.at} />
        ))
      )}
      <Timeline account={account} />
    </>
  );
}

function OpenConflicts({ caseId }: { caseId: string }) {
  const [paused] = useFlag('paused');
  const here = (useConflicts({}, { paused }).data ?? []).filter((c) => c.caseId === caseId);
  if (here.length === 0) return null;
  return (
    <ul className="notice-list">
      {here.map((c) => (
        <li key={`${c.kpi} ${c.level}`}>
          <strong>{c.agents.join(', ')}</strong> {texts.cases.radar.level(c.level)}
        </li>
      ))}
    </ul>
  );
}

type Event = CaseAccount['timeline'][number];

function Timeline({ account }: { account: CaseAccount }) {
  const text = texts.cases.one;
  const columns: readonly Column<Event>[] = [
    {
      id: 'time',
      heading: texts.table.time,
      header: true,
      sort: (e) => e.timestamp,
      cell: (e) => (
        <time dateTime={iso(e.timestamp)} title={timeOfDay(e.timestamp)}>
          {weekdayTime(e.timestamp)}
        </time>
      ),
    },
    { id: 'event', heading: text.event, cell: (e) => e.metricName, sort: (e) => e.metricName },
    { id: 'value', heading: text.value, number: true, cell: (e) => exact(e.value) },
    {
      id: 'tags',
      heading: texts.cases.tags,
      cell: (e) => <TagList tags={withoutCase(e.tags, account.caseId)} />,
    },
  ];
  return (
    <Panel name="timeline" heading={text.timeline} note={count(account.timeline.length)}>
      {account.more && <p className="panel__empty">{text.more}</p>}
      <DataTable
        caption={text.timelineCaption}
        columns={columns}
        rows={account.timeline}
        rowKey={(e) => String(e.seq)}
        pageSize={100}
      />
    </Panel>
  );
}

const withoutCase = (tags: Readonly<Record<string, string>>, caseId: string) =>
  Object.fromEntries(Object.entries(tags).filter(([, v]) => v !== caseId));
