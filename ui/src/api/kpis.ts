import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { http, read } from './http';
import type { Kpi, KpiHistory, KpiValue } from './types';

/** Every KPI with its definition and the value of its total now. */
export function useKpis() {
  return useQuery({
    queryKey: ['kpis'],
    queryFn: async ({ signal }): Promise<readonly Kpi[]> =>
      (await read(http.GET('/api/kpis', { params: { query: { value: true } }, signal }))).kpis,
    refetchInterval: 60_000,
  });
}

export interface ValueQuery {
  readonly at?: number;
  readonly window?: string;
  readonly by?: readonly string[];
}

export async function kpiValue(name: string, of: ValueQuery, signal?: AbortSignal): Promise<KpiValue> {
  const query = {
    ...(of.at !== undefined && { at: String(of.at) }),
    ...(of.window !== undefined && { window: of.window }),
    ...(of.by && of.by.length > 0 && { by: [...of.by] }),
  };
  return read(
    http.GET('/api/kpis/{name}/value', { params: { path: { name }, query }, ...(signal && { signal }) }),
  );
}

export interface HistoryQuery {
  readonly from: number;
  readonly to?: number;
  /** As the API writes them: 5m, 1h. */
  readonly step?: string;
  readonly window?: string;
  readonly by?: readonly string[];
  /** Whether intervals and figures stand beside the points. */
  readonly detail?: boolean;
}

export async function kpiHistory(name: string, of: HistoryQuery, signal?: AbortSignal): Promise<KpiHistory> {
  const query = {
    from: String(of.from),
    ...(of.to !== undefined && { to: String(of.to) }),
    ...(of.step !== undefined && { step: of.step }),
    ...(of.window !== undefined && { window: of.window }),
    ...(of.by && of.by.length > 0 && { by: [...of.by] }),
    ...(of.detail && { detail: true }),
  };
  return read(
    http.GET('/api/kpis/{name}/history', { params: { path: { name }, query }, ...(signal && { signal }) }),
  );
}

/** The value as of some instant: it does not change for long, so it is not asked for again. */
export function useKpiValue(name: string, of: ValueQuery, enabled = true) {
  return useQuery({
    queryKey: ['kpi-value', name, of],
    queryFn: ({ signal }) => kpiValue(name, of, signal),
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval: 60_000,
  });
}
