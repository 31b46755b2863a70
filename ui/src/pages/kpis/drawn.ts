/** From a history to what a chart draws of it. */
import type { ChartSeries } from '../../components/chart';
import type { KpiCourse, KpiHistory } from '../../api/types';
import { texts } from '../../texts';
import type { SlaFigure } from '../control-room/sla-figures';
import { slaFigures } from '../control-room/sla-figures';

type Column = readonly (number | null)[];

export interface Drawn {
  readonly times: readonly number[];
  readonly ns: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly columns: readonly Column[];
  readonly band?: readonly [number, number];
  /** The place of the value among the columns. */
  readonly main: number;
}

/** Points stand at the end of their step: that is the instant as of which they are. */
export const timesOf = (history: KpiHistory, course: KpiCourse | undefined): readonly number[] =>
  (course?.points ?? []).map((p) => Math.min((p[0] ?? 0) + history.step, history.to));

const value = (course: KpiCourse | undefined): Column => (course?.points ?? []).map((p) => p[1] ?? null);
const ns = (course: KpiCourse | undefined): readonly number[] => (course?.points ?? []).map((p) => p[2] ?? 0);

/** The total: its value with its interval, or one of the four figures of an sla. */
export function drawTotal(history: KpiHistory, label: string, figure: SlaFigure): Drawn {
  const course = history.series.find((s) => Object.keys(s.tags).length === 0);
  const [times, n] = [timesOf(history, course), ns(course)];
  if (figure !== 'due') {
    return { times, ns: n, ...drawFigure(course, figure) };
  }
  const intervals = course?.intervals ?? [];
  if (!intervals.some(Boolean)) {
    return { times, ns: n, series: [line(label)], columns: [value(course)], main: 0 };
  }
  const text = texts.kpis;
  const edge = { colour: '--chart-edge', width: 1, gaps: true };
  return {
    times,
    ns: n,
    series: [{ label: text.upper, ...edge }, { label: text.lower, ...edge }, line(label)],
    columns: [intervals.map((i) => i?.[1] ?? null), intervals.map((i) => i?.[0] ?? null), value(course)],
    band: [1, 2],
    main: 2,
  };
}

const line = (label: string): ChartSeries => ({ label, colour: '--series-1', width: 2, gaps: true });

function drawFigure(course: KpiCourse | undefined, figure: SlaFigure) {
  const all = (course?.figures ?? []).map((f) => slaFigures(f));
  if (figure !== 'live') {
    return {
      series: [line(texts.controlRoom.sla.figure(figure))],
      columns: [all.map((f) => f?.[figure as 'closed'].ratio ?? null)],
      main: 0,
    };
  }
  const { sla } = texts.controlRoom;
  return {
    series: [
      { label: sla.atRisk, colour: '--series-2', dash: [6, 3], gaps: true },
      { label: sla.breached, colour: '--critical', width: 2, gaps: true },
    ],
    columns: [all.map((f) => f?.live.atRisk ?? null), all.map((f) => f?.live.breached ?? null)],
    main: 1,
  };
}

export interface Group {
  readonly name: string;
  readonly times: readonly number[];
  readonly values: Column;
  readonly n: number;
}

/** The groups by one tag, those made of most first. */
export function groupsOf(history: KpiHistory, tag: string): readonly Group[] {
  return history.series
    .filter((s) => tag in s.tags)
    .map((s) => ({
      name: s.tags[tag] ?? '',
      times: timesOf(history, s),
      values: value(s),
      n: ns(s).reduce((sum, n) => sum + n, 0),
    }))
    .sort((a, b) => b.n - a.n || a.name.localeCompare(b.name));
}

/** The values as a spreadsheet reads them. */
export function csvOf(drawn: Drawn, names: readonly string[]): string {
  const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = drawn.times.map((t, i) => [
    new Date(t).toISOString(),
    ...drawn.columns.map((column) => String(column[i] ?? '')),
    String(drawn.ns[i] ?? ''),
  ]);
  return [[...names, 'n'].map(quote), ...rows].map((row) => row.join(',')).join('\r\n') + '\r\n';
}
