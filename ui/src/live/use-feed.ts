import { useQueries, useQuery } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import { api, serverNow } from '../api/client';
import { Feed, recentLimit, type Snapshot } from './feed';
import { lastMinute, type Range } from './ranges';
import { RateBook } from './rates';
import { useHub } from './use-live';
import { ValueBook } from './values';

export const FeedContext = createContext<Feed | undefined>(undefined);

export function useFeed(): Feed {
  const feed = useContext(FeedContext);
  if (!feed) throw new Error('useFeed is called outside of FeedContext');
  return feed;
}

export function useSnapshot(): Snapshot {
  const feed = useFeed();
  return useSyncExternalStore(feed.subscribe, feed.snapshot);
}

const poll = 15_000;
/** How many stored values the value chart starts from. */
export const valueLimit = 1000;

/** Reads the names of all metrics stored. */
export function useMetrics() {
  return useQuery({
    queryKey: ['metrics'],
    queryFn: ({ signal }) => api.metrics(signal),
    // The first event is waited for.
    refetchInterval: ({ state }) => (state.data?.length === 0 ? 1000 : 30_000),
  });
}

/** Fills the feed from what the server has stored, and keeps it right. */
export function useBackfill(range: Range, filter: string | undefined) {
  const feed = useFeed();
  const hub = useHub();

  const begin = useQuery({
    queryKey: ['begin'],
    queryFn: async ({ signal }) => {
      // Read first, so that no event falls between: the stream repeats what the second read has already.
      const last = await api.lastSeq(signal);
      const { events } = await api.events({ limit: recentLimit }, signal);
      feed.begin(events, last);
      return events.length;
    },
    staleTime: Infinity,
    // The next visit of the page fills another feed.
    gcTime: 0,
  });

  const rates = useQuery({
    queryKey: ['rates', range],
    queryFn: async ({ signal }) => {
      const book = feed.setRange(range);
      const { from, to } = book.window(range.until ?? serverNow());
      feed.beginRates();
      const minute = new RateBook(lastMinute.step, lastMinute.steps).window(serverNow());
      const [rates, recent] = await Promise.all([
        api.rates({ from, to, step: range.step }, signal),
        api.rates({ ...minute, step: lastMinute.step }, signal),
      ]);
      feed.rebaseRates(rates);
      feed.rebaseMinute(recent);
      return rates.series.length;
    },
    refetchInterval: 60_000,
  });

  useEffect(() => feed.setFilter(filter), [feed, filter]);
  const points = useQuery({
    queryKey: ['points', filter],
    queryFn: async ({ signal }) => {
      const { events } = await api.events({ limit: recentLimit, metric: filter }, signal);
      feed.fillRecent(events);
      return events.length;
    },
    enabled: begin.isSuccess,
    staleTime: 0,
    gcTime: 0,
  });

  const thresholds = useQuery({
    queryKey: ['thresholds'],
    queryFn: async ({ signal }) => {
      feed.beginRules();
      const rules = await api.thresholds(signal);
      feed.setRules(rules);
      return rules.length;
    },
    refetchInterval: poll,
    retry: false,
  });
  // The stream's heartbeats are invisible to a page: this read stands in for them.
  useEffect(() => {
    if (thresholds.isError) hub.doubt();
  }, [hub, thresholds.isError, thresholds.errorUpdatedAt]);

  return { begin, faults: { rates: rates.error, points: points.error } };
}

/** Reads the stored values behind the small lines of the tiles shown. */
export function useSparks(metricNames: readonly string[]) {
  const feed = useFeed();
  useQueries({
    queries: metricNames.map((name) => ({
      queryKey: ['spark', name],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const { events } = await api.events({ metric: name, limit: recentLimit }, signal);
        feed.fillSpark(name, events);
        return events.length;
      },
      staleTime: Infinity,
      gcTime: 0,
    })),
  });
}

/** Watches the values of one metric over the range. */
export function useValues(metricName: string | undefined, range: Range) {
  const feed = useFeed();
  const step = Math.max(1000, Math.round((range.step * range.steps) / 180 / 1000) * 1000);
  const steps = Math.ceil((range.step * range.steps) / step);
  const book = useMemo(
    () => (metricName === undefined ? undefined : new ValueBook(metricName, step, steps)),
    [metricName, step, steps],
  );
  useEffect(() => {
    feed.watchValues(book);
  }, [feed, book]);
  return useQuery({
    queryKey: ['values', metricName, step, steps, range.until],
    queryFn: async ({ signal }) => {
      const to = range.until === undefined ? undefined : range.until + 1;
      const from = (to ?? serverNow()) - step * steps;
      const page = await api.events({ metric: metricName, from, to, limit: valueLimit }, signal);
      if (book) feed.fillValues(book, page.events);
      return { complete: page.next === null };
    },
    enabled: book !== undefined,
    staleTime: 0,
    gcTime: 0,
  });
}
