import { ApiError } from '../../api/fault';
import type { Kpi, KpiHistory, KpiPreview } from '../../api/types';
import type { Limit } from '../../components/chart';
import { ChartFigure } from '../../components/chart-figure';
import { Panel } from '../../components/panel';
import { Segments } from '../../components/segments';
import { StateBadge } from '../../components/state-badge';
import { Fault, Loading, Nothing } from '../../components/states';
import { count } from '../../lib/format';
import { axisText, valueText } from '../../lib/units';
import { limitOf } from '../../live/thresholds';
import { texts } from '../../texts';
import { verdictWords } from '../kpis/verdict';
import { Flips } from '../kpis/versions-panel';
import { faultsOf, previewRanges, useInForce, type Preview } from './use-preview';

/** What the definition would say of the past, beside what is in force. */
export function PreviewPanel({ kpi, preview }: { kpi: Kpi | undefined; preview: Preview }) {
  const text = texts.definitions.preview;
  const { query, range, setRange, settling } = preview;
  const inForce = useInForce(kpi, preview);
  const error = query.error;
  return (
    <Panel
      name="preview"
      heading={text.heading}
      note={settling || query.isFetching ? text.busy : undefined}
      actions={
        <Segments
          label={texts.range.label}
          options={previewRanges.map((value) => ({ value, label: text.range(value) }))}
          chosen={range}
          onChoose={setRange}
        />
      }
    >
      {error && faultsOf(error).length > 0 ? (
        <Nothing height={360}>{text.faulty}</Nothing>
      ) : error instanceof ApiError && error.status === 429 ? (
        <Nothing height={360}>{text.queue}</Nothing>
      ) : error ? (
        <Fault error={error} onRetry={() => void query.refetch()} />
      ) : query.data ? (
        <Shown data={query.data} before={inForce.data} kpi={kpi} />
      ) : (
        <Loading height={360} />
      )}
    </Panel>
  );
}

function limitsIn(data: KpiPreview): readonly Limit[] {
  return (['warning', 'critical'] as const).flatMap((state): Limit[] => {
    const words = data.value.thresholds?.[state];
    const at = limitOf(words);
    if (words === undefined || at === undefined) return [];
    return [{ state, at, wrong: /below|less|most|under|</i.test(words) ? 'below' : 'above' }];
  });
}

const totalOf = (history: KpiHistory | undefined): readonly (readonly (number | null)[])[] =>
  history?.series.find((s) => Object.keys(s.tags).length === 0)?.points ?? [];

interface ShownProps {
  readonly data: KpiPreview;
  readonly before: KpiHistory | undefined;
  readonly kpi: Kpi | undefined;
}

function Shown({ data, before, kpi }: ShownProps) {
  const { unit, formula } = data.value;
  const total = data.value.series[0];
  const verdict = verdictWords(total?.figures);
  return (
    <>
      <p className="preview__now" data-testid="preview-value">
        <data value={total?.value ?? ''} className="kpi__value">
          {valueText(total?.value, unit)}
        </data>
        <StateBadge state={total?.state ?? 'no_data'} quiet={total?.state === 'ok'} />
        <span className="muted">{texts.tile.n(count(total?.n ?? 0))}</span>
      </p>
      {verdict && <p className="preview__words">{verdict}</p>}
      <Course data={data} before={before} kpi={kpi} />
      <div className="preview__words">
        <p className="muted">{texts.definitions.preview.formula}</p>
        <p lang="en">{formula}</p>
      </div>
      {data.diff && !data.same && (
        <div className="preview__flips">
          <Flips diff={data.diff} />
        </div>
      )}
    </>
  );
}

function Course({ data, before, kpi }: ShownProps) {
  const text = texts.definitions.preview;
  const { unit } = data.value;
  const points = totalOf(data.history);
  const times = points.map((p) => Math.min((p[0] ?? 0) + data.history.step, data.history.to));
  const values = points.map((p) => p[1] ?? null);
  const old = new Map(totalOf(before).map((p) => [p[0], p[1] ?? null]));
  // Other units stand on other scales.
  const comparable = before?.unit === unit && !data.same;
  const oldColumn = points.map((p) => old.get(p[0] ?? null) ?? null);
  const known = values.filter((v) => v !== null);
  if (known.length === 0) return <Nothing height={260}>{texts.controlRoom.noValues}</Nothing>;
  const say = (v: number | undefined) => valueText(v, unit);
  const now = { label: text.asWritten, colour: '--series-1', width: 2, gaps: true };
  const inForce = {
    label: text.inForce(kpi?.definitionVersion ?? 0),
    colour: '--series-6',
    dash: [5, 4],
    gaps: true,
  };
  return (
    <ChartFigure
      caption={text.heading}
      series={comparable ? [inForce, now] : [now]}
      data={comparable ? [times, oldColumn, values] : [times, values]}
      from={data.history.from}
      to={data.history.to}
      height={240}
      limits={limitsIn(data)}
      format={(v) => axisText(v, unit)}
      summary={texts.controlRoom.summary(
        text.heading,
        say(Math.min(...known)),
        say(Math.max(...known)),
        say(known.at(-1)),
      )}
      {...(unit === 'ratio' && { highest: 1 })}
      {...(unit !== 'ratio' && unit !== 'points' && { lowest: 0 })}
    />
  );
}
