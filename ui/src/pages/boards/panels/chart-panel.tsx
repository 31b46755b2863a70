import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { BoardPanel } from '../../../api/boards';
import { http, read, serverNow, tagQuery } from '../../../api/http';
import { kpiHistory } from '../../../api/kpis';
import { runSql, sqlName, sqlText, useSqlSchema } from '../../../api/sql';
import type { Rates, Tags } from '../../../api/types';
import { ChartFigure } from '../../../components/chart-figure';
import { Fault, Loading, Nothing } from '../../../components/states';
import { axisText, valueText } from '../../../lib/units';
import { useFlag } from '../../../lib/url-state';
import { titleOf } from '../../../lib/title';
import { texts } from '../../../texts';
import { cellText } from '../../explore/shape';
import { lengthOf, stepFor } from '../lengths';
import { useKpi } from './context';

interface Line {
  readonly label: string;
  readonly values: readonly (number | null)[];
}
interface Drawn {
  readonly from: number;
  readonly to: number;
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly left: number;
}

/** More lines than this nobody tells apart. */
const mostLines = 6;
const day = 86_400_000;

const contains = (tags: Tags, wanted: Tags) => Object.entries(wanted).every(([k, v]) => tags[k] === v);
const total = (line: Line) => line.values.reduce<number>((sum, v) => sum + Math.abs(v ?? 0), 0);

/** Between what all values lie, and whether all are whole numbers; nothing where there are none. */
function extentOf(lines: readonly Line[]) {
  let extent: { low: number; high: number; whole: boolean } | undefined;
  for (const { values } of lines)
    for (const v of values) {
      if (v === null) continue;
      extent ??= { low: v, high: v, whole: true };
      if (v < extent.low) extent.low = v;
      if (v > extent.high) extent.high = v;
      extent.whole &&= Number.isInteger(v);
    }
  return extent;
}

function drawn(from: number, to: number, times: readonly number[], lines: readonly Line[]): Drawn {
  const largest = lines.length > mostLines ? lines.toSorted((a, b) => total(b) - total(a)) : lines;
  return { from, to, times, lines: largest.slice(0, mostLines), left: Math.max(0, lines.length - mostLines) };
}

interface Span {
  readonly range: number;
  readonly step: number;
}

async function kpiLines(
  panel: BoardPanel,
  { range, step }: Span,
  name: string,
  label: string,
  window: string,
  signal: AbortSignal,
) {
  const now = serverNow();
  const from = Math.floor((now - range) / step) * step;
  const tags = panel.tags ?? {};
  const by = [...new Set([...Object.keys(tags), ...(panel.by ? [panel.by] : [])])];
  const history = await kpiHistory(name, { from, step: `${step}ms`, window, by }, signal);
  const key = panel.by;
  const courses = history.series.filter((s) =>
    by.length === 0 ? true : Object.keys(s.tags).length === by.length && contains(s.tags, tags),
  );
  const times = (courses[0]?.points ?? history.series[0]?.points ?? []).map((p) =>
    Math.min((p[0] ?? 0) + step, history.to),
  );
  return drawn(
    from,
    history.to,
    times,
    courses.map((s) => ({
      label: key ? s.tags[key] || texts.filter.none : label,
      values: s.points.map((p) => p[1] ?? null),
    })),
  );
}

async function metricLines(panel: BoardPanel, { range, step }: Span, metric: string, signal: AbortSignal) {
  const now = serverNow();
  const rates = (await read(
    http.GET('/api/metrics/rates', {
      params: {
        query: {
          metric: [metric],
          from: String(now - range),
          to: String(now),
          step,
          ...tagQuery(panel.tags ?? {}),
        },
      },
      signal,
    }),
  )) as Rates;
  const points = rates.series[0]?.points ?? [];
  const n = Math.round((rates.to - rates.from) / rates.step);
  const times = Array.from({ length: n }, (_, i) => rates.from + i * rates.step);
  return drawn(rates.from, rates.to, times, [{ label: metric, values: times.map((_, i) => points[i] ?? 0) }]);
}

/** Rates are not broken down by a tag; a query does that. */
async function metricLinesBy(
  panel: BoardPanel,
  { range, step }: Span,
  metric: string,
  columns: ReadonlyMap<string, string>,
  signal: AbortSignal,
) {
  const now = serverNow();
  const to = Math.ceil(now / step) * step;
  const from = Math.floor((now - range) / step) * step;
  const column = (key: string) => sqlName(columns.get(key) ?? key);
  const wanted = [
    `metric = ${sqlText(metric)}`,
    `time >= make_timestamp(${from * 1000})`,
    `time < make_timestamp(${to * 1000})`,
    ...Object.entries(panel.tags ?? {}).map(([key, value]) => `${column(key)} = ${sqlText(value)}`),
  ].join(' AND ');
  const sql = `SELECT epoch_ms(time) // ${step} AS step, ${column(panel.by ?? '')} AS label, count(*) AS n FROM events WHERE ${wanted} GROUP BY ALL`;
  const { rows } = await runSql(sql, 10_000, signal);
  const times = Array.from({ length: (to - from) / step }, (_, i) => from + i * step);
  const lines = new Map<string, (number | null)[]>();
  for (const [at, label, n] of rows) {
    const name = label === null || label === '' ? texts.filter.none : cellText(label);
    const values = lines.get(name) ?? times.map(() => 0);
    values[Number(at) - from / step] = Number(n);
    lines.set(name, values);
  }
  return drawn(
    from,
    to,
    times,
    [...lines].sort(([a], [b]) => a.localeCompare(b)).map(([label, values]) => ({ label, values })),
  );
}

export function ChartPanel({ panel, title, height }: { panel: BoardPanel; title: string; height: number }) {
  const kpi = useKpi(panel.kpi);
  const [paused] = useFlag('paused');
  const range = lengthOf(panel.range, day);
  const step = lengthOf(panel.step, stepFor(range));
  const schema = useSqlSchema();
  const { metric } = panel;
  const columns = new Map(
    schema.data?.tables
      .find((t) => t.name === 'events')
      ?.columns.flatMap((c) => (c.tag === undefined ? [] : [[c.tag, c.name] as const])),
  );
  const trend = useQuery({
    queryKey: ['board-chart', panel.kpi, metric, panel.tags, panel.by, range, step, kpi?.definitionVersion],
    queryFn: ({ signal }): Promise<Drawn> =>
      metric !== undefined
        ? panel.by
          ? metricLinesBy(panel, { range, step }, metric, columns, signal)
          : metricLines(panel, { range, step }, metric, signal)
        : kpiLines(
            panel,
            { range, step },
            kpi?.name ?? '',
            kpi ? titleOf(kpi) : '',
            kpi?.window ?? '1h',
            signal,
          ),
    enabled: metric !== undefined ? !panel.by || schema.isSuccess : kpi !== undefined,
    placeholderData: keepPreviousData,
    // Before the newest point moves by a pixel, there is little to see, whatever the step.
    refetchInterval: paused ? false : Math.min(60_000, Math.max(5000, step / 12, range / 1800)),
  });
  if (metric === undefined && !kpi) return <Nothing>{texts.boards.noKpi(panel.kpi ?? '')}</Nothing>;
  if (trend.failureReason && !trend.data)
    return <Fault error={trend.failureReason} onRetry={() => void trend.refetch()} />;
  if (!trend.data) return <Loading height={height} />;
  return <Drawing panel={panel} title={title} height={height} drawn={trend.data} unit={kpi?.unit ?? ''} />;
}

function Drawing(props: { panel: BoardPanel; title: string; height: number; drawn: Drawn; unit: string }) {
  const { panel, title, height, drawn: d, unit } = props;
  const data = useMemo(() => [d.times, ...d.lines.map((line) => line.values)], [d]);
  const extent = useMemo(() => extentOf(d.lines), [d]);
  if (!extent) return <Nothing height={height}>{texts.boards.noValues}</Nothing>;
  const { low, high, whole } = extent;
  const several = d.lines.length > 1;
  // What is filled, and what counts things, stands on zero; a share may vary far from it.
  const grounded = unit !== 'ratio' || kindOf(panel, several) !== 'line';
  const series = d.lines.map((line, i) => ({
    label: line.label,
    colour: `--series-${i + 1}`,
    gaps: true,
    kind: kindOf(panel, several),
  }));
  return (
    <>
      <ChartFigure
        caption={title}
        series={series}
        data={data}
        from={d.from}
        to={d.to}
        height={Math.max(80, height - (several ? 26 : 0) - (d.left > 0 ? 22 : 0))}
        {...(grounded && { lowest: Math.min(0, low) })}
        format={(v) => axisText(v, unit)}
        whole={unit !== 'ratio' && whole}
        together="board"
        summary={texts.boards.chartSummary(
          title,
          valueText(low, unit),
          valueText(high, unit),
          d.lines.length,
        )}
      />
      {d.left > 0 && <p className="sql__note">{texts.explore.sql.moreLines(d.left)}</p>}
    </>
  );
}

/** Several areas or bars would cover each other: then they are lines. */
function kindOf(panel: BoardPanel, several: boolean): 'line' | 'area' | 'bars' {
  if (several || !panel.style || panel.style === 'line') return 'line';
  return panel.style === 'bar' ? 'bars' : 'area';
}
