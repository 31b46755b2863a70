import { useState } from 'react';
import { useExplanation, type AlertExplanation } from '../../api/alerts';
import type { Alert } from '../../api/types';
import { Button } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { Panel } from '../../components/panel';
import { Fault, Loading } from '../../components/states';
import { StateBadge } from '../../components/state-badge';
import { count, judged, moment, percent, signed } from '../../lib/format';
import { valueText } from '../../lib/units';
import { limitOf } from '../../live/thresholds';
import { texts } from '../../texts';
import { changesOf, type KpiChange } from './changes';
import { evidenceOf, writtenText } from './evidence-shape';
import { Facts, Written } from './facts';

interface Props {
  readonly alert: Alert;
  readonly unit: string;
  readonly now: number;
}

/** The alert judged once more, and what holds most of the change; worked out when asked for. */
export function Explanation({ alert, unit, now }: Props) {
  const text = texts.alerting.one;
  const [asked, setAsked] = useState(false);
  const { data, error, isFetching, refetch } = useExplanation(alert.id, asked);
  return (
    <Panel name="explanation" heading={text.explain}>
      <div className="panel__body" aria-live="polite">
        <p className="muted">{text.explainLead}</p>
        {!asked && (
          <Button look="primary" onClick={() => setAsked(true)}>
            {text.explain}
          </Button>
        )}
        {asked && isFetching && !data && (
          <>
            <p>{text.explaining}</p>
            <Loading height={120} />
          </>
        )}
        {error && <Fault error={error} onRetry={() => void refetch()} />}
        {data && <Verdict of={data} unit={unit} known={writtenText(evidenceOf(alert.evidence).text)} />}
      </div>
      {data && <Changes of={data} now={now} />}
    </Panel>
  );
}

/** `known` is the rule's text where the evidence shows it: the same is not shown twice. */
function Verdict({ of, unit, known }: { of: AlertExplanation; unit: string; known: string }) {
  const text = texts.alerting.one;
  const written = writtenText(of.rule);
  const say = (reading: AlertExplanation['then'] | undefined) => {
    if (!reading) return undefined;
    const value = unit ? valueText(reading.value, unit) : judged(reading.value, limitOf(reading.condition));
    return reading.n ? `${value}; ${text.observations(count(reading.n), reading.n === 1)}` : value;
  };
  return (
    <>
      <p className="verdict" data-testid="verdict">
        {of.judged && <StateBadge state={of.judged} />}{' '}
        <strong>{of.same ? text.same : of.judged ? text.differs(of.judged) : text.unjudged}</strong>
      </p>
      {of.reason && <p>{of.reason}</p>}
      {of.ruleChanged && <p>{text.ruleChanged}</p>}
      <Facts
        of={[
          [text.then, say(of.then)],
          [text.today, say(of.now)],
          [text.hash, of.hash],
        ]}
      />
      {written && written !== known && <Written label={text.ruleText}>{written}</Written>}
      {of.event && (
        <>
          <h3 className="subheading">{text.event}</h3>
          <Written label={text.event}>{JSON.stringify(of.event, null, 2)}</Written>
        </>
      )}
      {!of.change && !of.changeThen && <p className="muted">{text.noChange}</p>}
    </>
  );
}

type Part = KpiChange['tags'][number]['parts'][number];

/** The change as it is known now, beside the one kept with the alert where they differ. */
function Changes({ of, now }: { of: AlertExplanation; now: number }) {
  const text = texts.alerting.one;
  const shown = changesOf(of);
  return (
    <>
      {of.changeSame && <p className="panel__body muted">{text.changeSame}</p>}
      {shown.then && <Change of={shown.then} now={now} when={text.changeThen} />}
      {shown.now && <Change of={shown.now} now={now} when={shown.then && text.changeNow} />}
    </>
  );
}

interface ChangeProps {
  readonly of: KpiChange;
  readonly now: number;
  /** Which of two it is. */
  readonly when?: string | undefined;
}

/** Which values of tags hold most of a change, the largest share first. */
function Change({ of, now, when }: ChangeProps) {
  const text = texts.alerting.one;
  const about = (tag: string) => (when ? `${when}. ${text.most(tag)}` : text.most(tag));
  const say = (v: number | null | undefined) => valueText(v, of.unit);
  const number = { number: true } as const;
  const columns: readonly Column<Part>[] = [
    { id: 'part', heading: text.part, header: true, cell: (p) => p.value || text.untagged },
    {
      ...number,
      id: 'share',
      heading: text.share,
      sort: (p) => p.share ?? 0,
      cell: (p) => (p.share === null ? texts.table.noValue : <Share of={p.share} />),
    },
    {
      ...number,
      id: 'contribution',
      heading: text.contribution,
      sort: (p) => p.contribution ?? 0,
      cell: (p) => (p.contribution === null ? texts.table.noValue : signed(p.contribution)),
    },
    { ...number, id: 'before', heading: text.before, cell: (p) => say(p.base.value) },
    { ...number, id: 'after', heading: text.after, cell: (p) => say(p.now.value) },
  ];
  return (
    <div className="change-parts">
      <p className="panel__body">
        {when && <strong>{when}: </strong>}
        {text.holds(
          of.title,
          `${say(of.base.value)} (${text.span(moment(of.base.from, now), moment(of.base.to, now))})`,
          `${say(of.now.value)} (${text.span(moment(of.now.from, now), moment(of.now.to, now))})`,
        )}
      </p>
      {of.tags.map((tag) => (
        <section key={tag.tag}>
          <h3 className="subheading panel__body">{about(tag.tag)}</h3>
          <DataTable caption={about(tag.tag)} columns={columns} rows={tag.parts} rowKey={(p) => p.value} />
          {tag.rest && <p className="panel__body muted">{text.rest(count(tag.rest.values))}</p>}
        </section>
      ))}
    </div>
  );
}

/** A share as a number with a bar for the eye. */
function Share({ of }: { of: number }) {
  return (
    <span className="share">
      <span
        className="share__bar"
        aria-hidden="true"
        style={{ width: `${Math.min(1, Math.abs(of)) * 56}px` }}
      />
      {percent(of)}
    </span>
  );
}
