import type { BacktestAnswer } from '../../api/rules';
import { DataTable, type Column } from '../../components/data-table';
import { Panel } from '../../components/panel';
import { count, duration, figure } from '../../lib/format';
import { texts } from '../../texts';
import { FiringTable } from './firing-table';

type Summary = Pick<BacktestAnswer, 'count' | 'critical' | 'warning' | 'totalSeconds' | 'pagesPerWeek'>;

interface Row {
  readonly name: string;
  readonly tried: string;
  readonly inForce: string;
}

/** What would change if the rule took the place of the one in force. */
export function Difference({ of }: { of: BacktestAnswer }) {
  const text = texts.alerting.backtest;
  const other = of.inForce;
  if (!other) {
    return (
      <Panel name="difference" heading={text.difference}>
        <p className="panel__body muted">{text.noRule}</p>
      </Panel>
    );
  }
  const row = (name: string, say: (s: Summary) => string): Row => ({
    name,
    tried: say(of),
    inForce: say(other),
  });
  const rows = [
    row(text.count, (s) => count(s.count)),
    row(text.critical, (s) => count(s.critical)),
    row(text.warning, (s) => count(s.warning)),
    row(text.total, (s) => duration(s.totalSeconds * 1000, 'long')),
    row(text.pages, (s) => figure(s.pagesPerWeek)),
  ];
  const columns: readonly Column<Row>[] = [
    { id: 'name', heading: '', header: true, cell: (r) => r.name },
    { id: 'tried', heading: text.tried, number: true, cell: (r) => r.tried },
    { id: 'force', heading: text.inForce, number: true, cell: (r) => r.inForce },
  ];
  return (
    <Panel name="difference" heading={text.difference}>
      <p className="panel__body" data-testid="difference">
        {other.same
          ? text.sameRule
          : `${text.both(count(other.both))}, ${text.gained(count(other.gainedCount))}, ${text.lost(count(other.lostCount))}.`}
      </p>
      {!other.same && (
        <>
          <DataTable caption={text.difference} columns={columns} rows={rows} rowKey={(r) => r.name} />
          <Only firings={other.gained} heading={text.gainedCaption} />
          <Only firings={other.lost} heading={text.lostCaption} />
        </>
      )}
    </Panel>
  );
}

function Only({ firings, heading }: { firings: BacktestAnswer['firings']; heading: string }) {
  if (firings.length === 0) return null;
  return (
    <details className="behind">
      <summary>{heading}</summary>
      <FiringTable firings={firings} caption={heading} />
    </details>
  );
}
