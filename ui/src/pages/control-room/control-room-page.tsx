import { useEffect, useMemo, type ReactNode } from 'react';
import { useSession } from '../../api/session';
import type { Kpi } from '../../api/types';
import { Empty } from '../../components/empty';
import { FilterBar } from '../../components/filter-bar';
import { Unreachable } from '../../components/notices';
import { Segments } from '../../components/segments';
import { StateShape } from '../../components/shapes';
import { zoneName } from '../../lib/format';
import { useFlag, useParam, useTagFilter } from '../../lib/url-state';
import type { LiveValues } from '../../live/kpi-feed';
import { useMetrics } from '../../live/use-feed';
import { useLiveKpis } from '../../live/use-kpis';
import { useMinute } from '../../lib/use-minute';
import { texts } from '../../texts';
import { AlertsRail } from './alerts-rail';
import { arrange, leadsOf, type Leads } from './arrange';
import { NextCases } from './next-cases';
import { OpenConflicts } from './open-conflicts';
import { SlaPanel } from './sla-panel';
import { spanIds, spanOf, type Span, type SpanId } from './spans';
import { OtherKpis, Tiles } from './tiles';
import { BacklogPanel, ConflictsPanel, SatisfactionPanel, ThroughputPanel } from './trends';
import { useRoomState, type RoomState } from './use-state';
import { useShown, type Shown } from './use-values';
import { Wall } from './wall';

const noKpis: readonly Kpi[] = [];

/** What an operations chief keeps open all day. */
export default function ControlRoomPage() {
  const { list, values } = useLiveKpis();
  const { authentication } = useSession();
  const metrics = useMetrics();
  const [wall] = useFlag('wall');
  const [tags] = useTagFilter();
  const kpis = list.data ?? noKpis;
  const shown = useShown(kpis, values, tags);
  const leads = useMemo(() => leadsOf(kpis), [kpis]);
  const room = useRoomState(shown);
  useTitle(room);

  if (metrics.data?.length === 0) return <Empty authentication={authentication} rule={undefined} />;
  const failure = list.failureReason ?? metrics.failureReason;
  if (!list.data && failure) {
    return <Unreachable error={failure} onRetry={() => void list.refetch()} />;
  }
  if (!list.data || !metrics.data) return <Frame />;
  const arranged = arrange(shown, leads);
  return wall ? (
    <Wall room={room} arranged={arranged} />
  ) : (
    <Frame
      words={<Headline room={room} />}
      filter={<Filter kpis={kpis} values={values} />}
      tiles={
        <>
          <Tiles shown={arranged.lead} />
          <OtherKpis shown={arranged.others} />
        </>
      }
      panels={<Panels shown={shown} leads={leads} />}
    />
  );
}

function useTitle({ critical, warning }: RoomState) {
  useEffect(() => {
    document.title = texts.title(critical, warning);
  }, [critical, warning]);
}

interface FrameProps {
  readonly words?: ReactNode;
  readonly filter?: ReactNode;
  readonly tiles?: ReactNode;
  readonly panels?: ReactNode;
}

/** Holds the places of the parts while they are read. */
function Frame({ words, filter, tiles, panels }: FrameProps) {
  const [spanId, setSpan] = useParam<SpanId>('range', '24h', spanIds);
  return (
    <>
      <div className="page__top room__top">
        {words ?? <h1 className="headline__words">{texts.pages.controlRoom}</h1>}
        <div className="room__tools">
          {filter}
          <Segments
            label={texts.range.label}
            options={spanIds.map((value) => ({ value, label: texts.controlRoom.span(value) }))}
            chosen={spanId}
            onChoose={setSpan}
          />
        </div>
      </div>
      {tiles ?? <Places className="kpis kpis--loading" n={5} />}
      {panels ?? <Places className="room__charts room__charts--loading" n={5} />}
    </>
  );
}

/** Places of the size of what is being read. */
function Places({ className, n }: { className: string; n: number }) {
  return (
    <div className={className} role="status">
      <span className="usa-sr-only">{texts.loading}</span>
      {Array.from({ length: n }, (_, i) => (
        <div className="loading" key={i} />
      ))}
    </div>
  );
}

function Headline({ room }: { room: RoomState }) {
  const now = useMinute();
  return (
    <div className="headline">
      <h1 className="headline__words">
        <StateShape state={room.state} />
        {room.words}
      </h1>
      <p className="headline__note">{texts.zone(zoneName(now))}</p>
    </div>
  );
}

/** The tags of the KPIs, with the values that the stream has told of. */
function Filter({ kpis, values }: { kpis: readonly Kpi[]; values: LiveValues }) {
  const keys = useMemo(() => {
    const found = new Map<string, Set<string>>();
    for (const key of kpis.flatMap((kpi) => kpi.by)) found.set(key, new Set());
    for (const { series } of [...values.values()].flat()) {
      for (const [key, value] of Object.entries(series.tags)) if (value !== '') found.get(key)?.add(value);
    }
    return [...found].map(([key, all]) => ({ key, values: [...all].sort() }));
  }, [kpis, values]);
  return <FilterBar keys={keys} />;
}

function Panels({ shown, leads }: { shown: readonly Shown[]; leads: Leads }) {
  const [spanId] = useParam<SpanId>('range', '24h', spanIds);
  const [tags] = useTagFilter();
  const now = useMinute();
  const span: Span = spanOf(spanId);
  const of = (kpi: Kpi | undefined) => {
    const one = shown.find((s) => s.kpi.name === kpi?.name);
    return kpi && one && { kpi, shown: one, span, tags };
  };
  const [throughput, sla, satisfaction, conflict, backlog] = [
    of(leads.throughput),
    of(leads.sla),
    of(leads.satisfaction),
    of(leads.conflict),
    of(leads.backlog),
  ];
  return (
    <div className="room">
      <div className="room__charts">
        {throughput && <ThroughputPanel {...throughput} />}
        {satisfaction && <SatisfactionPanel {...satisfaction} />}
        {sla && <SlaPanel {...sla} />}
        {conflict && <ConflictsPanel {...conflict} />}
        {backlog && <BacklogPanel {...backlog} />}
      </div>
      <div className="room__rail">
        <NextCases tags={tags} />
        <AlertsRail now={now} />
        <OpenConflicts now={now} />
      </div>
    </div>
  );
}
