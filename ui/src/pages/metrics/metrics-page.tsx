import { useEffect, useMemo, useState } from 'react';
import { useSession } from '../../api/session';
import type { MetricInfo, Threshold } from '../../api/types';
import { AlertList } from './alert-list';
import { Empty } from '../../components/empty';
import { Headline } from './headline';
import { Unreachable } from '../../components/notices';
import { Points } from './points';
import { RangeSwitch } from './range-switch';
import { Rates } from './rates';
import { Tiles } from './tiles';
import { Values } from './values';
import { useFlag, useParam } from '../../lib/url-state';
import { Feed } from '../../live/feed';
import { firstRange, rangeIds, rangeOf, type RangeId } from '../../live/ranges';
import { tiles as makeTiles } from '../../live/thresholds';
import { FeedContext, useBackfill, useFeed, useMetrics, useSnapshot } from '../../live/use-feed';
import { useHub } from '../../live/use-live';

/** Without `for`: one value is enough to change its state. */
const judgedAtOnce = (rule: Threshold) => rule.for === undefined || /^0\D*$/.test(rule.for);

const noMetrics: readonly MetricInfo[] = [];

/** Names stored and names just seen, in one order. */
function useNames(stored: readonly MetricInfo[], seen: readonly { name: string }[]): readonly string[] {
  const names = [...new Set([...stored.map((m) => m.metricName), ...seen.map((row) => row.name)])].sort();
  const key = JSON.stringify(names);
  return useMemo(() => JSON.parse(key) as string[], [key]);
}

function Metrics() {
  const session = useSession();
  const feed = useFeed();
  const view = useSnapshot();
  const { data: metrics = noMetrics } = useMetrics();
  const [rangeId, setRangeId] = useParam<RangeId>('range', firstRange.id, rangeIds);
  const [paused] = useFlag('paused');
  const [filter, setFilter] = useState<string>();
  const [valued, setValued] = useState<string>();
  const range = useMemo(() => rangeOf(rangeId, metrics), [rangeId, metrics]);
  const { begin, faults } = useBackfill(range, filter);
  const names = useNames(metrics, view.rates.rows);
  const tiles = useMemo(() => makeTiles(view.rules), [view.rules]);
  const watched = useMemo(() => tiles.map((tile) => tile.rule.metricName), [tiles]);
  useEffect(() => feed.setPaused(paused), [feed, paused]);

  const empty = begin.data === 0 && view.received === 0;
  const judged = tiles.find((tile) => tile.worst)?.rule.metricName;
  const metric = valued ?? judged ?? view.rates.rows[0]?.name ?? names[0];
  const newest = metrics.length > 0 ? Math.max(...metrics.map((m) => m.last)) : undefined;
  // Times of day are named by their date when that is not today's: a minute's precision is enough.
  const today = Math.floor(view.now / 60_000) * 60_000;

  return (
    <>
      {begin.isSuccess ? (
        empty ? (
          <Empty authentication={session.authentication} rule={view.rules.find(judgedAtOnce)} />
        ) : (
          <>
            <div className="page__top">
              <Headline tiles={tiles} perMinute={view.perMinute} metricCount={names.length} now={today} />
              <RangeSwitch chosen={rangeId} onChoose={setRangeId} />
            </div>
            <Tiles tiles={tiles} sparks={view.sparks} now={today} />
            <div className="page__panels">
              <Rates
                view={view.rates}
                range={range}
                watched={watched}
                perMinute={view.perMinute}
                newest={newest}
                fault={faults.rates}
                onRange={setRangeId}
              />
              <AlertList now={today} />
              <Values
                buckets={view.values}
                metric={metric}
                names={names}
                rules={view.rules}
                range={range}
                now={view.now}
                onMetric={setValued}
              />
              <Points
                fault={faults.points}
                points={view.recent}
                names={names}
                filter={filter}
                onFilter={setFilter}
                now={today}
              />
            </div>
          </>
        )
      ) : (
        begin.failureReason && (
          <Unreachable error={begin.failureReason} onRetry={() => void begin.refetch()} />
        )
      )}
    </>
  );
}

/** Every metric as it comes: how often, with what values, and each point. */
export default function MetricsPage() {
  const hub = useHub();
  const [feed] = useState(() => new Feed(hub));
  return (
    <FeedContext value={feed}>
      <Metrics />
    </FeedContext>
  );
}
