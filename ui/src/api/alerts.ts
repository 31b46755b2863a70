import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useHub } from '../live/use-live';
import { http, read, tagQuery } from './http';
import type { components } from './schema';
import type { Alert, State, Tags } from './types';

type Schemas = components['schemas'];
export type Acknowledgement = Schemas['Acknowledgement'];
export type AlertExplanation = Schemas['AlertExplanation'];

/** Everything that an alert's change makes old. */
const stale = ['standing', 'routed', 'acknowledgements', 'history', 'deliveries', 'rules'];

/** Reads what the pages of alerts show anew, soon after an alert changed: a burst is read once. */
export function useAlertNews() {
  const hub = useHub();
  const client = useQueryClient();
  useEffect(() => {
    let timer: number | undefined;
    const renew = () => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        for (const key of stale) void client.invalidateQueries({ queryKey: ['alerting', key] });
      }, 400);
    };
    const leave = hub.join({ kinds: ['alert'], alert: renew, opened: renew, resync: renew });
    return () => {
      window.clearTimeout(timer);
      leave();
    };
  }, [hub, client]);
}

/** The alerts that stand, the worst first. */
export function useStanding() {
  return useQuery({
    queryKey: ['alerting', 'standing'],
    queryFn: async ({ signal }): Promise<readonly Alert[]> =>
      (await read(http.GET('/api/alerts', { signal }))).alerts ?? [],
    refetchInterval: 30_000,
  });
}

export interface HistoryFilter {
  readonly rule?: string;
  readonly kind?: string;
  readonly state?: State;
  readonly from?: number;
  readonly to?: number;
  readonly tags: Tags;
}

const pageSize = 100;

function historyQuery({ rule, kind, state, from, to, tags }: HistoryFilter) {
  return {
    ...(rule && { rule }),
    ...(kind && { kind }),
    ...(state && { state }),
    ...(from !== undefined && { from: String(from) }),
    ...(to !== undefined && { to: String(to) }),
    ...tagQuery(tags),
  };
}

/** Changes of state, the newest first, a page at a time. */
export function useAlertHistory(filter: HistoryFilter) {
  return useInfiniteQuery({
    queryKey: ['alerting', 'history', filter],
    queryFn: async ({ signal, pageParam }) => {
      const query = { ...historyQuery(filter), limit: pageSize, ...(pageParam && { cursor: pageParam }) };
      return read(http.GET('/api/alerts/history', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}

export function useAlert(id: string) {
  return useQuery({
    queryKey: ['alerting', 'one', id],
    queryFn: async ({ signal }): Promise<Alert> =>
      read(http.GET('/api/alerts/{id}', { params: { path: { id } }, signal })),
    staleTime: Infinity,
  });
}

/** The changes of the series that an alert belongs to, the newest first. */
export function useSeries(id: string) {
  return useQuery({
    queryKey: ['alerting', 'history', 'series', id],
    queryFn: async ({ signal }): Promise<readonly Alert[]> =>
      (await read(http.GET('/api/alerts/history', { params: { query: { series: id, limit: 200 } }, signal })))
        .alerts ?? [],
  });
}

/** Has the server judge an alert once more. It takes a while, so it is asked for. */
export function useExplanation(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ['alerting', 'explanation', id],
    queryFn: ({ signal }): Promise<AlertExplanation> =>
      read(http.GET('/api/alerts/{id}/explain', { params: { path: { id } }, signal })),
    enabled,
    retry: false,
  });
}

/** Who sees to which alerts. */
export function useAcknowledgements() {
  return useQuery({
    queryKey: ['alerting', 'acknowledgements'],
    queryFn: async ({ signal }): Promise<readonly Acknowledgement[]> =>
      (await read(http.GET('/api/acknowledgements', { signal }))).acknowledgements,
    refetchInterval: 30_000,
  });
}

export async function acknowledge(id: string, who: string, note: string): Promise<Acknowledgement> {
  const body = { ...(who && { who }), ...(note && { note }) };
  return read(http.POST('/api/alerts/{id}/acknowledge', { params: { path: { id } }, body }));
}
