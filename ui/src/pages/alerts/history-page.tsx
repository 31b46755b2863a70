import { useMemo } from 'react';
import { Link } from 'wouter';
import { useAlertHistory } from '../../api/alerts';
import { useKpis } from '../../api/kpis';
import { useRuleGroups, useThresholdRules } from '../../api/rules';
import type { Alert } from '../../api/types';
import { Button } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { FilterBar } from '../../components/filter-bar';
import { Name } from '../../components/name';
import { Fault, Loading, Nothing } from '../../components/states';
import { StateBadge } from '../../components/state-badge';
import { TagList, tagText } from '../../components/tag-list';
import { serverNow } from '../../api/http';
import { count, iso, moment } from '../../lib/format';
import { useZone } from '../../lib/preferences';
import { useParam, useTagFilter } from '../../lib/url-state';
import { unitOf } from '../../lib/units';
import { texts } from '../../texts';
import { AlertsFrame } from './alerts-frame';
import { dayStart } from './days';
import { DayField, PickField } from './pick-field';
import { alertCondition, alertValue } from './words';

const states = ['', 'critical', 'warning', 'ok'] as const;

function useFilter() {
  const zone = useZone();
  const [rule, setRule] = useParam<string>('rule', '');
  const [kind, setKind] = useParam<string>('kind', '');
  const [state, setState] = useParam<(typeof states)[number]>('state', '', states);
  const [from, setFrom] = useParam<string>('from', '');
  const [to, setTo] = useParam<string>('to', '');
  const [tags] = useTagFilter();
  const [begin, end] = [dayStart(from, zone), dayStart(to, zone, 1)];
  const filter = {
    tags,
    ...(rule && { rule }),
    ...(kind && { kind }),
    ...(state && { state }),
    ...(begin !== undefined && { from: begin }),
    ...(end !== undefined && { to: end }),
  };
  return { filter, rule, setRule, kind, setKind, state, setState, from, setFrom, to, setTo };
}

/** Each change of state there was. */
export default function HistoryPage() {
  const text = texts.alerting.history;
  const { filter, ...chosen } = useFilter();
  const history = useAlertHistory(filter);
  const alerts = useMemo(() => history.data?.pages.flatMap((p) => p.alerts ?? []) ?? [], [history.data]);
  const choices = useChoices(alerts, chosen.rule, chosen.kind);
  const all = { value: '', label: texts.alerting.all };
  const option = (value: string, label = value) => ({ value, label });
  return (
    <AlertsFrame heading={text.heading} note={text.shown(count(alerts.length), !history.hasNextPage)}>
      <div className="filters" role="group" aria-label={text.filters}>
        <PickField
          label={text.rule}
          value={chosen.rule}
          onChange={chosen.setRule}
          options={[all, ...choices.rules.map((r) => option(r))]}
        />
        <PickField
          label={text.state}
          value={chosen.state}
          onChange={chosen.setState}
          options={[
            { value: '' as const, label: texts.alerting.all },
            ...(['critical', 'warning', 'ok'] as const).map((s) => ({ value: s, label: texts.state(s) })),
          ]}
        />
        <PickField
          label={text.kind}
          value={chosen.kind}
          onChange={chosen.setKind}
          options={[all, ...choices.kinds.map((k) => option(k, texts.alerting.kind(k)))]}
        />
        <DayField label={texts.alerting.from} value={chosen.from} onChange={chosen.setFrom} />
        <DayField label={texts.alerting.to} value={chosen.to} onChange={chosen.setTo} />
        <FilterBar keys={choices.keys} />
      </div>
      {history.failureReason && !history.data ? (
        <Fault error={history.failureReason} onRetry={() => void history.refetch()} />
      ) : history.isPending ? (
        <Loading height={420} />
      ) : alerts.length === 0 ? (
        <Nothing>{text.none}</Nothing>
      ) : (
        <div className="panel">
          <HistoryTable alerts={alerts} />
        </div>
      )}
      {history.hasNextPage && (
        <div>
          <Button disabled={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            {texts.alerting.more}
          </Button>
        </div>
      )}
    </AlertsFrame>
  );
}

/** What there is to filter by: the rules in force, and what the changes shown have. */
function useChoices(alerts: readonly Alert[], rule: string, kind: string) {
  const thresholds = useThresholdRules();
  const groups = useRuleGroups();
  return useMemo(() => {
    const defined = groups.data?.flatMap((g) => g.rules).filter((r) => r.state) ?? [];
    const sorted = (all: readonly string[]) => [...new Set(all.filter((x) => x !== ''))].sort();
    const tags = new Map<string, Set<string>>();
    for (const alert of alerts) {
      for (const [key, value] of Object.entries(alert.tags)) {
        tags.set(key, (tags.get(key) ?? new Set()).add(value));
      }
    }
    return {
      rules: sorted([
        rule,
        ...(thresholds.data ?? []).map((t) => t.rule),
        ...defined.map((r) => r.rule),
        ...alerts.map((a) => a.rule),
      ]),
      kinds: sorted([kind, 'threshold', ...defined.map((r) => r.kind), ...alerts.map((a) => a.kind)]),
      keys: [...tags].map(([key, values]) => ({ key, values: [...values].sort() })),
    };
  }, [alerts, rule, kind, thresholds.data, groups.data]);
}

/** Changes of state, each of which leads to its page. */
export function HistoryTable({ alerts }: { alerts: readonly Alert[] }) {
  const text = texts.alerting.history;
  const kpis = useKpis();
  const now = serverNow();
  const unit = (alert: Alert) => unitOf(alert, kpis.data);
  const columns: readonly Column<Alert>[] = [
    {
      id: 'time',
      heading: text.time,
      header: true,
      sort: (a) => a.at,
      cell: (a) => (
        <Link className="usa-link" href={`/alerts/${a.id}`}>
          <time dateTime={iso(a.at)}>{moment(a.at, now)}</time>
          <span className="usa-sr-only">
            {' '}
            {a.rule} {tagText(a.tags)}
          </span>
        </Link>
      ),
    },
    {
      id: 'change',
      heading: text.change,
      sort: (a) => a.state,
      cell: (a) => (
        <span className="change">
          <StateBadge state={a.state} />
          {a.provisional && <span className="pill">{texts.alerting.provisional}</span>}
        </span>
      ),
    },
    { id: 'rule', heading: text.rule, sort: (a) => a.rule, cell: (a) => <Name>{a.rule}</Name> },
    { id: 'tags', heading: text.tags, cell: (a) => <TagList tags={a.tags} /> },
    {
      id: 'value',
      heading: text.value,
      number: true,
      sort: (a) => a.value ?? -Infinity,
      cell: (a) => alertValue(a, unit(a)),
    },
    {
      id: 'condition',
      heading: text.condition,
      cell: (a) => <span className="clipped">{alertCondition(a, unit(a))}</span>,
    },
    { id: 'kind', heading: text.kind, sort: (a) => a.kind, cell: (a) => texts.alerting.kind(a.kind) },
  ];
  return <DataTable caption={text.caption} columns={columns} rows={alerts} rowKey={(a) => a.id} />;
}
