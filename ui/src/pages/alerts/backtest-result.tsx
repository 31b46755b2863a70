import type { BacktestAnswer, BacktestPages } from '../../api/rules';
import { serverNow } from '../../api/http';
import { Chart } from '../../components/chart';
import { DataTable } from '../../components/data-table';
import { Panel } from '../../components/panel';
import { count, duration, figure, moment } from '../../lib/format';
import { texts } from '../../texts';
import { Difference } from './backtest-difference';
import { Facts } from './facts';
import { FiringTable } from './firing-table';
import { timeline } from './timeline';

/** When a rule would have fired: in figures, on a line of time, as a table, against the rule in force. */
export function BacktestResult({ of }: { of: BacktestAnswer }) {
  const text = texts.alerting.backtest;
  const now = serverNow();
  return (
    <>
      <Panel name="backtest" heading={text.result}>
        <div className="panel__body">
          <p className="lead" role="status">
            {of.count === 0
              ? text.never
              : text.headline(count(of.count), of.count === 1, count(of.series), of.series === 1)}
          </p>
          <p className="muted">
            {text.range(moment(of.from, now), moment(of.through, now))} {text.judged(count(of.judged))}
          </p>
          {of.limits.map((limit) => (
            <p className="pill" key={limit}>
              {text.limit(limit)}
            </p>
          ))}
          <Figures of={of} />
        </div>
        {of.firings.length > 0 && <Timeline of={of} />}
        {of.firings.length > 0 && (
          <details className="behind" open>
            <summary>{text.firings}</summary>
            <FiringTable
              firings={of.firings}
              caption={text.firingsCaption(count(of.firings.length), count(of.count))}
            />
          </details>
        )}
      </Panel>
      {of.receivers && (
        <Panel name="receivers" heading={text.receivers}>
          {of.receivers.length === 0 ? (
            <p className="panel__body muted">{text.nobody}</p>
          ) : (
            <Receivers of={of.receivers} />
          )}
        </Panel>
      )}
      <Difference of={of} />
    </>
  );
}

function Figures({ of }: { of: BacktestAnswer }) {
  const text = texts.alerting.backtest;
  return (
    <Facts
      of={[
        [text.critical, count(of.critical)],
        [text.warning, count(of.warning)],
        [text.total, duration(of.totalSeconds * 1000, 'long')],
        [text.longest, duration(of.longestSeconds * 1000, 'long')],
        [text.pages, figure(of.pagesPerWeek)],
      ]}
    />
  );
}

function Timeline({ of }: { of: BacktestAnswer }) {
  const text = texts.alerting.backtest;
  const { times, firing, critical, most } = timeline(of.firings, of.from, of.through);
  return (
    <Chart
      series={[
        { label: text.firingLine, colour: '--series-2', kind: 'steps' },
        { label: text.criticalLine, colour: '--critical', kind: 'steps', dash: [4, 3] },
      ]}
      data={[times, firing, critical]}
      from={of.from}
      to={of.through}
      height={180}
      lowest={0}
      whole
      summary={text.chart(count(most))}
    />
  );
}

function Receivers({ of }: { of: readonly BacktestPages[] }) {
  const text = texts.alerting.backtest;
  return (
    <DataTable
      caption={text.receivers}
      rows={of}
      rowKey={(r) => r.receiver}
      columns={[
        { id: 'receiver', heading: text.receiver, header: true, cell: (r) => r.receiver },
        { id: 'week', heading: text.perWeek, number: true, cell: (r) => figure(r.perWeek) },
        { id: 'all', heading: text.inAll, number: true, cell: (r) => count(r.pages) },
      ]}
    />
  );
}
