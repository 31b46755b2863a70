import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { serverNow } from '../../api/http';
import { kpiHistory } from '../../api/kpis';
import type { Kpi, KpiCourse, Tags } from '../../api/types';
import { useFlag } from '../../lib/url-state';
import { sameTags } from '../../live/thresholds';
import type { Span } from './spans';

type Figures = NonNullable<KpiCourse['figures']>[number];

export interface Trend {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** The instant as of which each value is: the end of its step. */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  readonly ns: readonly number[];
  readonly intervals: readonly (readonly number[] | null)[];
  readonly figures: readonly Figures[];
}

interface Options {
  /** How far back each value looks: as far as the definition says, or over its step alone. */
  readonly over: 'window' | 'step';
  readonly detail?: boolean;
}

/** Only the tags by which a KPI can be broken down. */
export function usableTags(kpi: Kpi, tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => kpi.by.includes(key)));
}

/** Often enough that the end of a line is right, seldom enough that nobody notices the reading. */
const refresh = (span: Span) => Math.min(60_000, Math.max(5000, span.step / 12));

/** What a KPI was over a span of time, as the server tells it. */
export function useTrend(kpi: Kpi, span: Span, tags: Tags, { over, detail = false }: Options) {
  const [paused] = useFlag('paused');
  const wanted = usableTags(kpi, tags);
  return useQuery({
    queryKey: ['trend', kpi.name, kpi.definitionVersion, span.id, wanted, over, detail],
    queryFn: async ({ signal }): Promise<Trend> => {
      const now = serverNow();
      const from = Math.floor((now - span.length) / span.step) * span.step;
      const history = await kpiHistory(
        kpi.name,
        {
          from,
          step: span.stepText,
          by: Object.keys(wanted),
          detail,
          ...(over === 'window' && { window: kpi.window }),
        },
        signal,
      );
      const course = history.series.find((s) => sameTags(s.tags, wanted));
      const points = course?.points ?? [];
      return {
        from,
        to: history.to,
        step: history.step,
        times: points.map((p) => Math.min((p[0] ?? 0) + history.step, history.to)),
        values: points.map((p) => p[1] ?? null),
        ns: points.map((p) => p[2] ?? 0),
        intervals: course?.intervals ?? [],
        figures: course?.figures ?? [],
      };
    },
    placeholderData: keepPreviousData,
    refetchInterval: paused ? false : refresh(span),
  });
}
