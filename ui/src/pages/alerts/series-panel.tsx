import { Link } from 'wouter';
import { useSeries } from '../../api/alerts';
import { serverNow } from '../../api/http';
import { useThresholdRules } from '../../api/rules';
import type { Alert, Kpi } from '../../api/types';
import { ChartFigure } from '../../components/chart-figure';
import type { Limit } from '../../components/chart';
import { Panel } from '../../components/panel';
import { Loading, Nothing } from '../../components/states';
import { StateBadge } from '../../components/state-badge';
import { iso, moment, value as exact } from '../../lib/format';
import { axisText, valueText } from '../../lib/units';
import { limitOf } from '../../live/thresholds';
import { titleOf } from '../../lib/title';
import { texts } from '../../texts';
import { evidenceOf } from './evidence-shape';
import { useCourse, type Course } from './use-course';
import { alertValue } from './words';

const hour = 3_600_000;
const height = 220;

interface Props {
  readonly alert: Alert;
  readonly kpi: Kpi | undefined;
  readonly unit: string;
  readonly now: number;
}

/** How far around the alert is looked: its window and the changes next to it, an hour at least, two weeks at most. */
function spanOf(alert: Alert, series: readonly Alert[]): readonly [number, number] {
  const at = alert.timestamp;
  const window = evidenceOf(alert.evidence).window;
  const here = series.findIndex((a) => a.id === alert.id);
  const [next, before] = [series[here - 1], series[here + 1]];
  const reach = Math.max(
    hour / 2,
    window ? window.to - window.from : 0,
    before ? (at - before.timestamp) * 1.2 : 0,
    next ? (next.timestamp - at) * 1.2 : 0,
  );
  const bounded = Math.min(reach, 336 * hour);
  // To the full minute: the course is asked for once, not at each render.
  const to = Math.min(at + bounded, Math.floor(serverNow() / 60_000) * 60_000 + 60_000);
  return [Math.floor((at - bounded) / 60_000) * 60_000, Math.max(to, at + 60_000)];
}

/** The series of an alert before and after it: the values with the limits, and each change of state. */
export function SeriesPanel(props: Props) {
  const text = texts.alerting.one;
  const { data: series } = useSeries(props.alert.id);
  return (
    <Panel name="series" heading={text.series}>
      {series ? (
        <>
          <Drawn {...props} series={series} />
          <Changes {...props} series={series} />
        </>
      ) : (
        <Loading height={height + 120} />
      )}
    </Panel>
  );
}

function useLimits(alert: Alert): readonly Limit[] {
  const rules = useThresholdRules();
  if (alert.kind !== 'threshold') return [];
  const rule = rules.data?.find((r) => r.rule === alert.rule);
  return (['warning', 'critical'] as const).flatMap((state): Limit[] => {
    const condition = rule?.[state];
    const at = limitOf(condition);
    if (at === undefined || !condition) return [];
    return [{ state, at, wrong: /below|most/.test(condition) ? 'below' : 'above' }];
  });
}

function Drawn({ alert, kpi, unit, series }: Props & { series: readonly Alert[] }) {
  const text = texts.alerting.one;
  const [from, to] = spanOf(alert, series);
  const course = useCourse(alert, kpi, from, to);
  const limits = useLimits(alert);
  const what = kpi ? titleOf(kpi) : alert.metricName;
  const say = (v: number) => (kpi ? valueText(v, kpi.unit) : exact(v));
  // Only a threshold judges the value itself: what other rules judge is on another scale.
  const changes =
    alert.kind === 'threshold' ? series.filter((a) => a.timestamp >= from && a.timestamp <= to) : [];
  if (course.isLoading) return <Loading height={height} />;
  const known = course.data?.values.filter((v) => v !== null) ?? [];
  if (!course.data || known.length === 0) return <Nothing>{text.chartNone}</Nothing>;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return (
    <ChartFigure
      caption={what}
      series={[
        { label: text.valueLine(what), colour: '--series-1', points: known.length < 80 },
        ...(changes.length > 0
          ? [{ label: text.changeDots, colour: '--series-2', points: true, width: 0, dash: [2, 4] }]
          : []),
      ]}
      data={merged(course.data, changes)}
      from={from}
      to={to}
      height={height}
      limits={limits}
      format={(v) => (kpi ? axisText(v, kpi.unit) : exact(v))}
      summary={text.chart(what, say(low), unit || kpi ? say(high) : exact(high), changes.length)}
    />
  );
}

/** Both on one axis of time: the course, and the changes where they were. */
function merged(course: Course, changes: readonly Alert[]): readonly (readonly (number | null)[])[] {
  if (changes.length === 0) return [course.times, course.values];
  const values = new Map(course.times.map((t, i) => [t, course.values[i] ?? null]));
  const dots = new Map(changes.map((a) => [a.timestamp, a.value]));
  const times = [...new Set([...values.keys(), ...dots.keys()])].sort((a, b) => a - b);
  return [times, times.map((t) => values.get(t) ?? null), times.map((t) => dots.get(t) ?? null)];
}

const shownAtMost = 20;

/** The changes next to the alert, it among them. */
function Changes({ alert, unit, now, series }: Props & { series: readonly Alert[] }) {
  const text = texts.alerting.one;
  if (series.length <= 1) return <p className="panel__body muted">{text.seriesNone}</p>;
  const here = Math.max(0, series.findIndex((a) => a.id === alert.id) - shownAtMost / 2);
  return (
    <ol className="changes" aria-label={text.seriesCaption}>
      {series.slice(here, here + shownAtMost).map((a) => (
        <li key={a.id} className="changes__item" aria-current={a.id === alert.id ? 'true' : undefined}>
          <StateBadge state={a.state} quiet={a.state === 'ok'} />
          <span className="changes__value">{alertValue(a, unit)}</span>
          {a.id === alert.id ? (
            <span>
              <time dateTime={iso(a.at)}>{moment(a.at, now)}</time>, {text.seriesHere}
            </span>
          ) : (
            <Link className="usa-link" href={`/alerts/${a.id}`}>
              <time dateTime={iso(a.at)}>{moment(a.at, now)}</time>
            </Link>
          )}
        </li>
      ))}
    </ol>
  );
}
