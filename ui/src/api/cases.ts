import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { http, read, tagQuery } from './http';
import type { CaseAccount, CasesPage, Conflict, Tags } from './types';

export interface CasesQuery {
  readonly state?: 'open' | 'closed' | 'all';
  readonly order?: 'next_breach' | 'age';
  readonly kpi?: string;
  readonly atRisk?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
  readonly tags?: Tags;
}

export async function listCases(of: CasesQuery, signal?: AbortSignal): Promise<CasesPage> {
  const { tags = {}, ...query } = of;
  return read(
    http.GET('/api/cases', {
      params: { query: { ...query, ...tagQuery(tags) } },
      ...(signal && { signal }),
    }),
  );
}

const poll = 10_000;

/** Cases held against a clock; read again every few seconds, as time alone changes them. */
export function useCases(of: CasesQuery, { paused = false } = {}) {
  return useQuery({
    queryKey: ['cases', of],
    queryFn: ({ signal }) => listCases(of, signal),
    placeholderData: keepPreviousData,
    refetchInterval: paused ? false : poll,
  });
}

/** The conflicts that are open now. */
export function useConflicts(tags: Tags = {}, { paused = false } = {}) {
  return useQuery({
    queryKey: ['conflicts', tags],
    queryFn: async ({ signal }): Promise<readonly Conflict[]> =>
      (await read(http.GET('/api/conflicts', { params: { query: tagQuery(tags) }, signal }))).conflicts,
    placeholderData: keepPreviousData,
    refetchInterval: paused ? false : poll,
  });
}

/** One case: its events, and how the time of its clocks went by. */
export function useCase(caseId: string, kpi: string | undefined, { paused = false } = {}) {
  return useQuery({
    queryKey: ['case', caseId, kpi],
    queryFn: ({ signal }): Promise<CaseAccount> =>
      read(
        http.GET('/api/cases/{caseId}', {
          params: { path: { caseId }, query: { ...(kpi && { kpi }) } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    refetchInterval: paused ? false : poll,
  });
}
