import type { UseQueryResult } from '@tanstack/react-query';
import { useSyncExternalStore, type ReactNode } from 'react';
import type { Kpi } from '../../api/types';
import { ChartFigure } from '../../components/chart-figure';
import type { ChartSeries, Limit } from '../../components/chart';
import { Panel } from '../../components/panel';
import { Fault, Loading, Nothing } from '../../components/states';
import { axisText, counts, valueText } from '../../lib/units';
import { texts } from '../../texts';
import type { Trend } from './use-trend';

/** The canvas and the line under it: what is held free while the trend is read. */
const heights = { usual: 200, wide: 380 };
const underneath = 38;

const wide = window.matchMedia('(min-width: 1900px)');

function onWide(listener: () => void) {
  wide.addEventListener('change', listener);
  return () => wide.removeEventListener('change', listener);
}

const useHeight = (): number =>
  useSyncExternalStore(onWide, () => (wide.matches ? heights.wide : heights.usual));

export interface Drawn {
  readonly series: readonly ChartSeries[];
  readonly columns: readonly (readonly (number | null)[])[];
  readonly band?: readonly [number, number];
}

interface Props {
  readonly name: string;
  readonly heading: string;
  readonly note?: string;
  readonly kpi: Kpi;
  readonly trend: UseQueryResult<Trend>;
  readonly draw: (trend: Trend) => Drawn;
  readonly unit?: string;
  readonly lowest?: number;
  readonly highest?: number;
  readonly limits?: readonly Limit[];
  readonly actions?: ReactNode;
  /** What stands under the chart: what its figure means. */
  readonly children?: ReactNode;
}

/** A chart of the control room in its frame, whatever is there of it. */
export function TrendPanel(props: Props) {
  const { name, heading, note, kpi, trend, draw, unit = kpi.unit, actions, children } = props;
  const height = useHeight();
  return (
    <Panel name={name} heading={heading} note={note} actions={actions}>
      {trend.data ? (
        <Body {...props} trend={trend.data} drawn={draw(trend.data)} unit={unit} height={height} />
      ) : trend.failureReason ? (
        <Fault error={trend.failureReason} onRetry={() => void trend.refetch()} />
      ) : (
        <Loading height={height + underneath} />
      )}
      {children && <div className="trend__about">{children}</div>}
    </Panel>
  );
}

function Body(
  props: Omit<Props, 'trend' | 'draw'> & {
    readonly trend: Trend;
    readonly drawn: Drawn;
    readonly unit: string;
    readonly height: number;
  },
) {
  const { trend, drawn, unit, heading } = props;
  const main = drawn.columns.at(-1) ?? [];
  const known = main.filter((v) => v !== null);
  const last = main.at(-1);
  if (known.length === 0)
    return <Nothing height={props.height + underneath}>{texts.controlRoom.noValues}</Nothing>;
  const say = (v: number) => valueText(v, unit);
  return (
    <ChartFigure
      caption={heading}
      series={drawn.series}
      data={[trend.times, ...drawn.columns]}
      from={trend.from}
      to={trend.to}
      height={props.height}
      format={(v) => axisText(v, unit)}
      together="control-room"
      summary={texts.controlRoom.summary(
        heading,
        say(Math.min(...known)),
        say(Math.max(...known)),
        last == null ? undefined : say(last),
      )}
      {...(drawn.band && { band: drawn.band })}
      {...(props.limits && { limits: props.limits })}
      {...(props.lowest !== undefined && { lowest: props.lowest })}
      {...(props.highest !== undefined && { highest: props.highest })}
      whole={counts(unit)}
    />
  );
}
