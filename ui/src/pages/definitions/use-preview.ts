import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { previewKpi } from '../../api/definitions';
import { ApiError } from '../../api/fault';
import { useHistory } from '../../api/kpi';
import type { Kpi } from '../../api/types';
import { useParam } from '../../lib/url-state';
import { useMinute } from '../../lib/use-minute';
import { useMetrics } from '../../live/use-feed';
import { extentOf } from '../kpis/view';

const pause = 600;
const minute = 60_000;

/** One fault of a definition: in which field, and where in the text. */
export interface DefinitionFault {
  readonly field: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly detail: string;
}

export function faultsOf(error: Error | null): readonly DefinitionFault[] {
  if (!(error instanceof ApiError) || error.status !== 422) return [];
  return error.errors.map(({ field = '', position = '', detail }) => {
    const [line, column] = position.split(':').map(Number);
    return { field, line: line || undefined, column: column || undefined, detail };
  });
}

export const previewRanges = ['24h', '7d', '30d', 'all'] as const;
type PreviewRange = (typeof previewRanges)[number];

/** What the text would say, asked for once the typing pauses. */
export function usePreview(text: string, name: string) {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(text), pause);
    return () => window.clearTimeout(timer);
  }, [text]);
  const [range, setRange] = useParam<PreviewRange>('preview', '24h', previewRanges);
  // History is read anew for each preview: its end moves but now and then.
  const now = (Math.floor(useMinute() / (5 * minute)) + 1) * 5 * minute;
  const metrics = useMetrics().data ?? [];
  const stored = metrics.length
    ? { from: Math.min(...metrics.map((m) => m.first)), to: Math.max(...metrics.map((m) => m.last)) + 1 }
    : undefined;
  const { from, to } = extentOf(range, now, stored);
  const query = useQuery({
    queryKey: ['kpi-preview', settled, name, from, to],
    queryFn: ({ signal }) => previewKpi(settled, { name, from, to }, signal),
    placeholderData: keepPreviousData,
    staleTime: minute,
    retry: (failures, error) => error instanceof ApiError && error.status === 429 && failures < 3,
  });
  return { query, settling: settled !== text, range, setRange };
}

export type Preview = ReturnType<typeof usePreview>;

/** What is in force, at the same steps. */
export function useInForce(kpi: Kpi | undefined, preview: Preview) {
  const history = preview.query.data?.history;
  const of = {
    from: history?.from ?? 0,
    to: history?.to ?? 0,
    step: String(history?.step ?? 0),
    ...(kpi && { window: kpi.window }),
  };
  const enabled = kpi !== undefined && history !== undefined;
  return useHistory(kpi?.name ?? '', kpi?.definitionVersion ?? 0, of, false, enabled);
}
