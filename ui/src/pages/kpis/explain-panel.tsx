import { serverNow } from '../../api/http';
import { useExplanation } from '../../api/kpi';
import type { Kpi, KpiExplanation } from '../../api/types';
import { Button } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { Panel } from '../../components/panel';
import { Fault, Loading } from '../../components/states';
import { clockAhead, count, moment, percent, signed } from '../../lib/format';
import { valueText } from '../../lib/units';
import { texts } from '../../texts';
import type { Shown } from './use-extent';
import { stepFor, useView, type Extent } from './view';

type Tag = KpiExplanation['tags'][number];
type Part = Tag['parts'][number];

/** Which tag values hold most of a change: of the span marked, against the one right before it. */
export function ExplainPanel({ kpi, extent }: { kpi: Kpi; extent: Shown }) {
  const text = texts.kpis.explain;
  const { mark, setMark } = useView();
  const explained = useExplanation(kpi.name, mark);
  return (
    <Panel
      name="explain"
      heading={text.heading}
      actions={
        mark && (
          <Button look="quiet" onClick={() => setMark(undefined)}>
            {text.clear}
          </Button>
        )
      }
    >
      <div className="explain__span">
        <SpanPicker extent={extent} mark={mark} onMark={setMark} />
      </div>
      {!mark ? (
        <p className="explain__hint">{kpi.by.length > 0 ? text.hint : text.noTags}</p>
      ) : explained.data ? (
        <Explained kpi={kpi} data={explained.data} />
      ) : explained.failureReason ? (
        <Fault error={explained.failureReason} onRetry={() => void explained.refetch()} />
      ) : (
        <Loading height={240} />
      )}
    </Panel>
  );
}

/** The marked span by keyboard: its ends are among the times of the chart. */
function SpanPicker({
  extent,
  mark,
  onMark,
}: {
  extent: Shown;
  mark: Extent | undefined;
  onMark: (next: Extent) => void;
}) {
  const text = texts.kpis.explain;
  const now = serverNow();
  const step = stepFor(extent.to - extent.from, 400, 10).ms;
  const ahead = clockAhead(extent.from);
  const first = Math.ceil((extent.from + ahead) / step) * step - ahead;
  const times = Array.from(
    { length: Math.floor((extent.to - first) / step) + 1 },
    (_, i) => first + i * step,
  );
  const all = [...new Set([...times, ...(mark ? [mark.from, mark.to] : [])])].sort((a, b) => a - b);
  const choose = (end: 'from' | 'to', value: number) => {
    const third = Math.round((extent.to - extent.from) / 3 / step) * step;
    const base = mark ?? { from: (times.at(-1) ?? extent.to) - third, to: times.at(-1) ?? extent.to };
    const next = { ...base, [end]: value };
    if (next.from >= next.to) {
      if (end === 'from') next.to = next.from + Math.max(step, base.to - base.from);
      else next.from = next.to - Math.max(step, base.to - base.from);
    }
    onMark(next);
  };
  return (['from', 'to'] as const).map((end) => (
    <label key={end} className="field">
      <span>{text.ends(end)}</span>
      <select
        className="usa-select select"
        value={mark?.[end] ?? ''}
        onChange={(e) => choose(end, Number(e.target.value))}
      >
        {!mark && <option value="">–</option>}
        {all.map((t) => (
          <option key={t} value={t}>
            {moment(t, now, false)}
          </option>
        ))}
      </select>
    </label>
  ));
}

/** The values that hold most, over all tags: the first says the sentence. */
function leading(data: KpiExplanation): { tag: Tag; part: Part } | undefined {
  const [tag] = data.tags;
  const part = tag?.parts.toSorted((a, b) => (b.share ?? 0) - (a.share ?? 0))[0];
  return tag && part && part.share !== null ? { tag, part } : undefined;
}

function changeText(change: number | null, unit: string): string {
  if (change === null) return texts.table.noValue;
  return unit === 'ratio' ? texts.tile.points(signed(change * 100)) : `${signed(change)} ${texts.unit(unit)}`;
}

function Explained({ kpi, data }: { kpi: Kpi; data: KpiExplanation }) {
  const text = texts.kpis.explain;
  const lead = leading(data);
  return (
    <>
      <p className="explain__words" data-testid="explain-words">
        {text.change(
          valueText(data.base.value, kpi.unit),
          valueText(data.now.value, kpi.unit),
          changeText(data.change, kpi.unit),
          count(data.base.n),
          count(data.now.n),
        )}{' '}
        {lead && text.most(lead.tag.tag, lead.part.value || texts.filter.none, percent(lead.part.share ?? 0))}
      </p>
      <div className="explain__tags">
        {data.tags.map((tag) => (
          <TagTable key={tag.tag} kpi={kpi} tag={tag} />
        ))}
      </div>
    </>
  );
}

function TagTable({ kpi, tag }: { kpi: Kpi; tag: Tag }) {
  const text = texts.kpis.explain;
  const most = Math.max(...tag.parts.map((p) => Math.abs(p.share ?? 0)), 0.0001);
  const columns: readonly Column<Part>[] = [
    {
      id: 'value',
      heading: tag.tag,
      header: true,
      cell: (p) => p.value || texts.filter.none,
      sort: (p) => p.value,
    },
    {
      id: 'share',
      heading: text.share,
      number: true,
      sort: (p) => p.share ?? -Infinity,
      cell: (p) => (
        <span className="share">
          <span
            className={`share__bar${(p.share ?? 0) < 0 ? ' share__bar--against' : ''}`}
            style={{ width: `${(Math.abs(p.share ?? 0) / most) * 72}px` }}
            aria-hidden="true"
          />
          <span data-share={p.value}>{p.share === null ? '–' : percent(p.share)}</span>
        </span>
      ),
    },
    {
      id: 'contribution',
      heading: text.contribution(kpi.unit === 'ratio'),
      number: true,
      sort: (p) => p.contribution ?? -Infinity,
      cell: (p) => contributed(p.contribution, kpi.unit),
    },
    { id: 'base', heading: text.before, number: true, cell: (p) => measured(p.base, kpi.unit) },
    { id: 'now', heading: text.now, number: true, cell: (p) => measured(p.now, kpi.unit) },
  ];
  return (
    <section className="explain__tag" aria-label={tag.tag}>
      <h3 className="explain__heading">{text.by(tag.tag)}</h3>
      <p className="muted">{text.method(tag.method)}</p>
      <DataTable caption={text.caption(tag.tag)} columns={columns} rows={tag.parts} rowKey={(p) => p.value} />
      {tag.rest && (
        <p className="explain__rest">
          {text.rest(count(tag.rest.values), tag.rest.share === null ? '–' : percent(tag.rest.share))}
        </p>
      )}
    </section>
  );
}

const contributed = (v: number | null, unit: string): string =>
  v === null ? '–' : signed(unit === 'ratio' ? v * 100 : v);

const measured = ({ value, n }: Part['now'], unit: string): string =>
  `${valueText(value, unit)} (${texts.tile.n(count(n))})`;
