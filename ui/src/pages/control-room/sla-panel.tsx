import type { Kpi, Tags } from '../../api/types';
import { Segments } from '../../components/segments';
import { count, percent } from '../../lib/format';
import { useParam } from '../../lib/url-state';
import { titleOf } from '../../lib/title';
import { texts } from '../../texts';
import { limitsOf } from './limits';
import { slaFigureIds, slaFigures, type SlaFigure, type SlaFigures } from './sla-figures';
import type { Span } from './spans';
import { TrendPanel, type Drawn } from './trend-panel';
import { useTrend, type Trend } from './use-trend';
import type { Shown } from './use-values';

function draw(trend: Trend, figure: SlaFigure): Drawn {
  const all = trend.figures.map((figures) => slaFigures(figures));
  if (figure === 'live') {
    const text = texts.controlRoom.sla;
    return {
      series: [
        { label: text.atRisk, colour: '--series-2', dash: [6, 4], gaps: true },
        { label: text.breached, colour: '--critical', gaps: true },
      ],
      columns: [all.map((f) => f?.live.atRisk ?? null), all.map((f) => f?.live.breached ?? null)],
    };
  }
  return {
    series: [{ label: texts.controlRoom.sla.figure(figure), colour: '--series-1', width: 2, gaps: true }],
    columns: [all.map((f) => f?.[figure].ratio ?? null)],
  };
}

/** SLA adherence, by whichever of the four figures the viewer goes by, and what that figure means. */
export function SlaPanel({ kpi, shown, span, tags }: { kpi: Kpi; shown: Shown; span: Span; tags: Tags }) {
  const text = texts.controlRoom.sla;
  const [figure, setFigure] = useParam<SlaFigure>('sla', 'due', slaFigureIds);
  const trend = useTrend(kpi, span, tags, { over: 'window', detail: true });
  const now = slaFigures(shown.series?.figures);
  return (
    <TrendPanel
      name="sla"
      heading={titleOf(kpi)}
      kpi={kpi}
      trend={trend}
      draw={(t) => draw(t, figure)}
      {...(figure === 'live' ? { unit: 'cases', lowest: 0 } : { highest: 1, limits: limitsOf(kpi) })}
      actions={
        <Segments
          label={text.choose}
          options={slaFigureIds.map((value) => ({ value, label: text.figure(value) }))}
          chosen={figure}
          onChoose={setFigure}
        />
      }
    >
      <p className="trend__now" data-figure={figure}>
        {now && <Now figure={figure} figures={now} />}
      </p>
      <p>
        {text.formula(figure, kpi.window)} {text.denominator(figure)}{' '}
        {kpi.excludes && (
          <>
            {text.excludes} <span lang="en">{kpi.excludes}.</span>
          </>
        )}
      </p>
    </TrendPanel>
  );
}

function Now({ figure, figures }: { figure: SlaFigure; figures: SlaFigures }) {
  const text = texts.controlRoom.sla;
  if (figure === 'live') {
    const { breached, atRisk, onTrack, paused } = figures.live;
    return <>{text.live(count(breached), count(atRisk), count(onTrack), count(paused))}</>;
  }
  const { met, total, ratio } = figures[figure];
  return (
    <>
      <strong>{ratio === null ? '–' : percent(ratio)}</strong> {text.of(count(met), count(total))}
      {figures.verdict && ` ${text.verdict(figures.verdict, count(figures.needed ?? 0))}`}
    </>
  );
}
