import { Link } from 'wouter';
import { serverNow } from '../../api/http';
import { useKpis } from '../../api/kpis';
import {
  useRuleGroups,
  useThresholdRules,
  type Rule,
  type RuleGroup,
  type ThresholdRule,
} from '../../api/rules';
import { DataTable, type Column } from '../../components/data-table';
import { Name } from '../../components/name';
import { Panel } from '../../components/panel';
import { StateShape } from '../../components/shapes';
import { Fault, Loading, Nothing } from '../../components/states';
import { StateBadge } from '../../components/state-badge';
import { count, duration, figure, moment } from '../../lib/format';
import { conditionText } from '../../lib/units';
import { tiles } from '../../live/thresholds';
import { texts } from '../../texts';
import { AlertsFrame } from './alerts-frame';
import { writtenText } from './evidence-shape';
import { Written } from './facts';
import { ruleId, thresholdId } from './rule-text';
import { goDuration } from './words';

/** The rules in force, and how their last judgement went. */
export default function RulesPage() {
  const text = texts.alerting.rules;
  const thresholds = useThresholdRules();
  const groups = useRuleGroups();
  return (
    <AlertsFrame heading={text.heading}>
      <Panel name="thresholds" heading={text.thresholds}>
        {thresholds.failureReason && !thresholds.data ? (
          <Fault error={thresholds.failureReason} onRetry={() => void thresholds.refetch()} />
        ) : !thresholds.data ? (
          <Loading height={200} />
        ) : thresholds.data.length === 0 ? (
          <Nothing>{text.none}</Nothing>
        ) : (
          <Thresholds rules={thresholds.data} />
        )}
      </Panel>
      {groups.failureReason && !groups.data ? (
        <Fault error={groups.failureReason} onRetry={() => void groups.refetch()} />
      ) : !groups.data ? (
        <Loading height={320} />
      ) : groups.data.length === 0 ? (
        <Panel name="group" heading={text.groups}>
          <Nothing>{text.none}</Nothing>
        </Panel>
      ) : (
        groups.data.map((group) => <Group key={group.group} of={group} />)
      )}
    </AlertsFrame>
  );
}

const written = (rule: string, body: string) => (
  <details className="text-on-demand">
    <summary>
      {texts.alerting.rules.text}
      <span className="usa-sr-only"> {texts.alerting.rules.textOf(rule)}</span>
    </summary>
    <Written label={`${texts.alerting.rules.text} ${texts.alerting.rules.textOf(rule)}`}>{body}</Written>
  </details>
);

const backtest = (id: string, rule: string) => (
  <Link className="usa-link" href={`/alerts/backtest?of=${encodeURIComponent(id)}`}>
    {texts.alerting.rules.backtest}
    <span className="usa-sr-only"> {rule}</span>
  </Link>
);

function Thresholds({ rules }: { rules: readonly ThresholdRule[] }) {
  const text = texts.alerting.rules;
  const kpis = useKpis();
  const states = new Map(
    tiles(rules.map((r) => ({ ...r, by: r.by ?? [], series: r.series ?? [] }))).map((t) => [t.rule.rule, t]),
  );
  const limits = (r: ThresholdRule) => {
    const unit = kpis.data?.find((k) => k.name === r.metricName)?.unit ?? '';
    return [
      texts.thresholds.limits(conditionText(r.warning, unit), conditionText(r.critical, unit)),
      goDuration(r.for) > 0 && text.hold(duration(goDuration(r.for), 'long')),
    ]
      .filter(Boolean)
      .join(', ');
  };
  const columns: readonly Column<ThresholdRule>[] = [
    { id: 'rule', heading: text.rule, header: true, sort: (r) => r.rule, cell: (r) => <Name>{r.rule}</Name> },
    {
      id: 'state',
      heading: text.state,
      cell: (r) => <StateBadge state={states.get(r.rule)?.state ?? 'no_data'} />,
    },
    { id: 'limits', heading: text.limits, cell: limits },
    {
      id: 'series',
      heading: text.series,
      cell: (r) => {
        const n = states.get(r.rule)?.counts;
        if (!n || !r.series?.length) return <span className="muted">{text.waiting}</span>;
        const pending = r.series.filter((s) => s.pending).length;
        return [
          n.critical + n.warning > 0 && text.firing(count(n.critical + n.warning)),
          pending > 0 && text.pending(count(pending)),
          n.ok > 0 && text.ok(count(n.ok)),
        ]
          .filter(Boolean)
          .join(', ');
      },
    },
    {
      id: 'text',
      heading: text.text,
      cell: (r) => (
        <>
          {r.text && written(r.rule, writtenText(r.text))} {r.text && backtest(thresholdId(r.rule), r.rule)}
        </>
      ),
    },
  ];
  return <DataTable caption={text.thresholds} columns={columns} rows={rules} rowKey={(r) => r.rule} />;
}

const shapes = { firing: 'warning', pending: 'undetermined', inactive: 'ok' } as const;

function RuleState({ of }: { of: Rule }) {
  const text = texts.alerting.rules;
  if (of.state === undefined) return <span className="muted">{text.recording}</span>;
  const counts = [
    of.firing > 0 && text.firing(count(of.firing)),
    of.pending > 0 && text.pending(count(of.pending)),
  ].filter(Boolean);
  return (
    <span className={of.state === 'inactive' ? 'badge badge--quiet' : 'badge'} data-rule-state={of.state}>
      <StateShape state={shapes[of.state]} />
      {counts.length > 0 ? counts.join(', ') : text.word(of.state)}
    </span>
  );
}

function Group({ of }: { of: RuleGroup }) {
  const text = texts.alerting.rules;
  const now = serverNow();
  const columns: readonly Column<Rule>[] = [
    { id: 'rule', heading: text.rule, header: true, sort: (r) => r.rule, cell: (r) => <Name>{r.rule}</Name> },
    {
      id: 'state',
      heading: text.state,
      cell: (r) => (
        <>
          <RuleState of={r} />
          {r.error && <p className="panel__fault">{r.error}</p>}
        </>
      ),
    },
    { id: 'kind', heading: text.kind, cell: (r) => texts.alerting.kind(r.kind) },
    {
      id: 'evaluated',
      heading: text.evaluated,
      cell: (r) => (r.evaluatedAt ? moment(r.evaluatedAt, now) : <span className="muted">{text.never}</span>),
    },
    {
      id: 'took',
      heading: text.took,
      number: true,
      sort: (r) => r.tookMs ?? 0,
      cell: (r) => (r.tookMs === undefined ? '' : text.ms(figure(r.tookMs))),
    },
    {
      id: 'text',
      heading: text.text,
      cell: (r) => (
        <>
          {written(r.rule, writtenText(r.text))} {r.state !== undefined && backtest(ruleId(r), r.rule)}
        </>
      ),
    },
  ];
  return (
    <Panel
      name="group"
      heading={of.group.replace(';', ', ')}
      note={of.interval > 0 ? text.every(duration(of.interval, 'long'), of.onChange) : undefined}
    >
      {of.error && (
        <p className="panel__fault" role="alert">
          {of.error}
        </p>
      )}
      <DataTable caption={of.group} columns={columns} rows={of.rules} rowKey={(r) => r.rule} />
    </Panel>
  );
}
