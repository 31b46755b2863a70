import { useMemo, useRef, useState } from 'react';
import { serverNow } from '../../api/http';
import { useHistory, useKpiAlerts } from '../../api/kpi';
import type { Alert, Kpi, KpiHistory } from '../../api/types';
import { AlertItem } from '../../components/alert-item';
import { Button } from '../../components/button';
import { ChartFigure } from '../../components/chart-figure';
import { Panel, PanelFault } from '../../components/panel';
import { Segments } from '../../components/segments';
import { Fault, Loading, Nothing } from '../../components/states';
import { count, moment, weekdayTime } from '../../lib/format';
import { axisText, counts, valueText } from '../../lib/units';
import { useWidth } from '../../lib/use-width';
import { useFlag, useParam } from '../../lib/url-state';
import { useMinute } from '../../lib/use-minute';
import { titleOf } from '../../lib/title';
import { texts } from '../../texts';
import { limitsOf } from '../control-room/limits';
import { slaFigureIds, type SlaFigure } from '../control-room/sla-figures';
import { drawTotal, type Drawn } from './drawn';
import { ExportTools } from './export-tools';
import type { Shown } from './use-extent';
import { aligned, moved, rangeIds, stepFor, useView } from './view';

const height = 320;
/** The axis and the room beside the plot. */
const beside = 92;

/** Each point looks back as far as the definition says, or over its own step alone. */
export const useOver = () => useParam<'window' | 'step'>('over', 'window', ['window', 'step']);

/** The course of the value, at any zoom. */
export function HistoryPanel({ kpi, extent }: { kpi: Kpi; extent: Shown }) {
  const text = texts.kpis.history;
  const [host, width] = useWidth<HTMLDivElement>();
  const [figure, setFigure] = useParam<SlaFigure>('figure', 'due', slaFigureIds);
  const [over, setOver] = useOver();
  const [paused] = useFlag('paused');
  const sla = kpi.type === 'sla';
  const shown = sla ? figure : 'due';
  const step = stepFor(extent.to - extent.from, Math.max(200, width - beside));
  const { from, to } = aligned(extent, step.ms, serverNow());
  const refetch = extent.moving && !paused ? Math.min(60_000, Math.max(5000, step.ms / 6)) : false;
  const history = useHistory(
    kpi.name,
    kpi.definitionVersion,
    {
      from,
      ...(!extent.moving && { to }),
      step: step.text,
      detail: true,
      ...(over === 'window' && { window: kpi.window }),
    },
    refetch,
    width > 0,
  );
  const alerts = useKpiAlerts(kpi.name, { from, to }, refetch);
  const title = titleOf(kpi);
  const drawn = useMemo(
    () => (history.data ? drawTotal(history.data, title, shown) : undefined),
    [history.data, title, shown],
  );
  return (
    <Panel
      name="history"
      heading={text.heading}
      note={text.step(step.text)}
      actions={drawn && history.data && <ExportTools kpi={kpi} drawn={drawn} extent={extent} />}
    >
      <div className="history__tools">
        <Ranges extent={extent} />
        <Segments
          label={text.over}
          options={(['window', 'step'] as const).map((value) => ({
            value,
            label: value === 'window' ? texts.tile.window(kpi.window) : text.overStep,
          }))}
          chosen={over}
          onChoose={setOver}
        />
        {sla && (
          <Segments
            label={texts.controlRoom.sla.choose}
            options={slaFigureIds.map((value) => ({ value, label: texts.controlRoom.sla.figure(value) }))}
            chosen={figure}
            onChoose={setFigure}
          />
        )}
      </div>
      <div className="history__chart" ref={host}>
        {drawn && history.data ? (
          <Drawing {...{ kpi, drawn, figure: shown }} history={history.data} alerts={alerts.data ?? []} />
        ) : history.failureReason ? (
          <Fault error={history.failureReason} onRetry={() => void history.refetch()} />
        ) : (
          <Loading height={height + 40} />
        )}
      </div>
      {sla && (
        <p className="history__meaning">
          {texts.controlRoom.sla.formula(figure, kpi.window)} {texts.controlRoom.sla.denominator(figure)}
        </p>
      )}
      <PanelFault error={alerts.failureReason} />
      <AlertsHere alerts={alerts.data ?? []} unit={kpi.unit} />
    </Panel>
  );
}

/** Presets, and what the keyboard does instead of dragging. */
function Ranges({ extent }: { extent: Shown }) {
  const text = texts.kpis.history;
  const { range, fixed, setRange, zoom } = useView();
  return (
    <>
      <label className="history__range">
        <span className="usa-sr-only">{texts.range.label}</span>
        <select
          className="usa-select select"
          value={fixed ? '' : range}
          onChange={(e) => setRange(e.target.value as typeof range)}
        >
          {fixed && <option value="">{text.zoomed}</option>}
          {rangeIds.map((id) => (
            <option key={id} value={id}>
              {text.range(id)}
            </option>
          ))}
        </select>
      </label>
      <div className="history__moves" role="group" aria-label={text.move}>
        {(['earlier', 'in', 'out', 'later'] as const).map((how) => (
          <Button
            key={how}
            aria-label={text.moves(how)}
            title={text.moves(how)}
            disabled={how === 'in' && extent.to - extent.from < 120_000}
            onClick={() => zoom(moved(extent, how))}
          >
            <span aria-hidden="true">{{ earlier: '←', in: '+', out: '−', later: '→' }[how]}</span>
          </Button>
        ))}
        {fixed && (
          <Button look="quiet" onClick={() => setRange(range)}>
            {text.back}
          </Button>
        )}
      </div>
    </>
  );
}

interface DrawingProps {
  readonly kpi: Kpi;
  readonly drawn: Drawn;
  readonly history: KpiHistory;
  readonly figure: SlaFigure;
  readonly alerts: readonly Alert[];
}

function Drawing({ kpi, drawn, history, figure, alerts }: DrawingProps) {
  const text = texts.kpis.history;
  const { mark, zoom, setMark } = useView();
  const [drag, setDrag] = useParam<'zoom' | 'explain'>('drag', 'zoom', ['zoom', 'explain']);
  const values = drawn.columns[drawn.main] ?? [];
  const known = values.filter((v) => v !== null);
  const unit = figure === 'live' ? 'cases' : kpi.unit;
  const say = (v: number) => valueText(v, unit);
  const marked = mark
    ? ([
        { from: mark.from - (mark.to - mark.from), to: mark.from, kind: 'base' },
        { ...mark, kind: 'now' },
      ] as const)
    : [];
  return (
    <>
      {history.backfill ? (
        <Nothing height={height + 40}>
          {texts.kpis.history.reading(count(history.backfill.done), count(history.backfill.total))}
        </Nothing>
      ) : known.length === 0 ? (
        <Nothing height={height + 40}>{texts.controlRoom.noValues}</Nothing>
      ) : (
        <>
          <div className="history__drag">
            <Segments
              label={text.drag}
              options={(['zoom', 'explain'] as const).map((value) => ({ value, label: text.drags(value) }))}
              chosen={drag}
              onChoose={setDrag}
            />
          </div>
          <ChartFigure
            caption={titleOf(kpi)}
            series={drawn.series}
            data={[drawn.times, ...drawn.columns]}
            from={history.from}
            to={history.to}
            height={height}
            format={(v) => axisText(v, unit)}
            whole={counts(unit)}
            summary={text.summary(
              titleOf(kpi),
              weekdayTime(history.from),
              weekdayTime(history.to),
              say(Math.min(...known)),
              say(Math.max(...known)),
              say(known.at(-1) ?? 0),
              alerts.length,
            )}
            marks={alerts.map((a) => ({ at: a.at, state: a.state }))}
            marked={marked}
            onSpan={(from, to) => (drag === 'zoom' ? zoom({ from, to }) : setMark({ from, to }))}
            {...(drawn.band && { band: drawn.band })}
            {...(figure === 'due' && { limits: limitsOf(kpi) })}
            {...(unit === 'ratio' && { highest: 1 })}
            {...((figure === 'live' || kpi.unit !== 'points') && unit !== 'ratio' && { lowest: 0 })}
          />
        </>
      )}
    </>
  );
}

const firstShown = 5;

/** The changes of state that the chart marks, in words. */
function AlertsHere({ alerts, unit }: { alerts: readonly Alert[]; unit: string }) {
  const text = texts.kpis.history;
  const now = useMinute();
  const [all, setAll] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  const newest = alerts.toReversed();
  return (
    <details className="behind">
      <summary>{text.alerts(count(alerts.length), alerts.length === 1)}</summary>
      <ul className="rows" ref={list}>
        {(all ? newest : newest.slice(0, firstShown)).map((alert) => (
          <AlertItem key={alert.id} alert={alert} now={now} unit={unit} />
        ))}
      </ul>
      {!all && newest.length > firstShown && (
        <Button look="quiet" className="history__more" onClick={() => setAll(true)}>
          {text.allAlerts(count(newest.length), moment(newest.at(-1)?.at ?? now, now, false))}
        </Button>
      )}
    </details>
  );
}
