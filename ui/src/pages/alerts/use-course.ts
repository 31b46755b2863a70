import { useQuery } from '@tanstack/react-query';
import { http, read, tagQuery } from '../../api/http';
import { kpiHistory } from '../../api/kpis';
import type { Alert, Kpi } from '../../api/types';
import { sameTags } from '../../live/thresholds';

export interface Course {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

const steps = 160;
const mostEvents = 2000;

/** The values of the KPI that an alert watches, in its series. */
async function ofKpi(kpi: Kpi, alert: Alert, from: number, to: number, signal: AbortSignal): Promise<Course> {
  const by = kpi.by.filter((key) => key in alert.tags);
  const step = Math.max(60, Math.ceil((to - from) / steps / 60_000) * 60);
  const history = await kpiHistory(kpi.name, { from, to, step: `${step}s`, by }, signal);
  const wanted = Object.fromEntries(by.map((key) => [key, alert.tags[key] ?? '']));
  const course = history.series.find((s) => sameTags(s.tags, wanted));
  const times = course?.points.map((p) => p[0] ?? 0) ?? [];
  return { times, values: course?.points.map((p) => p[1] ?? null) ?? [] };
}

/** The events of the metric that an alert watches. */
async function ofMetric(alert: Alert, from: number, to: number, signal: AbortSignal): Promise<Course> {
  const query = {
    metric: [alert.metricName],
    from: String(from),
    to: String(to),
    limit: mostEvents,
    ...tagQuery(alert.tags),
  };
  const page = await read(http.GET('/api/events', { params: { query }, signal }));
  const events = (page.events ?? []).toSorted((a, b) => a.timestamp - b.timestamp);
  return { times: events.map((e) => e.timestamp), values: events.map((e) => e.value) };
}

/** The course of what an alert watches around it, where that is stored. */
export function useCourse(alert: Alert, kpi: Kpi | undefined, from: number, to: number) {
  // What a rule file computes from events is not what the events say.
  const drawn = alert.metricName !== '' && (kpi !== undefined || alert.kind === 'threshold');
  return useQuery({
    queryKey: ['alerting', 'course', alert.id, kpi?.name, from, to],
    queryFn: ({ signal }) => (kpi ? ofKpi(kpi, alert, from, to, signal) : ofMetric(alert, from, to, signal)),
    enabled: drawn,
    staleTime: Infinity,
  });
}
