import { useEffect } from 'react';
import { Link } from 'wouter';
import { ApiError } from '../../api/fault';
import { serverNow } from '../../api/http';
import { useKpi, useValue } from '../../api/kpi';
import type { Kpi } from '../../api/types';
import { KpiBadge } from '../../components/state-badge';
import { Fault, Loading, Nothing } from '../../components/states';
import { count, iso, moment, percent, zoneName } from '../../lib/format';
import { alikeText, figureOf } from '../../lib/units';
import { useMinute } from '../../lib/use-minute';
import { useKeptFilter } from '../../lib/url-state';
import { titleOf } from '../../lib/title';
import { seriesOf } from '../../live/kpi-feed';
import { useLiveKpis } from '../../live/use-kpis';
import { texts } from '../../texts';
import { targetOf } from '../control-room/words';
import type { PageProps } from '..';
import { DefinitionPanel } from './definition-panel';
import { ExplainPanel } from './explain-panel';
import { FiguresPanel } from './figures-panel';
import { GroupsPanel } from './groups-panel';
import { HistoryPanel } from './history-panel';
import { useExtent, type Shown } from './use-extent';
import { useView } from './view';
import { verdictOf, verdictWords } from './verdict';
import { VersionsPanel } from './versions-panel';

/** Everything about one KPI: what it is, was, comes from and means. */
export default function KpiPage({ params }: PageProps) {
  const name = decodeURIComponent(params['name'] ?? '');
  const kpi = useKpi(name);
  if (kpi.data) return <Known kpi={kpi.data} />;
  if (kpi.error instanceof ApiError && kpi.error.status === 404) {
    return (
      <Nothing height={240}>
        <h1 className="page__title">{texts.kpis.notThere(name)}</h1>
        <p>{kpi.error.detail}</p>
        <Link href="/kpis">{texts.kpis.all}</Link>
      </Nothing>
    );
  }
  if (kpi.failureReason)
    return (
      <>
        <h1 className="page__title">{name}</h1>
        <Fault error={kpi.failureReason} onRetry={() => void kpi.refetch()} />
      </>
    );
  return <Loading height={900} />;
}

function Known({ kpi }: { kpi: Kpi }) {
  const extent = useExtent();
  const now = useTotal(kpi, extent);
  const title = titleOf(kpi);
  useEffect(() => {
    document.title = `${title} · ${texts.product}`;
  }, [title]);
  return (
    <div className="kpi-page">
      <Top kpi={kpi} {...now} />
      <BackFill kpi={kpi} />
      <HistoryPanel kpi={kpi} extent={extent} />
      <FiguresPanel kpi={kpi} figures={now.total?.series.figures} />
      <ExplainPanel kpi={kpi} extent={extent} />
      {kpi.by.length > 0 && <GroupsPanel kpi={kpi} extent={extent} />}
      <DefinitionPanel kpi={kpi} />
      <VersionsPanel kpi={kpi} />
    </div>
  );
}

/** The value now; of a span that is over, the value at its end. */
function useTotal(kpi: Kpi, extent: Shown) {
  const { values } = useLiveKpis();
  const { fixed } = useView();
  const past = fixed && extent.to < serverNow() ? extent.to : undefined;
  const asked = useValue(kpi.name, kpi.definitionVersion, [], past, past !== undefined);
  if (past === undefined) return { total: seriesOf(values, kpi.name, {}), past };
  const answer = asked.isPlaceholderData ? undefined : asked.data;
  const series = answer?.series.find((s) => Object.keys(s.tags).length === 0);
  return {
    total: answer && series && { series, complete: answer.complete },
    past,
  };
}

function Top({ kpi, total: live, past }: { kpi: Kpi } & ReturnType<typeof useTotal>) {
  const kept = useKeptFilter();
  const now = useMinute();
  const series = live?.series;
  const [figure, unit] = series?.value != null ? figureOf(series.value, kpi.unit) : ['–', ''];
  const interval = series?.interval;
  const verdict = verdictOf(series?.figures);
  const notes = [
    texts.tile.n(count(series?.n ?? 0)),
    texts.tile.window(kpi.window),
    ...(interval
      ? [
          texts.tile.interval(
            ...(interval.map((v) => alikeText(v, series.value ?? v, kpi.unit)) as [string, string]),
          ),
        ]
      : []),
    live?.complete ? texts.tile.complete : texts.tile.incomplete,
    texts.zone(zoneName(past ?? now)),
  ];
  return (
    <div className="kpi-top">
      <p className="crumbs">
        <Link href={kept('/kpis')}>{texts.kpis.all}</Link>
      </p>
      <div className="kpi-top__row">
        <h1 className="page__title">{titleOf(kpi)}</h1>
        <KpiBadge state={series?.state ?? 'no_data'} target={targetOf(kpi)} />
      </div>
      <p className="kpi-top__now">
        <data className="kpi__value" value={series?.value ?? ''} data-testid="kpi-value">
          {figure}
        </data>
        {unit && <span className="kpi__unit">{unit}</span>}
        {past !== undefined && (
          <time className="kpi-top__at" dateTime={iso(past)}>
            {texts.kpis.asOf(moment(past, now, false))}
          </time>
        )}
        <span className="kpi-top__target">{targetOf(kpi)}</span>
      </p>
      {verdict && (
        <p className="kpi-top__verdict" data-verdict={verdict.verdict}>
          {verdictWords(series?.figures)}
        </p>
      )}
      <p className="kpi__notes">
        {notes.map((note) => (
          <span key={note}>{note}</span>
        ))}
      </p>
    </div>
  );
}

/** While a version reads history, how far it has. */
function BackFill({ kpi }: { kpi: Kpi }) {
  if (kpi.ready) return null;
  const { done, total } = kpi.backfill;
  const newest = kpi.versions.at(-1)?.version ?? 1;
  return (
    <div className="backfill">
      <label htmlFor="backfill">
        {texts.kpis.backfill(newest, percent(done / Math.max(1, total)), kpi.definitionVersion !== newest)}
      </label>
      <progress id="backfill" max={Math.max(1, total)} value={done} />
    </div>
  );
}
