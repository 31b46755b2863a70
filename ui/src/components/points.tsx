import { memo } from 'react';
import type { Point } from '../api/types';
import { iso, moment, value } from '../lib/format';
import { recentLimit } from '../live/feed';
import { strings } from '../strings';
import { Name } from './name';
import { MetricSelect } from './metric-select';
import { Panel, PanelFault } from './panel';
import { TagList } from './tag-list';

interface Props {
  readonly points: readonly Point[];
  readonly names: readonly string[];
  readonly filter: string | undefined;
  readonly onFilter: (name: string | undefined) => void;
  /** Why stored points could not be read. */
  readonly fault: Error | null;
  readonly now: number;
}

const Row = memo(function Row({ point, now }: { point: Point; now: number }) {
  return (
    <tr>
      <td className="cell--time">
        <time dateTime={iso(point.timestamp)}>{moment(point.timestamp, now)}</time>
      </td>
      <td className="cell--name">
        <Name>{point.metricName}</Name>
      </td>
      <td className="cell--number">{value(point.value)}</td>
      <td className="cell--tags">
        <TagList tags={point.tags} />
      </td>
    </tr>
  );
});

/** The newest points as they came, for whoever wants to see single events. */
export const Points = memo(function Points({ points, names, filter, fault, onFilter, now }: Props) {
  const text = strings.points;
  return (
    <Panel
      name="points"
      heading={text.heading}
      actions={
        <MetricSelect label={text.filter} all={text.all} names={names} chosen={filter} onChoose={onFilter} />
      }
    >
      <PanelFault error={fault} />
      {/* The region scrolls, so the keyboard must reach it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="scroll" tabIndex={0} role="region" aria-label={text.heading}>
        <table className="usa-table usa-table--borderless table">
          <caption className="usa-sr-only">{text.caption(recentLimit)}</caption>
          <thead>
            <tr>
              <th scope="col">{text.time}</th>
              <th scope="col">{text.metric}</th>
              <th scope="col" className="cell--number">
                {text.value}
              </th>
              <th scope="col">{text.tags}</th>
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <Row key={point.seq} point={point} now={now} />
            ))}
          </tbody>
        </table>
        {points.length === 0 && <p className="panel__empty">{text.none}</p>}
      </div>
    </Panel>
  );
});
