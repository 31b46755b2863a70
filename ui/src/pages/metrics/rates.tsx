import { memo, useState } from 'react';
import { count, moment } from '../../lib/format';
import { chartedFirst } from '../../live/charted';
import type { Range, RangeId } from '../../live/ranges';
import type { RateView } from '../../live/rates';
import { texts } from '../../texts';
import { Chart } from '../../components/chart';
import { MetricPicker, maxCharted, seriesStyle } from './metric-picker';
import { Name } from '../../components/name';
import { Panel, PanelFault } from '../../components/panel';

interface Props {
  readonly view: RateView;
  readonly range: Range;
  /** The metrics that have a threshold. */
  readonly watched: readonly string[];
  readonly perMinute: ReadonlyMap<string, number>;
  /** The time of the newest event stored, for when the window holds none. */
  readonly newest: number | undefined;
  readonly fault: Error | null;
  readonly onRange: (id: RangeId) => void;
}

/** How many events of each metric come, over time. */
export const Rates = memo(function Rates({ view, range, watched, perMinute, newest, fault, onRange }: Props) {
  const text = texts.rates;
  // Undefined: the page chooses, from what there is at the time.
  const [chosen, setChosen] = useState<readonly string[]>();
  const [pointed, setPointed] = useState<string>();
  const charted = chosen ?? chartedFirst(view.rows, watched);
  const rows = new Map(view.rows.map((row) => [row.name, row]));
  const silent = view.times.map(() => 0);
  const data = [view.times, ...charted.map((name) => rows.get(name)?.counts ?? silent)];
  const total = view.rows.reduce((sum, row) => sum + row.total, 0);
  const top = view.rows[0];
  const now = view.times[view.times.length - 1] ?? 0;

  return (
    <Panel name="rates" heading={text.heading} note={text.every(view.step)}>
      <PanelFault error={fault} />
      {top ? (
        <>
          <Chart
            series={charted.map((label, i) => ({ label, ...seriesStyle(i) }))}
            data={data}
            from={view.times[0] ?? 0}
            to={now}
            lowest={0}
            whole
            focus={pointed === undefined ? -1 : charted.indexOf(pointed)}
            summary={text.summary(range.id, count(total), view.rows.length, top.name, count(top.total))}
          />
          <MetricPicker
            rows={view.rows}
            charted={charted}
            perMinute={perMinute}
            range={range.id}
            onPoint={setPointed}
            onChange={(names) => setChosen(names.slice(0, maxCharted))}
          />
          <details className="behind">
            <summary>{text.table}</summary>
            <RateTable view={view} charted={charted} />
          </details>
        </>
      ) : (
        <div className="panel__empty">
          <p>
            {text.none(range.id)} {newest !== undefined && text.noneHint(moment(newest, now, false))}
          </p>
          {range.id !== 'all' && (
            <button
              className="usa-button usa-button--outline button"
              type="button"
              onClick={() => onRange('all')}
            >
              {text.showAll}
            </button>
          )}
        </div>
      )}
    </Panel>
  );
});

function RateTable({ view, charted }: { view: RateView; charted: readonly string[] }) {
  const text = texts.rates;
  const rows = new Map(view.rows.map((row) => [row.name, row]));
  const last = view.times.length - 1;
  const now = view.times[last] ?? 0;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="scroll" tabIndex={0} role="region" aria-label={text.heading}>
      <table className="usa-table usa-table--borderless table table--rates">
        <thead>
          <tr>
            <th scope="col">{text.time}</th>
            {charted.map((name) => (
              <th scope="col" className="cell--number" key={name}>
                <Name>{name}</Name>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.times
            .map((time, i) => (
              <tr key={time}>
                <th scope="row">
                  {moment(time, now)} {i === last && text.running}
                </th>
                {charted.map((name) => (
                  <td className="cell--number" key={name}>
                    {count((i === last ? rows.get(name)?.running : rows.get(name)?.counts[i]) ?? 0)}
                  </td>
                ))}
              </tr>
            ))
            .reverse()}
        </tbody>
      </table>
    </div>
  );
}
