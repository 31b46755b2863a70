import { memo, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { useRole } from '../../api/session';
import type { Point } from '../../api/types';
import { Button } from '../../components/button';
import { Name } from '../../components/name';
import { Panel } from '../../components/panel';
import { Fault, Loading, Nothing } from '../../components/states';
import { TagList } from '../../components/tag-list';
import { count, iso, moment, value as exact } from '../../lib/format';
import { useZone } from '../../lib/preferences';
import { as } from '../../lib/roles';
import { useFlag, useParam, useTagFilter } from '../../lib/url-state';
import { useMinute } from '../../lib/use-minute';
import { texts } from '../../texts';
import { dayStart } from '../alerts/days';
import { DayField } from '../alerts/pick-field';
import { draftOfFilter } from './draft';
import { draftAddress } from './draft-address';
import { EventFilters } from './event-filters';
import { SavePanel } from './save-panel';
import { spanIds, useEvents, type EventFilter, type SpanId } from './use-events';

/** Events one by one, as they came and as they come. */
export function EventsView() {
  const text = texts.explore.events;
  const [metric, setMetric] = useParam<string>('metric', '');
  const [span] = useParam<SpanId>('span', '1h', spanIds);
  const [tags] = useTagFilter();
  const [paused, setPaused] = useFlag('paused');
  const now = useMinute();
  const [first, setFirst] = useParam<string>('from', '');
  const [last, setLast] = useParam<string>('to', '');
  const zone = useZone();
  const setSpan = useSpanChoice();
  const filter: EventFilter = {
    metric,
    tags,
    span,
    from: dayStart(first, zone),
    to: dayStart(last, zone, 1),
  };
  const { stored, points, fresh } = useEvents(filter);
  /** Of days that are over, nothing comes live. */
  const over = filter.to !== undefined && filter.to < now;
  return (
    <>
      <EventFilters filter={filter} onMetric={setMetric} onSpan={setSpan}>
        <DayField label={texts.alerting.from} value={first} onChange={setFirst} />
        <DayField label={texts.alerting.to} value={last} onChange={setLast} />
      </EventFilters>
      <Panel
        name="events"
        heading={text.heading}
        note={over ? undefined : paused ? text.held : text.live(count(fresh))}
        actions={
          <div className="explore__tools">
            {!over && <Button onClick={() => setPaused(!paused)}>{paused ? text.follow : text.hold}</Button>}
            <SaveFilter filter={filter} />
          </div>
        }
      >
        {stored.failureReason && points.length === 0 ? (
          <Fault error={stored.failureReason} onRetry={() => void stored.refetch()} />
        ) : stored.isPending ? (
          <Loading height={420} />
        ) : points.length === 0 ? (
          <Nothing height={420}>{text.none}</Nothing>
        ) : (
          <>
            <Table points={points} now={now} />
            <div className="explore__more">
              {stored.hasNextPage ? (
                <Button disabled={stored.isFetchingNextPage} onClick={() => void stored.fetchNextPage()}>
                  {text.older}
                </Button>
              ) : (
                <span className="muted">{text.end}</span>
              )}
            </div>
          </>
        )}
      </Panel>
    </>
  );
}

/** A span that ends now takes the place of days; one change of the address, or the last alone would stay. */
function useSpanChoice() {
  const [, setAddress] = useSearchParams();
  return (span: SpanId) =>
    setAddress(
      (before) => {
        const after = new URLSearchParams(before);
        for (const name of ['from', 'to']) after.delete(name);
        after.set('span', span);
        return after;
      },
      { replace: true },
    );
}

function SaveFilter({ filter }: { filter: EventFilter }) {
  const text = texts.explore.save;
  const [open, setOpen] = useState(false);
  const [, go] = useLocation();
  const may = useRole('operate');
  const one = filter.metric !== '' && !filter.metric.endsWith('*');
  if (!may || !one) return null;
  const definitions = draftAddress(draftOfFilter(filter.metric, filter.tags));
  const tags = Object.keys(filter.tags).length > 0 ? { tags: filter.tags } : {};
  return (
    <>
      <Button onClick={() => setOpen(true)}>{text.asPanel}</Button>
      {definitions !== undefined && <Button onClick={() => go(definitions)}>{text.asKpi}</Button>}
      {open && (
        <SavePanel
          panel={{ type: 'chart', metric: filter.metric, range: '24h', style: 'area', ...tags }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

const Row = memo(function Row({ point, now }: { point: Point; now: number }) {
  return (
    <tr data-seq={point.seq} {...as('row')}>
      <td className="cell--time" {...as('cell')}>
        <time dateTime={iso(point.timestamp)}>{moment(point.timestamp, now)}</time>
      </td>
      <th scope="row" className="cell--name" {...as('rowheader')}>
        <Name>{point.metricName}</Name>
      </th>
      <td className="cell--number" {...as('cell')}>
        <data value={point.value}>{exact(point.value)}</data>
      </td>
      <td className="cell--tags" {...as('cell')}>
        <TagList tags={point.tags} />
      </td>
      <td className="cell--source" data-label={texts.explore.events.source} {...as('cell')}>
        {point.source}
      </td>
    </tr>
  );
});

function Table({ points, now }: { points: readonly Point[]; now: number }) {
  const text = texts.explore.events;
  return (
    // The region scrolls, so the keyboard must reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="scroll explore__events" tabIndex={0} role="region" aria-label={text.heading}>
      <table className="usa-table usa-table--borderless table table--points" {...as('table')}>
        <caption className="usa-sr-only">{text.caption}</caption>
        <thead {...as('rowgroup')}>
          <tr {...as('row')}>
            <th scope="col" {...as('columnheader')}>
              {texts.table.time}
            </th>
            <th scope="col" {...as('columnheader')}>
              {text.metric}
            </th>
            <th scope="col" className="cell--number" {...as('columnheader')}>
              {text.value}
            </th>
            <th scope="col" className="cell--tags" {...as('columnheader')}>
              {text.tags}
            </th>
            <th scope="col" className="cell--source" {...as('columnheader')}>
              {text.source}
            </th>
          </tr>
        </thead>
        <tbody {...as('rowgroup')}>
          {points.map((point) => (
            <Row key={point.seq} point={point} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
