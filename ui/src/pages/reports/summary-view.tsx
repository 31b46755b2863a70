import type { ReactNode } from 'react';
import type { KpiSummary, Summary } from '../../api/reports';
import { KpiBadge, StateBadge } from '../../components/state-badge';
import { tagText } from '../../components/tag-list';
import { as } from '../../lib/roles';
import { count, duration, iso, moment, percent } from '../../lib/format';
import { conditionText, valueText } from '../../lib/units';
import { titleOf } from '../../lib/title';
import { texts } from '../../texts';

/** A span summed up: for the eye, and for paper. */
export function SummaryView({ summary }: { summary: Summary }) {
  const text = texts.reports;
  const bad = (state: string) => summary.kpis.filter((k) => k.state === state).length;
  return (
    <>
      <p className="report__lead" data-testid="report-lead">
        {text.lead(bad('critical'), bad('warning'), summary.kpis.length)}{' '}
        {!summary.over && <strong>{text.notOver(moment(summary.to, 0, false))}</strong>}
      </p>
      <Section heading={text.kpis} note={text.against}>
        <Wide label={text.kpis}>
          <table
            className="usa-table usa-table--borderless table table--records report__table"
            {...as('table')}
          >
            <caption className="usa-sr-only">{text.kpis}</caption>
            <thead {...as('rowgroup')}>
              <tr {...as('row')}>
                <th scope="col" {...as('columnheader')}>
                  {text.kpi}
                </th>
                <th scope="col" className="cell--number" {...as('columnheader')}>
                  {text.value}
                </th>
                <th scope="col" {...as('columnheader')}>
                  {text.state}
                </th>
                <th scope="col" className="cell--number" {...as('columnheader')}>
                  {text.change}
                </th>
                <th scope="col" {...as('columnheader')}>
                  {text.worst}
                </th>
              </tr>
            </thead>
            <tbody {...as('rowgroup')}>
              {summary.kpis.map((k) => (
                <KpiRow key={k.name} kpi={k} />
              ))}
            </tbody>
          </table>
        </Wide>
      </Section>
      <Alerts summary={summary} />
      <Cases summary={summary} />
      <Conflicts summary={summary} />
    </>
  );
}

function Section({ heading, note, children }: { heading: string; note?: string; children: ReactNode }) {
  return (
    <section className="panel report__section">
      <header className="panel__head">
        <h2 className="panel__title">{heading}</h2>
        {note && <p className="panel__note">{note}</p>}
      </header>
      {children}
    </section>
  );
}

/** What a cell is called where each row stands as a record. */
const cell = (label: string) => ({ 'data-label': label, ...as('cell') });

/** A table that may be wider than a narrow page: it scrolls there, and is whole on paper. */
function Wide({ label, children }: { label: string; children: ReactNode }) {
  return (
    // The region scrolls, so the keyboard must reach it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="report__wide" tabIndex={0} role="region" aria-label={label}>
      {children}
    </div>
  );
}

function KpiRow({ kpi: k }: { kpi: KpiSummary }) {
  const text = texts.reports;
  const target = targetText(k);
  return (
    <tr {...as('row')} data-kpi={k.name} data-state={k.state}>
      <th scope="row" {...as('rowheader')}>
        <strong>{titleOf(k)}</strong>
        {target && <span className="report__under">{target}</span>}
      </th>
      <td className="cell--number" {...cell(text.value)}>
        <data value={k.value ?? ''}>{valueText(k.value, k.unit)}</data>
        <span className="report__under">{texts.tile.n(count(k.n))}</span>
      </td>
      <td {...cell(text.state)}>
        <KpiBadge state={k.state} target={target} />
      </td>
      <td className="cell--number" {...cell(text.change)}>
        <data value={k.change ?? ''}>{changeText(k)}</data>
      </td>
      <td {...cell(text.worst)}>
        {k.worst.length === 0 ? (
          <span className="muted">{texts.reports.noWorst}</span>
        ) : (
          <ul className="report__groups">
            {k.worst.map((g) => (
              <li key={tagText(g.tags)}>
                {tagText(g.tags)} <strong>{valueText(g.value, k.unit)}</strong>{' '}
                {target && <span className="muted">{texts.state(g.state as 'ok')}</span>}
              </li>
            ))}
          </ul>
        )}
      </td>
    </tr>
  );
}

/** What the KPI is held to, if anything. */
function targetText(k: KpiSummary): string | undefined {
  const words = [
    k.objective === undefined ? '' : texts.tile.objective(percent(k.objective)),
    k.warning || k.critical
      ? texts.tile.limits(conditionText(k.warning, k.unit), conditionText(k.critical, k.unit))
      : '',
  ].filter(Boolean);
  return words.length > 0 ? words.join('. ') : undefined;
}

function changeText(k: KpiSummary): string {
  const text = texts.reports;
  if (k.change === null) return text.noChange;
  const by = Math.abs(k.change);
  // Shares differ in percentage points, not in percent of each other.
  const words =
    k.unit === 'ratio' ? texts.tile.points(percent(by).replace(/\s?%/, '')) : valueText(by, k.unit);
  // What rounding leaves nothing of is no change to the eye.
  return /[1-9]/.test(words) ? text.changed(words, k.change > 0) : text.same;
}

function Alerts({ summary: { alerts } }: { summary: Summary }) {
  const text = texts.reports;
  return (
    <Section heading={text.alerts} note={text.alertCount(count(alerts.series), count(alerts.standing))}>
      {alerts.shown.length === 0 ? (
        <p className="panel__empty">{text.noAlerts}</p>
      ) : (
        <Wide label={text.alerts}>
          <table
            className="usa-table usa-table--borderless table table--records report__table"
            {...as('table')}
          >
            <caption className="usa-sr-only">{text.alerts}</caption>
            <thead {...as('rowgroup')}>
              <tr {...as('row')}>
                <th scope="col" {...as('columnheader')}>
                  {text.rule}
                </th>
                <th scope="col" {...as('columnheader')}>
                  {text.worstState}
                </th>
                <th scope="col" className="cell--number" {...as('columnheader')}>
                  {text.stood}
                </th>
                <th scope="col" className="cell--number" {...as('columnheader')}>
                  {text.times}
                </th>
                <th scope="col" {...as('columnheader')}>
                  {text.atEnd}
                </th>
              </tr>
            </thead>
            <tbody {...as('rowgroup')}>
              {alerts.shown.map((f) => (
                <tr {...as('row')} key={`${f.kind} ${f.rule} ${tagText(f.tags)}`} data-alert={f.lastId}>
                  <th scope="row" {...as('rowheader')}>
                    <strong>{f.rule}</strong>
                    <span className="report__under">{tagText(f.tags)}</span>
                  </th>
                  <td {...cell(text.worstState)}>
                    <StateBadge state={f.worst} />
                  </td>
                  <td className="cell--number" {...cell(text.stood)}>
                    <data value={f.durationMs}>{duration(f.durationMs)}</data>
                  </td>
                  <td className="cell--number" {...cell(text.times)}>
                    {count(f.times)}
                  </td>
                  <td {...cell(text.atEnd)}>{f.standing ? text.standing : text.ended}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {alerts.series > alerts.shown.length && (
        <p className="report__rest">{text.rest(count(alerts.series - alerts.shown.length))}</p>
      )}
    </Section>
  );
}

function Cases({ summary: { cases } }: { summary: Summary }) {
  const text = texts.reports;
  return (
    <Section heading={text.cases} note={text.caseCount(count(cases.count), count(cases.open))}>
      {cases.shown.length === 0 ? (
        <p className="panel__empty">{text.noCases}</p>
      ) : (
        <Wide label={text.cases}>
          <table
            className="usa-table usa-table--borderless table table--records report__table"
            {...as('table')}
          >
            <caption className="usa-sr-only">{text.cases}</caption>
            <thead {...as('rowgroup')}>
              <tr {...as('row')}>
                <th scope="col" {...as('columnheader')}>
                  {text.case}
                </th>
                <th scope="col" {...as('columnheader')}>
                  {text.due}
                </th>
                <th scope="col" className="cell--number" {...as('columnheader')}>
                  {text.late}
                </th>
                <th scope="col" {...as('columnheader')}>
                  {text.now}
                </th>
              </tr>
            </thead>
            <tbody {...as('rowgroup')}>
              {cases.shown.map((c) => (
                <tr {...as('row')} key={`${c.caseId} ${c.goal ?? ''}`} data-case={c.caseId}>
                  <th scope="row" {...as('rowheader')}>
                    <strong>{c.caseId}</strong>
                    <span className="report__under">
                      {[c.goal, tagText(c.tags)].filter(Boolean).join(' · ')}
                    </span>
                  </th>
                  <td {...cell(text.due)}>
                    <time dateTime={iso(c.deadline)}>{moment(c.deadline, 0, false)}</time>
                  </td>
                  <td className="cell--number" {...cell(text.late)}>
                    <data value={c.overrunMs}>{duration(c.overrunMs)}</data>
                  </td>
                  <td {...cell(text.now)}>{c.ended === null ? text.open : text.closed}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {cases.count > cases.shown.length && (
        <p className="report__rest">{text.rest(count(cases.count - cases.shown.length))}</p>
      )}
    </Section>
  );
}

function Conflicts({ summary: { conflicts } }: { summary: Summary }) {
  const text = texts.reports;
  return (
    <Section heading={text.conflicts} note={text.conflictCount(count(conflicts.open))}>
      {conflicts.shown.length === 0 ? (
        <p className="panel__empty">{text.noConflicts}</p>
      ) : (
        <Wide label={text.conflicts}>
          <table
            className="usa-table usa-table--borderless table table--records report__table"
            {...as('table')}
          >
            <caption className="usa-sr-only">{text.conflicts}</caption>
            <thead {...as('rowgroup')}>
              <tr {...as('row')}>
                <th scope="col" {...as('columnheader')}>
                  {text.case}
                </th>
                <th scope="col" {...as('columnheader')}>
                  {text.agents}
                </th>
                <th scope="col" {...as('columnheader')}>
                  {text.since}
                </th>
              </tr>
            </thead>
            <tbody {...as('rowgroup')}>
              {conflicts.shown.map((c) => (
                <tr
                  {...as('row')}
                  key={`${c.kpi} ${c.caseId} ${c.level} ${c.since} ${(c.agents ?? []).join()}`}
                >
                  <th scope="row" {...as('rowheader')}>
                    <strong>{c.caseId}</strong>
                  </th>
                  <td {...cell(text.agents)}>{(c.agents ?? []).join(', ')}</td>
                  <td {...cell(text.since)}>
                    <time dateTime={iso(c.since)}>{moment(c.since, 0, false)}</time>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {conflicts.open > conflicts.shown.length && (
        <p className="report__rest">{text.rest(count(conflicts.open - conflicts.shown.length))}</p>
      )}
    </Section>
  );
}
