import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { http, read, serverNow, tagQuery } from '../../api/http';
import type { EventsPage, Point, Tags } from '../../api/types';
import { useFlag } from '../../lib/url-state';
import { useHub } from '../../live/use-live';

export const spans = {
  '15m': 15 * 60_000,
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
  all: 0,
} as const;
export type SpanId = keyof typeof spans;
export const spanIds = Object.keys(spans) as SpanId[];

export interface EventFilter {
  /** A name, or the beginning of names before a *; empty for all. */
  readonly metric: string;
  readonly tags: Tags;
  readonly span: SpanId;
  /** Fixed ends, in ms; where there is one, the span does not count. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** From when on: a span ends now, an end alone has everything before it. */
const beginning = ({ from, to, span }: EventFilter): number =>
  from ?? (to !== undefined || spans[span] === 0 ? 1 : serverNow() - spans[span]);

export function matches({ metric, tags, from = 0, to = Infinity }: EventFilter, point: Point): boolean {
  if (point.timestamp < from || point.timestamp >= to) return false;
  const named = metric.endsWith('*')
    ? point.metricName.startsWith(metric.slice(0, -1))
    : point.metricName === metric;
  return (metric === '' || named) && Object.entries(tags).every(([key, value]) => point.tags[key] === value);
}

/** How many live events a page holds: what came before is stored. */
const mostLive = 500;
const page = 100;

/** Stored events that match, a page at a time, and live ones before them. */
export function useEvents(filter: EventFilter) {
  const hub = useHub();
  const [paused] = useFlag('paused');
  const key = JSON.stringify(filter);
  const stored = useInfiniteQuery({
    queryKey: ['explore-events', filter],
    initialPageParam: { cursor: undefined as string | undefined, from: 0 },
    queryFn: async ({ signal, pageParam }) => {
      // Pages go on from the same beginning, or the cursor would not fit.
      const from = pageParam.from || beginning(filter);
      const answer: EventsPage = await read(
        http.GET('/api/events', {
          params: {
            query: {
              limit: page,
              from: String(from),
              ...(filter.to !== undefined && { to: String(filter.to) }),
              ...(filter.metric && { metric: [filter.metric] }),
              ...(pageParam.cursor !== undefined && { cursor: pageParam.cursor }),
              ...tagQuery(filter.tags),
            },
          },
          signal,
        }),
      ).then((a) => ({ events: a.events ?? [], next: a.next }));
      return { ...answer, from };
    },
    getNextPageParam: (last) => (last.next === null ? undefined : { cursor: last.next, from: last.from }),
    staleTime: Infinity,
    gcTime: 0,
  });

  const [live, setLive] = useState<{
    readonly of: string;
    readonly points: readonly Point[];
    readonly seen: number;
  }>({
    of: key,
    points: [],
    seen: 0,
  });
  useEffect(() => {
    const wanted = JSON.parse(key) as EventFilter;
    let waiting: Point[] = [];
    let frame: number | undefined;
    const publish = () => {
      frame = undefined;
      const fresh = waiting.reverse();
      waiting = [];
      setLive((now) => {
        const before = now.of === key ? now : { points: [], seen: 0 };
        return {
          of: key,
          points: [...fresh, ...before.points].slice(0, mostLive),
          seen: before.seen + fresh.length,
        };
      });
    };
    const leave = hub.join({
      kinds: ['message'],
      point: (point) => {
        if (paused || !matches(wanted, point)) return;
        waiting.push(point);
        if (waiting.length > mostLive) waiting.shift();
        frame ??= window.setTimeout(publish, 200);
      },
    });
    return () => {
      leave();
      window.clearTimeout(frame);
    };
  }, [hub, key, paused]);

  const known = new Set(stored.data?.pages.flatMap((p) => p.events.map((e) => e.seq)));
  const fresh = live.of === key ? live.points.filter((p) => !known.has(p.seq)) : [];
  return {
    stored,
    points: [...fresh, ...(stored.data?.pages.flatMap((p) => p.events) ?? [])],
    fresh: live.of === key ? live.seen : 0,
  };
}
