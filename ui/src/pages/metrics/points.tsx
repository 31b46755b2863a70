/* Where the page is narrow the rows are laid out as a grid. Browsers may then no longer see a table,
   unless its roles are spelled out. */
/* eslint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role */
import { memo } from 'react';
import type { Point } from '../../api/types';
import { iso, moment } from '../../lib/format';
import { recentLimit } from '../../live/feed';
import { texts } from '../../texts';
import { Figure } from '../../components/figure';
import { Name } from '../../components/name';
import { MetricSelect } from './metric-select';
import { Panel, PanelFault } from '../../components/panel';
import { TagList } from '../../components/tag-list';

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
    <tr role="row">
      <td role="cell" className="cell--time">
        <time dateTime={iso(point.timestamp)}>{moment(point.timestamp, now)}</time>
      </td>
      <td role="cell" className="cell--name">
        <Name>{point.metricName}</Name>
      </td>
      <td role="cell" className="cell--number">
        <Figure>{point.value}</Figure>
      </td>
      <td role="cell" className="cell--tags">
        <TagList tags={point.tags} />
      </td>
    </tr>
  );
});

/** The newest points as they came, for whoever wants to see single events. */
export const Points = memo(function Points({ points, names, filter, fault, onFilter, now }: Props) {
  const text = texts.points;
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
        <table className="usa-table usa-table--borderless table table--points" role="table">
          <caption className="usa-sr-only">{text.caption(recentLimit)}</caption>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">
                {text.time}
              </th>
              <th role="columnheader" scope="col">
                {text.metric}
              </th>
              <th role="columnheader" scope="col" className="cell--number">
                {text.value}
              </th>
              <th role="columnheader" scope="col" className="cell--tags">
                {text.tags}
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
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
