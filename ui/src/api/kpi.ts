/** What the page of one KPI asks. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { http, read } from './http';
import { kpiHistory, kpiValue, type HistoryQuery } from './kpis';
import type { Alert, Kpi, KpiExplanation, VersionDiff } from './types';

const soon = 1000;

/** One KPI with every version; asked for again soon while the newest reads history. */
export function useKpi(name: string) {
  return useQuery({
    queryKey: ['kpi', name],
    queryFn: ({ signal }): Promise<Kpi> =>
      read(http.GET('/api/kpis/{name}', { params: { path: { name } }, signal })),
    refetchInterval: ({ state }) => (state.data && !state.data.ready ? soon : 30_000),
  });
}

/** What it was; asked for again so often, and soon while it still reads history. */
export function useHistory(
  name: string,
  version: number,
  of: HistoryQuery,
  refetch: number | false,
  enabled = true,
) {
  return useQuery({
    queryKey: ['kpi-history', name, version, of],
    queryFn: ({ signal }) => kpiHistory(name, of, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.backfill ? soon : refetch),
    enabled,
  });
}

/** The value of the total, and of each group where it is broken down, as of an instant or now. */
export function useValue(name: string, version: number, by: readonly string[], at?: number, enabled = true) {
  return useQuery({
    queryKey: ['kpi-value-by', name, version, by, at],
    queryFn: ({ signal }) => kpiValue(name, { by, ...(at !== undefined && { at }) }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: at === undefined ? 5000 : false,
    enabled,
  });
}

export interface TwoSpans {
  readonly from: number;
  readonly to: number;
}

export function useExplanation(name: string, of: TwoSpans | undefined) {
  return useQuery({
    queryKey: ['kpi-explain', name, of],
    queryFn: ({ signal }): Promise<KpiExplanation> =>
      read(
        http.GET('/api/kpis/{name}/explain', {
          params: { path: { name }, query: { from: String(of?.from), to: String(of?.to) } },
          signal,
        }),
      ),
    enabled: of !== undefined,
    placeholderData: keepPreviousData,
  });
}

export function useVersionDiff(name: string, a: number, b: number, enabled: boolean) {
  return useQuery({
    queryKey: ['kpi-diff', name, a, b],
    queryFn: ({ signal }): Promise<VersionDiff> =>
      read(
        http.GET('/api/kpis/{name}/diff', {
          params: { path: { name }, query: { a, b, limit: 1000 } },
          signal,
        }),
      ),
    enabled,
    retry: false,
    staleTime: 60_000,
  });
}

/** The changes of state of a KPI in a span of time, the oldest first. */
export function useKpiAlerts(name: string, { from, to }: TwoSpans, refetch: number | false) {
  return useQuery({
    queryKey: ['kpi-alerts', name, from, to],
    queryFn: async ({ signal }): Promise<readonly Alert[]> => {
      const query = { from: String(from), to: String(to), limit: 1000 };
      const page = await read(http.GET('/api/alerts/history', { params: { query }, signal }));
      return (page.alerts ?? []).filter((a) => a.metricName === name).reverse();
    },
    placeholderData: keepPreviousData,
    refetchInterval: refetch,
  });
}
