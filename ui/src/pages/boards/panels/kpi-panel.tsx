import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { BoardPanel } from '../../../api/boards';
import { kpiValue } from '../../../api/kpis';
import type { Kpi, KpiSeries, Tags } from '../../../api/types';
import { Spark } from '../../../components/spark';
import { KpiBadge } from '../../../components/state-badge';
import { Fault, Loading, Nothing } from '../../../components/states';
import { count } from '../../../lib/format';
import { figureOf } from '../../../lib/units';
import { useFlag } from '../../../lib/url-state';
import { titleOf } from '../../../lib/title';
import { sameTags } from '../../../live/thresholds';
import { texts } from '../../../texts';
import { useShown } from '../../control-room/use-values';
import { changeOf, targetOf } from '../../control-room/words';
import { refresh, useBoardValues, useKpi } from './context';
import { figureIn } from './figure';

export function KpiPanel({ panel }: { panel: BoardPanel }) {
  const kpi = useKpi(panel.kpi);
  if (!kpi) return <Nothing>{texts.boards.noKpi(panel.kpi ?? '')}</Nothing>;
  const tags = panel.tags ?? {};
  const unusable = Object.keys(tags).filter((key) => !kpi.by.includes(key));
  if (unusable.length > 0) return <Nothing>{texts.boards.notBy(titleOf(kpi), unusable.join(', '))}</Nothing>;
  return panel.window ? (
    <OverWindow kpi={kpi} tags={tags} panel={panel} window={panel.window} />
  ) : (
    <Live kpi={kpi} tags={tags} panel={panel} />
  );
}

interface Part {
  readonly kpi: Kpi;
  readonly tags: Tags;
  readonly panel: BoardPanel;
}

function Live({ kpi, tags, panel }: Part) {
  const values = useBoardValues(kpi.name);
  const [shown] = useShown([kpi], values, tags);
  if (!shown?.series && kpi.ready) return <Loading height={60} />;
  return (
    <Value
      kpi={kpi}
      series={shown?.series}
      figure={panel.figure}
      change={shown && !panel.figure ? changeOf(shown) : undefined}
      course={shown?.course ?? []}
      over={texts.tile.window(kpi.window)}
    />
  );
}

/** Over another length of time than the definition's: the stream does not tell of that, so it is asked. */
function OverWindow({ kpi, tags, panel, window }: Part & { window: string }) {
  const [paused] = useFlag('paused');
  const by = Object.keys(tags);
  const answer = useQuery({
    queryKey: ['kpi-value', kpi.name, { window, by }],
    queryFn: ({ signal }) => kpiValue(kpi.name, { window, by }, signal),
    placeholderData: keepPreviousData,
    refetchInterval: paused ? false : refresh,
  });
  if (answer.error && !answer.data)
    return <Fault error={answer.error} onRetry={() => void answer.refetch()} />;
  if (!answer.data) return <Loading height={60} />;
  return (
    <Value
      kpi={kpi}
      series={answer.data.series.find((s) => sameTags(s.tags, tags))}
      figure={panel.figure}
      change={undefined}
      course={[]}
      over={texts.tile.window(window)}
    />
  );
}

interface ValueProps {
  readonly kpi: Kpi;
  readonly series: KpiSeries | undefined;
  readonly figure: string | undefined;
  readonly change: string | undefined;
  readonly course: readonly (number | null)[];
  readonly over: string;
}

function Value({ kpi, series, figure, change, course, over }: ValueProps) {
  const other = figure ? figureIn(series?.figures, figure) : undefined;
  const value = figure ? (other?.value ?? null) : (series?.value ?? null);
  const [number, unit] = value === null ? ['–', ''] : figureOf(value, other?.unit ?? kpi.unit);
  return (
    <div className="board-kpi" data-kpi={kpi.name}>
      <div className="board-kpi__top">
        <p className="board-kpi__figure">
          <data value={value ?? ''} title={value === null ? undefined : String(value)}>
            {number}
          </data>
          {unit && <span className="kpi__unit">{unit}</span>}
        </p>
        {!figure && <KpiBadge state={series?.state ?? 'no_data'} target={targetOf(kpi)} />}
        {figure && (
          <p className="board-kpi__note">
            {other ? texts.boards.figure(figure, other.of) : texts.boards.noFigure(figure)}
          </p>
        )}
      </div>
      {change && <p className="board-kpi__change">{change}</p>}
      <p className="board-kpi__note">
        {[targetOf(kpi), texts.tile.n(count(series?.n ?? 0)), over].filter(Boolean).join(' · ')}
      </p>
      {course.length > 1 && <Spark values={course} className="board-kpi__spark" />}
    </div>
  );
}
