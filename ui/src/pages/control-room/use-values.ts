import { useQueries } from '@tanstack/react-query';
import { serverNow } from '../../api/http';
import { kpiHistory, kpiValue } from '../../api/kpis';
import type { Kpi, KpiSeries, Tags } from '../../api/types';
import { useFlag } from '../../lib/url-state';
import { seriesOf, type LiveValues } from '../../live/kpi-feed';
import { sameTags } from '../../live/thresholds';
import { usableTags } from './use-trend';

const hour = 3_600_000;
const week = 168 * hour;

/** A KPI as a tile shows it. */
export interface Shown {
  readonly kpi: Kpi;
  /** The series that the filter selects; the total where the KPI is not broken down by it. */
  readonly series: KpiSeries | undefined;
  readonly at: number | undefined;
  readonly complete: boolean;
  /** Keys of the filter that the KPI is not broken down by. */
  readonly ignored: readonly string[];
  /** Undefined while it is read. */
  readonly lastWeek: number | null | undefined;
  readonly course: readonly (number | null)[];
}

/** The stream tells of totals and of groups by one tag; several at once are asked for. */
function useAsked(kpis: readonly Kpi[], tags: Tags) {
  const [paused] = useFlag('paused');
  return useQueries({
    queries: kpis.map((kpi) => {
      const keys = Object.keys(usableTags(kpi, tags));
      return {
        queryKey: ['kpi-asked', kpi.name, keys, tags],
        queryFn: ({ signal }: { signal: AbortSignal }) => kpiValue(kpi.name, { by: keys }, signal),
        enabled: keys.length > 1,
        refetchInterval: paused ? (false as const) : 5000,
      };
    }),
  });
}

/** A day's course, and the value at this time a week ago: they change slowly. */
function useBackground(kpis: readonly Kpi[], tags: Tags) {
  return useQueries({
    queries: kpis.map((kpi) => ({
      queryKey: ['kpi-background', kpi.name, kpi.definitionVersion, tags],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const now = serverNow();
        const wanted = usableTags(kpi, tags);
        const by = Object.keys(wanted);
        const [before, history] = await Promise.all([
          kpiValue(kpi.name, { at: now - week, by }, signal),
          kpiHistory(kpi.name, { from: now - 24 * hour, step: '30m', window: kpi.window, by }, signal),
        ]);
        const course = history.series.find((s) => sameTags(s.tags, wanted))?.points ?? [];
        return {
          lastWeek: before.series.find((s) => sameTags(s.tags, wanted))?.value ?? null,
          course: course.map((p) => p[1] ?? null),
        };
      },
      refetchInterval: 5 * 60_000,
    })),
  });
}

export function useShown(kpis: readonly Kpi[], values: LiveValues, tags: Tags): readonly Shown[] {
  const asked = useAsked(kpis, tags);
  const background = useBackground(kpis, tags);
  return kpis.map((kpi, i) => {
    const wanted = usableTags(kpi, tags);
    const answer = Object.keys(wanted).length > 1 ? asked[i]?.data : undefined;
    const live = seriesOf(values, kpi.name, wanted);
    return {
      kpi,
      series: answer ? answer.series.find((s) => sameTags(s.tags, wanted)) : live?.series,
      at: answer?.at ?? live?.at,
      complete: answer?.complete ?? live?.complete ?? false,
      ignored: Object.keys(tags).filter((key) => !kpi.by.includes(key)),
      lastWeek: background[i]?.data?.lastWeek,
      course: background[i]?.data?.course ?? [],
    };
  });
}
