import { useMemo, useState } from 'react';
import { serverNow } from '../../api/http';
import { useHistory, useValue } from '../../api/kpi';
import type { Kpi, KpiSeries } from '../../api/types';
import { Button } from '../../components/button';
import { Chart } from '../../components/chart';
import { DataTable, type Column } from '../../components/data-table';
import { Panel } from '../../components/panel';
import { StateBadge } from '../../components/state-badge';
import { Fault, Loading, Nothing } from '../../components/states';
import { count } from '../../lib/format';
import { alikeText, axisText, counts, valueText } from '../../lib/units';
import { useParam, useFlag } from '../../lib/url-state';
import { texts } from '../../texts';
import { limitsOf } from '../control-room/limits';
import { groupsOf, timesOf, type Group } from './drawn';
import { useOver } from './history-panel';
import type { Shown } from './use-extent';
import { aligned, stepFor } from './view';

const firstShown = 12;
/** Small charts are some 300 px wide. */
const smallWidth = 260;

/** The same by the values of a tag: a small chart each, all on one scale, and the total apart. */
export function GroupsPanel({ kpi, extent }: { kpi: Kpi; extent: Shown }) {
  const text = texts.kpis.groups;
  const [by, setBy] = useParam<string>('by', kpi.by[0] ?? '', kpi.by);
  const [over] = useOver();
  const [paused] = useFlag('paused');
  const step = stepFor(extent.to - extent.from, smallWidth, 3);
  const { from, to } = aligned(extent, step.ms, serverNow());
  const history = useHistory(
    kpi.name,
    kpi.definitionVersion,
    {
      from,
      ...(!extent.moving && { to }),
      step: step.text,
      by: [by],
      ...(over === 'window' && { window: kpi.window }),
    },
    extent.moving && !paused ? 30_000 : false,
  );
  const values = useValue(kpi.name, kpi.definitionVersion, [by], extent.moving ? undefined : to);
  const groups = useMemo(() => (history.data ? groupsOf(history.data, by) : []), [history.data, by]);
  const total = history.data?.series.find((s) => Object.keys(s.tags).length === 0);
  return (
    <Panel
      name="groups"
      heading={text.heading}
      actions={
        <label className="field">
          <span>{text.by}</span>
          <select className="usa-select select" value={by} onChange={(e) => setBy(e.target.value)}>
            {kpi.by.map((key) => (
              <option key={key}>{key}</option>
            ))}
          </select>
        </label>
      }
    >
      {!history.data ? (
        history.failureReason ? (
          <Fault error={history.failureReason} onRetry={() => void history.refetch()} />
        ) : (
          <Loading height={320} />
        )
      ) : groups.length === 0 ? (
        <Nothing height={120}>{texts.controlRoom.noValues}</Nothing>
      ) : (
        <Multiples
          kpi={kpi}
          groups={groups}
          total={{
            name: '',
            times: timesOf(history.data, total),
            values: (total?.points ?? []).map((p) => p[1] ?? null),
            n: 0,
          }}
          from={history.data.from}
          to={history.data.to}
        />
      )}
      <Now kpi={kpi} by={by} series={values.data?.series ?? []} />
    </Panel>
  );
}

interface MultiplesProps {
  readonly kpi: Kpi;
  readonly groups: readonly Group[];
  readonly total: Group;
  readonly from: number;
  readonly to: number;
}

function Multiples({ kpi, groups, total, from, to }: MultiplesProps) {
  const text = texts.kpis.groups;
  const [all, setAll] = useState(false);
  const shown = all ? groups : groups.slice(0, firstShown);
  const known = shown.flatMap((g) => g.values.filter((v) => v !== null));
  const ratio = kpi.unit === 'ratio';
  const scale = {
    ...(kpi.unit === 'points' ? {} : { lowest: ratio ? Math.min(...known, 1) : 0 }),
    highest: ratio ? 1 : Math.max(...known, 0),
  };
  return (
    <>
      <ul className="multiples">
        {[total, ...shown].map((group, i) => (
          <li key={group.name} className={i === 0 ? 'multiple multiple--total' : 'multiple'}>
            <Small
              kpi={kpi}
              group={group}
              name={i === 0 ? text.total : group.name || texts.filter.none}
              from={from}
              to={to}
              scale={i === 0 ? {} : scale}
            />
          </li>
        ))}
      </ul>
      {!all && groups.length > firstShown && (
        <Button look="quiet" className="history__more" onClick={() => setAll(true)}>
          {text.more(count(groups.length - firstShown))}
        </Button>
      )}
    </>
  );
}

function Small({
  kpi,
  group,
  name,
  from,
  to,
  scale,
}: {
  kpi: Kpi;
  group: Group;
  name: string;
  from: number;
  to: number;
  scale: { lowest?: number; highest?: number };
}) {
  const known = group.values.filter((v) => v !== null);
  const last = known.at(-1);
  const say = (v: number | undefined) => valueText(v, kpi.unit);
  return (
    <>
      <h3 className="multiple__name">
        {name} <span className="multiple__last">{say(last)}</span>
      </h3>
      <Chart
        series={[{ label: name, colour: '--series-1', gaps: true }]}
        data={[group.times, group.values]}
        from={from}
        to={to}
        height={110}
        together="groups"
        format={(v) => axisText(v, kpi.unit)}
        whole={counts(kpi.unit)}
        limits={limitsOf(kpi)}
        summary={
          known.length === 0
            ? texts.controlRoom.noValues
            : texts.controlRoom.summary(name, say(Math.min(...known)), say(Math.max(...known)), say(last))
        }
        {...scale}
      />
    </>
  );
}

/** Every group as it stands, in a table: what the small charts are for the eye. */
function Now({ kpi, by, series }: { kpi: Kpi; by: string; series: readonly KpiSeries[] }) {
  const text = texts.kpis.groups;
  const rows = series.filter((s) => by in s.tags || Object.keys(s.tags).length === 0);
  const columns: readonly Column<KpiSeries>[] = [
    {
      id: 'name',
      heading: by,
      header: true,
      sort: (s) => s.tags[by] ?? '',
      cell: (s) => (by in s.tags ? s.tags[by] || texts.filter.none : text.total),
    },
    {
      id: 'state',
      heading: texts.kpis.list.state,
      cell: (s) => <StateBadge state={s.state} quiet={s.state === 'ok'} />,
    },
    {
      id: 'value',
      heading: texts.kpis.list.value,
      number: true,
      sort: (s) => s.value ?? -Infinity,
      cell: (s) => <data value={s.value ?? ''}>{valueText(s.value, kpi.unit)}</data>,
    },
    { id: 'n', heading: texts.table.n, number: true, sort: (s) => s.n, cell: (s) => count(s.n) },
    {
      id: 'interval',
      heading: text.interval,
      number: true,
      cell: (s) =>
        s.interval ? s.interval.map((v) => alikeText(v, s.value ?? v, kpi.unit)).join(' – ') : '–',
    },
  ];
  return (
    <DataTable
      caption={text.caption(by)}
      columns={columns}
      rows={rows}
      rowKey={(s) => JSON.stringify(s.tags)}
    />
  );
}
