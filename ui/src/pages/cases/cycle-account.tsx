import type { ClockCycle } from '../../api/types';
import { DataTable, type Column } from '../../components/data-table';
import { Panel } from '../../components/panel';
import { StateShape } from '../../components/shapes';
import { duration, iso, moment, weekdayTime } from '../../lib/format';
import { useFlag } from '../../lib/url-state';
import { texts } from '../../texts';
import { shapeOf, leftAt, leftWords } from './words';
import { ClockAxis } from './clock-axis';
import { useSecond } from './use-second';

type Span = ClockCycle['spans'][number];

/** Where the time of one cycle went: on an axis, in words, and in a table. */
export function CycleAccount({ cycle, at }: { cycle: ClockCycle; at: number }) {
  const text = texts.cases.account;
  const totals = totalsOf(cycle.spans);
  return (
    <Panel name="clock" heading={text.heading(cycle.cycle, cycle.goal)} note={text.verdict(cycle.verdict)}>
      <dl className="facts facts--row">
        <Fact name={texts.cases.state}>
          <span className="case-state">
            <StateShape state={shapeOf[cycle.state]} />
            {texts.controlRoom.next.state(cycle.state)}
          </span>
        </Fact>
        <Fact name={texts.cases.deadline}>
          {cycle.deadline === null ? (
            text.noDeadline
          ) : (
            <time dateTime={iso(cycle.deadline)}>{moment(cycle.deadline, at, false)}</time>
          )}
        </Fact>
        <Fact name={texts.cases.left}>
          <Left cycle={cycle} at={at} />
        </Fact>
        <Fact name={text.used}>{duration(cycle.usedMs)}</Fact>
        <Fact name={text.target}>{targets(cycle)}</Fact>
        {cycle.calendar && <Fact name={text.calendar}>{cycle.calendar}</Fact>}
        {cycle.endedBy && <Fact name={text.endedBy}>{cycle.endedBy}</Fact>}
        <Fact name={texts.kpis.versions.version}>{cycle.definitionVersion}</Fact>
      </dl>
      <ClockAxis
        cycle={cycle}
        at={at}
        summary={text.summary(
          duration(totals.running),
          duration(totals.paused),
          duration(totals.closed),
          duration(totals.overdue),
        )}
      />
      <details className="behind">
        <summary>
          {texts.table.show}
          <span className="usa-sr-only">: {text.heading(cycle.cycle, cycle.goal)}</span>
        </summary>
        <DataTable
          caption={text.caption}
          columns={columns()}
          rows={cycle.spans}
          rowKey={(s) => String(s.from)}
        />
      </details>
    </Panel>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Left({ cycle, at }: { cycle: ClockCycle; at: number }) {
  const [paused] = useFlag('paused');
  const now = useSecond(paused);
  if (cycle.end !== null) {
    if (cycle.overrunMs !== null) return texts.controlRoom.next.over(duration(cycle.overrunMs));
    return cycle.remainingMs === null ? '–' : texts.controlRoom.next.left(duration(cycle.remainingMs));
  }
  const clock = { ...cycle, ended: cycle.end, opened: cycle.start, caseId: '', tags: {}, met: null };
  return <span className="case-left">{leftWords(leftAt(clock, at, Math.max(now, at)))}</span>;
}

function targets(cycle: ClockCycle): string {
  const all = cycle.targets.map((t) =>
    [duration(t.targetMs), t.tag && `(${t.tag} ${t.value ?? ''})`].filter(Boolean).join(' '),
  );
  if (cycle.givenBy) all.push(texts.cases.account.givenBy(cycle.givenBy));
  return all.join(' → ') || '–';
}

export function totalsOf(spans: readonly Span[]): Readonly<Record<Span['state'], number>> {
  const totals = { running: 0, overdue: 0, paused: 0, closed: 0 };
  for (const { state, from, to } of spans) totals[state] += to - from;
  return totals;
}

function columns(): readonly Column<Span>[] {
  const text = texts.cases.account;
  return [
    {
      id: 'from',
      heading: text.from,
      header: true,
      cell: (s) => <time dateTime={iso(s.from)}>{weekdayTime(s.from)}</time>,
    },
    { id: 'to', heading: text.to, cell: (s) => <time dateTime={iso(s.to)}>{weekdayTime(s.to)}</time> },
    { id: 'state', heading: texts.cases.state, cell: (s) => text.state(s.state) },
    { id: 'length', heading: text.length, number: true, cell: (s) => duration(s.to - s.from) },
    { id: 'counted', heading: text.counted, number: true, cell: (s) => duration(s.countedMs) },
    { id: 'why', heading: text.why, cell: (s) => s.why ?? '–' },
  ];
}
