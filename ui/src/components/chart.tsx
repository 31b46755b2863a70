import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { figure, tick, timeOfDay } from '../lib/format';
import { colour, useColourVersion } from '../lib/theme';
import { tooltip } from './chart-tooltip';

export interface ChartSeries {
  readonly label: string;
  /** A custom property of the style sheet, so that it follows the theme. */
  readonly colour: string;
  readonly dash?: readonly number[];
  readonly width?: number;
  readonly points?: boolean;
  readonly quiet?: boolean;
}

interface Props {
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
  /** The series to stand out, counted from 0; -1 for none. */
  readonly focus?: number;
}

/** A canvas costs more to draw than a table row: it follows a few times a second, after the rest is shown. */
const drawInterval = 250;

const font = '12px "Public Sans", sans-serif';

function options(props: Props, width: number, window: () => Props): uPlot.Options {
  const grid = colour('--chart-grid');
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
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: true, range: () => [window().from, window().to] },
      y: {
        range: (_, min, max) => {
          const { lowest } = window();
          const low = lowest ?? min;
          const high = Math.max(max, low + 1);
          const room = (high - low) * 0.08;
          return [lowest === undefined ? low - room : low, high + room];
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
      { ...axis, size: 52, space: 36, values: (_, splits) => splits.map(figure) },
    ],
    series: [
      {},
      ...props.series.map((s) => ({
        label: s.label,
        stroke: colour(s.colour),
        width: s.width ?? 1.75,
        ...(s.dash && { dash: [...s.dash] }),
        spanGaps: true,
        points: { show: s.points ?? false, size: 5, fill: colour(s.colour) },
      })),
    ],
    ...(props.band && { bands: [{ series: [...props.band], fill: colour('--chart-band') }] }),
    plugins: [tooltip(props.series, timeOfDay)],
  };
}

/** A uPlot canvas that follows its data, its width and the theme. */
export function Chart(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(props);
  const colours = useColourVersion();
  const shape = JSON.stringify([props.series, props.band, props.height]);

  const drawing = useRef<number>(undefined);
  const drawn = useRef(0);
  useEffect(() => {
    latest.current = props;
    if (drawing.current !== undefined) return;
    const wait = Math.max(0, drawn.current + drawInterval - performance.now());
    drawing.current = window.setTimeout(() => {
      drawing.current = undefined;
      drawn.current = performance.now();
      plot.current?.setData(latest.current.data as uPlot.AlignedData);
    }, wait);
  });
  useEffect(
    () => () => {
      window.clearTimeout(drawing.current);
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
      latest.current.data as uPlot.AlignedData,
      element,
    );
    plot.current = made;
    const resize = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: latest.current.height ?? 240 }),
    );
    resize.observe(element);
    // The canvas was drawn with whatever font was there.
    void document.fonts.ready.then(() => made.redraw(false, true));
    return () => {
      resize.disconnect();
      plot.current = null;
      made.destroy();
    };
  }, [shape, colours]);

  return <div className="chart" ref={host} role="img" aria-label={props.summary} />;
}
