import { useMemo } from 'react';
import { useCases } from '../../api/cases';
import { useKpis } from '../../api/kpis';
import { Button } from '../../components/button';
import { FilterBar } from '../../components/filter-bar';
import { Panel } from '../../components/panel';
import { Segments } from '../../components/segments';
import { Fault, Loading, Nothing } from '../../components/states';
import { percent, zoneName } from '../../lib/format';
import { useFlag, useParam, useTagFilter } from '../../lib/url-state';
import { useMinute } from '../../lib/use-minute';
import { titleOf } from '../../lib/title';
import { useLiveKpis } from '../../live/use-kpis';
import { texts } from '../../texts';
import { CaseTable } from './case-table';
import { usePages } from './use-pages';
import { Radar } from './radar';

const states = ['open', 'closed', 'all'] as const;
const orders = ['next_breach', 'age'] as const;
const pageSize = 50;

/** The cases held against a clock: who breaches next, and who is on the same case. */
export default function CasesPage() {
  const text = texts.cases;
  const now = useMinute();
  const [paused] = useFlag('paused');
  const [tags] = useTagFilter();
  const [state, setState] = useParam('state', 'open', states);
  const [order, setOrder] = useParam('order', 'next_breach', orders);
  const [atRisk, setAtRisk] = useFlag('atRisk');
  const [kpi, setKpi] = useParam<string>('kpi', '');
  const query = { state, order, tags, limit: pageSize, ...(kpi && { kpi }), ...(atRisk && { atRisk }) };
  const { cursor, depth, next, previous } = usePages(JSON.stringify(query));
  const cases = useCases({ ...query, ...(cursor && { cursor }) }, { paused });
  const page = cases.data;
  return (
    <>
      <div className="page__top">
        <div>
          <h1 className="page__title">{text.heading}</h1>
          <p className="headline__note">{texts.zone(zoneName(now))}</p>
        </div>
        <div className="cases__tools">
          <ClockPicker chosen={kpi || (page?.kpi ?? '')} onChoose={setKpi} />
          <Filter />
        </div>
      </div>
      <div className="cases">
        <Panel
          name="cases"
          heading={text.listHeading(order)}
          note={page && text.against(page.kpi, page.definitionVersion)}
        >
          <div className="history__tools">
            <Segments
              label={text.which}
              options={states.map((value) => ({ value, label: text.states(value) }))}
              chosen={state}
              onChoose={setState}
            />
            <Segments
              label={text.order}
              options={orders.map((value) => ({ value, label: text.orders(value) }))}
              chosen={order}
              onChoose={setOrder}
            />
            <label className="check">
              <input type="checkbox" checked={atRisk} onChange={(e) => setAtRisk(e.target.checked)} />
              {text.onlyAtRisk}
            </label>
          </div>
          {cases.failureReason && !page ? (
            <Fault error={cases.failureReason} onRetry={() => void cases.refetch()} />
          ) : !page ? (
            <Loading height={640} />
          ) : page.backfill ? (
            <Nothing height={200}>
              {texts.tile.backfill(percent(page.backfill.done / Math.max(1, page.backfill.total)))}
            </Nothing>
          ) : page.cases.length === 0 ? (
            <Nothing height={200}>{text.none}</Nothing>
          ) : (
            <CaseTable cases={page.cases} said={page.at} kpi={page.kpi} />
          )}
          {page && (depth > 0 || page.next) && (
            <div className="pager">
              <span role="status">{text.page(depth + 1)}</span>
              <Button disabled={depth === 0} onClick={previous}>
                {texts.table.previous}
              </Button>
              <Button disabled={!page.next} onClick={() => page.next && next(page.next)}>
                {texts.table.next}
              </Button>
            </div>
          )}
        </Panel>
        <Radar />
      </div>
    </>
  );
}

/** Which KPI's clock the cases are held against. */
function ClockPicker({ chosen, onChoose }: { chosen: string; onChoose: (kpi: string) => void }) {
  const kpis = useKpis();
  const clocks = (kpis.data ?? []).filter((k) => k.type === 'sla' || k.name === chosen);
  if (clocks.length < 2) return null;
  return (
    <label className="field">
      <span>{texts.cases.clock}</span>
      <select className="usa-select select" value={chosen} onChange={(e) => onChoose(e.target.value)}>
        {clocks.map((k) => (
          <option key={k.name} value={k.name}>
            {titleOf(k)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Filter() {
  const { list, values } = useLiveKpis();
  const keys = useMemo(() => {
    const found = new Map<string, Set<string>>();
    for (const kpi of list.data ?? []) {
      if (kpi.type === 'sla') for (const key of kpi.by) found.set(key, found.get(key) ?? new Set());
    }
    for (const { series } of [...values.values()].flat()) {
      for (const [key, value] of Object.entries(series.tags)) if (value !== '') found.get(key)?.add(value);
    }
    return [...found].map(([key, all]) => ({ key, values: [...all].sort() }));
  }, [list.data, values]);
  return <FilterBar keys={keys} />;
}
