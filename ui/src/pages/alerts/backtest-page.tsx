import { useMemo, useRef, useState, type SyntheticEvent } from 'react';
import { ApiError } from '../../api/fault';
import { useBacktest, useRuleGroups, useThresholdRules } from '../../api/rules';
import { Button } from '../../components/button';
import { Panel } from '../../components/panel';
import { Loading } from '../../components/states';
import { useZone } from '../../lib/preferences';
import { useParam } from '../../lib/url-state';
import { texts } from '../../texts';
import { AlertsFrame } from './alerts-frame';
import { BacktestResult } from './backtest-result';
import { dayStart } from './days';
import { DayField, PickField } from './pick-field';
import { choicesOf } from './rule-text';
import { TextField } from './text-field';

const kinds = ['auto', 'threshold', 'kpi', 'detector', 'promql'] as const;

function useChoices() {
  const thresholds = useThresholdRules();
  const groups = useRuleGroups();
  return useMemo(() => choicesOf(thresholds.data ?? [], groups.data ?? []), [thresholds.data, groups.data]);
}

/** Runs a rule over the past and shows when it would have fired. */
export default function BacktestPage() {
  const text = texts.alerting.backtest;
  const zone = useZone();
  const choices = useChoices();
  const [picked, setPicked] = useParam<string>('of', '');
  const [from, setFrom] = useParam<string>('from', '');
  const [to, setTo] = useParam<string>('to', '');
  const [kind, setKind] = useState<(typeof kinds)[number]>('auto');
  /** What was typed, and of which rule in force it began. */
  const [typed, setTyped] = useState<{ of: string; text: string }>();
  const [asked, setAsked] = useState(false);
  const result = useRef<HTMLDivElement>(null);
  const run = useBacktest();
  const rule = typed?.of === picked ? typed.text : (choices.find((c) => c.id === picked)?.text ?? '');

  function submit(e: SyntheticEvent) {
    e.preventDefault();
    setAsked(true);
    if (rule.trim() === '') return;
    const [begin, end] = [dayStart(from, zone), dayStart(to, zone, 1)];
    run.mutate(
      {
        rule,
        ...(kind !== 'auto' && { kind }),
        ...(begin !== undefined && { from: begin }),
        ...(end !== undefined && { to: end }),
      },
      { onSettled: () => result.current?.focus() },
    );
  }

  return (
    <AlertsFrame heading={text.heading}>
      <p className="muted">{text.lead}</p>
      <form className="entries entries--wide" onSubmit={submit} noValidate>
        <PickField
          label={text.pick}
          value={picked}
          onChange={setPicked}
          options={[
            { value: '', label: text.pickNone },
            ...choices.map((c) => ({
              value: c.id,
              label: `${c.rule} (${texts.alerting.kind(c.id.split(':')[0] ?? '')})`,
            })),
          ]}
        />
        <TextField
          label={text.rule}
          hint={text.ruleHint}
          value={rule}
          onChange={(next) => setTyped({ of: picked, text: next })}
          rows={7}
          code
          fault={asked && rule.trim() === '' ? text.ruleNeeded : undefined}
        />
        {run.error && <Refusal error={run.error} />}
        <div className="filters backtest__choices">
          <PickField
            label={text.kind}
            value={kind}
            onChange={setKind}
            options={kinds.map((k) => ({ value: k, label: text.kinds[k] }))}
          />
          <DayField label={texts.alerting.from} value={from} onChange={setFrom} />
          <DayField label={texts.alerting.to} value={to} onChange={setTo} />
          <Button look="primary" type="submit" disabled={run.isPending}>
            {run.isPending ? text.running : text.run}
          </Button>
        </div>
        <p className="muted">{text.day}</p>
      </form>
      <div ref={result} tabIndex={-1} className="backtest">
        {run.isPending ? <Loading height={420} /> : run.data ? <BacktestResult of={run.data} /> : null}
      </div>
    </AlertsFrame>
  );
}

/** What is wrong with the rule, each fault with its place. */
function Refusal({ error }: { error: Error }) {
  const text = texts.alerting.backtest;
  const faults = error instanceof ApiError ? (error.errors as readonly Placed[]) : [];
  return (
    <Panel name="refusal" heading={texts.errors.heading}>
      <div className="panel__body" role="alert">
        <p>{error.message}</p>
        <ul className="faults">
          {faults.map((fault, i) => (
            <li key={i}>
              {fault.position && `${text.at(fault.position)}: `}
              {fault.field && <code>{fault.field}</code>} {fault.detail}
            </li>
          ))}
        </ul>
      </div>
    </Panel>
  );
}

interface Placed {
  readonly field?: string;
  readonly detail: string;
  readonly position?: string;
}
