import { memo } from 'react';
import type { Threshold } from '../../api/types';
import { count, figure, iso, moment } from '../../lib/format';
import { conditionText } from '../../lib/units';
import type { Range } from '../../live/ranges';
import { limitOf } from '../../live/thresholds';
import { useValues, valueLimit } from '../../live/use-feed';
import type { ValueBucket } from '../../live/values';
import { texts } from '../../texts';
import { Chart, type ChartSeries } from '../../components/chart';
import { Figure } from '../../components/figure';
import { MetricSelect } from './metric-select';
import { Panel, PanelFault } from '../../components/panel';

interface Props {
  readonly buckets: readonly ValueBucket[];
  readonly metric: string | undefined;
  readonly names: readonly string[];
  readonly rules: readonly Threshold[];
  readonly range: Range;
  readonly now: number;
  readonly onMetric: (name: string | undefined) => void;
}

/** The values of one metric over time, with the limits they are judged by. */
export const Values = memo(function Values({ buckets, metric, names, rules, range, now, onMetric }: Props) {
  const text = texts.values;
  const stored = useValues(metric, range);
  const rule = rules.find((r) => r.metricName === metric);
  const warning = limitOf(rule?.warning);
  const critical = limitOf(rule?.critical);
  const end = range.until ?? now;
  const begin = end - range.step * range.steps;
  const shown = buckets.filter((b) => b.time >= begin && b.time <= end);
  const many = shown.some((b) => b.n > 1);

  // A place at either end has no value, so that the limits run from edge to edge.
  const column = (of: (b: ValueBucket) => number) => [null, ...shown.map(of), null];
  const level = (limit: number) => [limit, ...shown.map(() => limit), limit];
  const series: ChartSeries[] = [];
  const data: (readonly (number | null)[])[] = [[begin, ...shown.map((b) => b.time), end]];
  if (many) {
    series.push(
      { label: text.high, colour: '--chart-edge', width: 1 },
      { label: text.low, colour: '--chart-edge', width: 1 },
    );
    data.push(
      column((b) => b.max),
      column((b) => b.min),
    );
  }
  series.push({ label: many ? text.mean : (metric ?? ''), colour: '--series-1', points: shown.length < 60 });
  data.push(column((b) => b.mean));
  if (warning !== undefined) {
    series.push({
      label: texts.state('warning'),
      colour: '--warning',
      dash: [6, 4],
      width: 1.5,
      quiet: true,
    });
    data.push(level(warning));
  }
  if (critical !== undefined) {
    series.push({
      label: texts.state('critical'),
      colour: '--critical',
      dash: [2, 3],
      width: 1.5,
      quiet: true,
    });
    data.push(level(critical));
  }

  const low = Math.min(...shown.map((b) => b.min));
  const high = Math.max(...shown.map((b) => b.max));
  const n = shown.reduce((sum, b) => sum + b.n, 0);
  const last = shown[shown.length - 1];

  return (
    <Panel
      name="values"
      heading={text.heading}
      actions={<MetricSelect label={text.metric} names={names} chosen={metric} onChoose={onMetric} />}
    >
      <PanelFault error={stored.failureReason} />
      {last && metric !== undefined ? (
        <>
          <Chart
            series={series}
            data={data}
            from={begin}
            to={end}
            {...(many && { band: [1, 2] as const })}
            {...(low >= 0 && { lowest: 0 })}
            height={200}
            summary={text.summary(metric, count(n), figure(low), figure(high), figure(last.last))}
          />
          <ul className="key">
            {rule?.warning && (
              <li className="key__item key__item--warning">
                {text.limit('warning', conditionText(rule.warning, '') ?? '')}
              </li>
            )}
            {rule?.critical && (
              <li className="key__item key__item--critical">
                {text.limit('critical', conditionText(rule.critical, '') ?? '')}
              </li>
            )}
            {stored.data?.complete === false && <li>{text.partial(count(valueLimit))}</li>}
          </ul>
          <details className="behind">
            <summary>{text.table}</summary>
            <ValueTable buckets={shown} now={now} />
          </details>
        </>
      ) : (
        metric !== undefined && <p className="panel__empty">{text.none(metric)}</p>
      )}
    </Panel>
  );
});

function ValueTable({ buckets, now }: { buckets: readonly ValueBucket[]; now: number }) {
  const text = texts.values;
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="scroll" tabIndex={0} role="region" aria-label={text.heading}>
      <table className="usa-table usa-table--borderless table">
        <thead>
          <tr>
            <th scope="col">{text.time}</th>
            <th scope="col" className="cell--number">
              {text.count}
            </th>
            <th scope="col" className="cell--number">
              {text.low}
            </th>
            <th scope="col" className="cell--number">
              {text.mean}
            </th>
            <th scope="col" className="cell--number">
              {text.high}
            </th>
          </tr>
        </thead>
        <tbody>
          {buckets.toReversed().map((b) => (
            <tr key={b.time}>
              <th scope="row">
                <time dateTime={iso(b.time)}>{moment(b.time, now)}</time>
              </th>
              <td className="cell--number">{count(b.n)}</td>
              <td className="cell--number">
                <Figure>{b.min}</Figure>
              </td>
              <td className="cell--number">
                <Figure>{b.mean}</Figure>
              </td>
              <td className="cell--number">
                <Figure>{b.max}</Figure>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
