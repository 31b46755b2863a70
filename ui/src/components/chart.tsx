import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { decimate } from '../lib/decimate';
import { figure, tick, weekdayTime } from '../lib/format';
import { colour, useColourVersion } from '../lib/theme';
import { inTurn } from '../lib/turns';
import { limitGround } from './chart-limits';
import { markLines, type Mark, type Marked } from './chart-marks';
import { tooltip } from './chart-tooltip';

export interface ChartSeries {
  readonly label: string;
  /** A custom property of the style sheet, so that it follows the theme. */
  readonly colour: string;
  readonly dash?: readonly number[];
  readonly width?: number;
  readonly points?: boolean;
  /** Left out of the readout at the cursor. */
  readonly quiet?: boolean;
  /** Where the data says null there is a gap, not a line across it. */
  readonly gaps?: boolean;
  /** How it is drawn; a line unless said otherwise. */
  readonly kind?: 'line' | 'bars' | 'steps' | 'area';
}

/** A threshold: the ground on its wrong side is tinted, and its edge is a line. */
export interface Limit {
  readonly state: 'warning' | 'critical';
  readonly at: number;
  readonly wrong: 'above' | 'below';
}

export interface ChartProps {
  readonly series: readonly ChartSeries[];
  /** Times in ms, then one column for each series. */
  readonly data: readonly (readonly (number | null)[])[];
  readonly from: number;
  readonly to: number;
  /** The chart in one sentence, for those who do not see it. */
  readonly summary: string;
  readonly lowest?: number;
  /** A pair of series to fill between: [upper, lower], counted from 1. */
  readonly band?: readonly [number, number];
  readonly height?: number;
  readonly limits?: readonly Limit[];
  /** How a value reads on the axis and at the cursor. */
  readonly format?: (value: number) => string;
  /** Charts with the same word show the cursor at the same time. */
  readonly together?: string;
  /** Called when the viewer drags across a span of time. */
  readonly onSpan?: (from: number, to: number) => void;
  /** The highest value that the scale always shows. */
  readonly highest?: number;
  /** What is drawn are counts: no tick between whole numbers. */
  readonly whole?: boolean;
  /** Instants at which something happened. */
  readonly marks?: readonly Mark[];
  /** Spans of time that stand out. */
  readonly marked?: readonly Marked[];
  /** The series to stand out, counted from 0; -1 for none. */
  readonly focus?: number;
}

/**
 * A canvas costs more to draw than a table row: it follows a few times a second, after the rest is shown, and where a
 * pixel is a longer time than that, once a second.
 */
const drawInterval = { least: 250, most: 1000 };

function intervalOf({ from, to }: ChartProps, width: number): number {
  return Math.min(drawInterval.most, Math.max(drawInterval.least, (to - from) / width));
}

/** What of the data the canvas can show. */
function drawnOf({ data, from, to }: ChartProps, width: number): uPlot.AlignedData {
  return decimate(data, from, to, width * devicePixelRatio) as uPlot.AlignedData;
}

/** How far ticks of counts are apart: 1, 2, 5, 10, 20, 50, … */
const wholeSteps = Array.from({ length: 30 }, (_, i) => ([1, 2, 5][i % 3] ?? 1) * 10 ** Math.floor(i / 3));

const font = '12px "Public Sans", sans-serif';

function options(props: ChartProps, width: number, window: () => ChartProps): uPlot.Options {
  const grid = colour('--chart-grid');
  const format = (value: number) => (window().format ?? figure)(value);
  const axis = {
    stroke: colour('--ink-muted'),
    font,
    grid: { stroke: grid, width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: props.height ?? 240,
    ms: 1,
    padding: [8, 20, 0, 0],
    focus: { alpha: 0.2 },
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: props.onSpan !== undefined, y: false, setScale: false },
      points: { size: 7 },
      ...(props.together !== undefined && { sync: { key: props.together } }),
    },
    scales: {
      x: { time: true, range: () => [window().from, window().to] },
      y: {
        range: (_, min, max) => {
          const { lowest, highest, limits = [] } = window();
          const marks = limits.map((limit) => limit.at);
          const bottom = lowest ?? Math.min(min, ...marks);
          const top = Math.max(max, ...marks, highest ?? -Infinity);
          // A share that is 100 % all the time stands at the top, not at the bottom of something.
          const low = top === highest && top === bottom ? top - 0.1 : bottom;
          const high = top > low ? top : low + 1;
          const room = (high - low) * 0.08;
          return [lowest === undefined ? low - room : low, top === highest ? high + room / 4 : high + room];
        },
      },
    },
    axes: [
      {
        ...axis,
        size: 28,
        space: 70,
        grid: { show: false },
        values: (_, splits, __, ___, increment) => splits.map((ms) => tick(ms, increment)),
      },
      {
        ...axis,
        size: 52,
        space: 36,
        values: (_, splits) => splits.map(format),
        ...(props.whole && { incrs: wholeSteps }),
      },
    ],
    series: [
      {},
      ...props.series.map((s) => ({
        label: s.label,
        stroke: colour(s.colour),
        width: s.width ?? 1.75,
        ...(s.dash && { dash: [...s.dash] }),
        spanGaps: !s.gaps,
        ...paths(s),
        points: { show: s.points ?? false, size: 5, fill: colour(s.colour) },
      })),
    ],
    ...(props.band && { bands: [{ series: [...props.band], fill: colour('--chart-band') }] }),
    plugins: [
      limitGround(props.limits ?? []),
      markLines(window),
      tooltip(props.series, (ms) => weekdayTime(ms), format),
    ],
    hooks: {
      setSelect: [
        (u) => {
          const { left, width: wide } = u.select;
          if (wide > 4) window().onSpan?.(u.posToVal(left, 'x'), u.posToVal(left + wide, 'x'));
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function paths(series: ChartSeries): Partial<uPlot.Series> {
  if (series.kind === 'bars' && uPlot.paths.bars) {
    return {
      paths: uPlot.paths.bars({ size: [0.7, 40] }),
      fill: colour(series.colour),
      width: 0,
      points: { show: false },
    };
  }
  if (series.kind === 'area') return { fill: colour('--chart-band') };
  if (series.kind === 'steps' && uPlot.paths.stepped) return { paths: uPlot.paths.stepped({ align: 1 }) };
  return {};
}

/** Whether both make the same picture: most renders of a page leave most of its charts as they are. */
function samePicture(a: ChartProps, b: ChartProps): boolean {
  const fixed = ['from', 'to', 'lowest', 'highest', 'marks', 'marked', 'summary'] as const;
  return (
    fixed.every((key) => a[key] === b[key]) &&
    a.data.length === b.data.length &&
    a.data.every((column, i) => column === b.data[i])
  );
}

/** A uPlot canvas that follows its data, its width and the theme. */
export function Chart(props: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(props);
  const colours = useColourVersion();
  const shape = JSON.stringify([props.series, props.band, props.height, props.limits, props.together]);

  const drawing = useRef<() => void>(undefined);
  const drawn = useRef({ props, at: 0 });
  useEffect(() => {
    latest.current = props;
    if (drawing.current || samePicture(drawn.current.props, props)) return;
    const draw = () => {
      drawing.current = undefined;
      drawn.current = { props: latest.current, at: performance.now() };
      const made = plot.current;
      made?.setData(drawnOf(latest.current, made.width));
    };
    const interval = intervalOf(props, plot.current?.width ?? 1);
    const timer = window.setTimeout(
      () => {
        drawing.current = inTurn(draw);
      },
      Math.max(0, drawn.current.at + interval - performance.now()),
    );
    drawing.current = () => window.clearTimeout(timer);
  });
  useEffect(
    () => () => {
      drawing.current?.();
      drawing.current = undefined;
    },
    [],
  );

  const focus = props.focus ?? -1;
  useEffect(() => {
    plot.current?.setSeries(focus < 0 ? null : focus + 1, { focus: true });
  }, [focus]);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const made = new uPlot(
      options(latest.current, element.clientWidth, () => latest.current),
      drawnOf(latest.current, element.clientWidth),
      element,
    );
    plot.current = made;
    drawn.current = { props: latest.current, at: performance.now() };
    const resize = new ResizeObserver(() => {
      // It tells of the size that is there at first, too.
      if (element.clientWidth === made.width) return;
      made.setSize({ width: element.clientWidth, height: latest.current.height ?? 240 });
      made.setData(drawnOf(latest.current, element.clientWidth));
    });
    resize.observe(element);
    // The canvas was drawn with whatever font was there.
    if (document.fonts.status !== 'loaded') void document.fonts.ready.then(() => made.redraw(false, true));
    return () => {
      resize.disconnect();
      plot.current = null;
      made.destroy();
    };
  }, [shape, colours]);

  return <div className="chart" ref={host} role="img" aria-label={props.summary} />;
}
