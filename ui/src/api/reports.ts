import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { http, read } from './http';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Summary = Schemas['Summary'];
export type KpiSummary = Schemas['KPI'];
export type SentReport = Schemas['SentReport'];
export type Firing = Schemas['Firing'];

export interface ReportSpan {
  readonly from: number;
  readonly to: number;
}

/** A span of time summed up. One that is not over is read again by and by. */
export function useSummary({ from, to }: ReportSpan) {
  return useQuery({
    queryKey: ['summary', from, to],
    queryFn: ({ signal }): Promise<Summary> =>
      read(
        http.GET('/api/reports/summary', {
          params: { query: { from: String(from), to: String(to) } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.over === false ? 60_000 : false),
  });
}

/** The reports that are sent by themselves. */
export function useReports() {
  return useQuery({
    queryKey: ['reports'],
    queryFn: async ({ signal }): Promise<readonly SentReport[]> =>
      (await read(http.GET('/api/reports', { signal }))).reports,
    refetchInterval: 60_000,
  });
}

/** Sends the one that was due last, as a test; gives how many messages that makes. */
export async function sendReport(name: string): Promise<number> {
  const sent = await read(http.POST('/api/reports/{name}/send', { params: { path: { name } } }));
  return sent.deliveries.length;
}
