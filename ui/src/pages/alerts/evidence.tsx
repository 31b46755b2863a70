import type { Alert, Kpi } from '../../api/types';
import { DataTable } from '../../components/data-table';
import { Panel } from '../../components/panel';
import { TagList } from '../../components/tag-list';
import { count, iso, moment, value as exact } from '../../lib/format';
import { valueText } from '../../lib/units';
import { titleOf } from '../../lib/title';
import { texts } from '../../texts';
import { evidenceOf, figureRows, writtenText, type Evidence as Shape } from './evidence-shape';
import { Facts, Written } from './facts';
import { alertCondition, alertValue } from './words';

interface Props {
  readonly alert: Alert;
  readonly unit: string;
  readonly kpi: Kpi | undefined;
  readonly now: number;
}

const safeLink = (url: string | undefined) =>
  url && /^https?:\/\//.test(url) ? (
    <a className="usa-link" href={url} rel="noreferrer">
      {url}
    </a>
  ) : undefined;

/** What a rule found, and by what it went. */
export function Evidence({ alert, unit, kpi, now }: Props) {
  const text = texts.alerting.one;
  const evidence = evidenceOf(alert.evidence);
  const time = (ms: number | undefined) =>
    ms ? <time dateTime={iso(ms)}>{moment(ms, now)}</time> : undefined;
  const span = (of: Shape['window']) => of && text.span(moment(of.from, now), moment(of.to, now));
  const written = writtenText(evidence.text);
  return (
    <Panel name="evidence" heading={text.about}>
      <div className="panel__body">
        {alert.annotations?.['summary'] && <p className="lead">{alert.annotations['summary']}</p>}
        {alert.annotations?.['description'] && <p>{alert.annotations['description']}</p>}
        <Facts
          of={[
            [text.value, <strong key="value">{alertValue(alert, unit)}</strong>],
            [text.condition, alertCondition(alert, unit)],
            [text.n, alert.n ? text.observations(count(alert.n), alert.n === 1) : undefined],
            [text.tags, Object.keys(alert.tags).length > 0 && <TagList tags={alert.tags} />],
            [text.judged, time(alert.at)],
            [text.eventTime, time(alert.timestamp)],
            [text.since, time(alert.since)],
            [text.activeAt, time(evidence.activeAt)],
            [text.window, span(evidence.window)],
            [text.base, span(evidence.base)],
            [text.kind, texts.alerting.kind(alert.kind)],
            [text.metric, kpi ? titleOf(kpi) : alert.metricName],
            [text.group, evidence.group?.replace(';', ', ')],
            [text.for, evidence.for],
            [text.keep, evidence.keepFiringFor],
            [text.hash, evidence.hash ?? evidence.rule],
            [text.definition, evidence.definitionVersion ? count(evidence.definitionVersion) : undefined],
            [text.link, safeLink(evidence.generator_url)],
          ]}
        />
        {evidence.expr && <Written label={text.expr}>{evidence.expr}</Written>}
        {written && (
          <>
            <h3 className="subheading">{text.ruleText}</h3>
            <Written label={text.ruleText}>{written}</Written>
          </>
        )}
        {evidence.figures && <Figures of={evidence.figures} />}
      </div>
      {evidence.values && evidence.values.length > 0 && (
        <Values of={evidence.values} unit={kpi?.unit ?? ''} now={now} />
      )}
    </Panel>
  );
}

function Figures({ of }: { of: Readonly<Record<string, unknown>> }) {
  const rows = figureRows(of);
  if (rows.length === 0) return null;
  return (
    <>
      <h3 className="subheading">{texts.alerting.one.figures}</h3>
      <Facts of={rows} />
    </>
  );
}

function Values({ of, unit, now }: { of: NonNullable<Shape['values']>; unit: string; now: number }) {
  const text = texts.alerting.one;
  return (
    <details className="behind">
      <summary>{text.values}</summary>
      <DataTable
        caption={text.valuesCaption}
        rows={of.toReversed()}
        rowKey={([t]) => String(t)}
        columns={[
          { id: 'time', heading: texts.table.time, header: true, cell: ([t]) => moment(t, now) },
          {
            id: 'value',
            heading: text.value,
            number: true,
            cell: ([, v]) => (unit ? valueText(v, unit) : v === null ? texts.table.noValue : exact(v)),
          },
          { id: 'n', heading: texts.table.n, number: true, cell: ([, , n]) => count(n) },
        ]}
      />
    </details>
  );
}
