import { useEffect, useId, useState } from 'react';
import { useSearchParams } from 'wouter';
import { address } from '../../api/client';
import { serverNow } from '../../api/http';
import { useSummary, type ReportSpan } from '../../api/reports';
import { Button } from '../../components/button';
import { Segments } from '../../components/segments';
import { Fault, Loading } from '../../components/states';
import { clockAhead, iso, machineZone, moment, zoneName } from '../../lib/format';
import { usePreferences, zoneOf } from '../../lib/preferences';
import { useParam } from '../../lib/url-state';
import { texts } from '../../texts';
import { SentReports } from './sent-reports';
import { presets, spanOf, clockOf, type Preset } from './spans';
import { SummaryView } from './summary-view';

/** A shift or a week on paper. */
export default function ReportsPage() {
  const text = texts.reports;
  const preferences = usePreferences();
  const { language, agency } = preferences;
  const shown = zoneOf(preferences);
  // Shifts and days are the agency's, where it has a zone.
  const zone = agency || (shown === 'viewer' ? machineZone() : shown);
  const [preset] = useParam<Preset>('span', 'last-shift', [...presets, 'own']);
  const [from, setFrom] = useParam<string>('from', '');
  const [to, setTo] = useParam<string>('to', '');
  const [, setAddress] = useSearchParams();
  // The span stays while the page is open: a report does not change under its reader.
  const [opened] = useState(serverNow);
  const named = preset === 'own' ? undefined : spanOf(preset, opened, clockOf(zone));
  const own = { from: Number(from), to: Number(to) };
  const span: ReportSpan =
    named ?? (own.from > 0 && own.to > own.from ? own : { from: opened - 86_400_000, to: opened });
  const summary = useSummary(span);
  useEffect(() => {
    document.title = `${texts.pages.reports} · ${texts.product}`;
  });
  const query = { from: span.from, to: span.to, zone, language };
  return (
    <div className="report">
      <div className="page__top report__top">
        <div>
          <h1 className="page__title">{text.heading}</h1>
          <p className="report__span">
            <time dateTime={iso(span.from)}>{moment(span.from, 0, false)}</time> {text.until}{' '}
            <time dateTime={iso(span.to)}>{moment(span.to, 0, false)}</time>
          </p>
          <p className="headline__note">{texts.zone(zoneName(span.from))}</p>
        </div>
        <div className="report__tools">
          <Button look="primary" onClick={() => window.print()}>
            {text.print}
          </Button>
          <a href={address('/api/reports/summary.html', query)}>{text.mail}</a>
          <a href={address('/api/reports/summary.txt', query)}>{text.plain}</a>
        </div>
      </div>
      <div className="report__choice">
        <Segments
          label={text.choose}
          options={[...presets, 'own' as const].map((value) => ({ value, label: text.presets[value] }))}
          chosen={preset}
          onChoose={(next) => {
            // In one step: of several changes of the address in a row, the last alone would stay.
            setAddress(
              next === 'own' ? { span: 'own', from: String(span.from), to: String(span.to) } : { span: next },
              { replace: true },
            );
          }}
        />
        {preset === 'own' && (
          <OwnSpan span={span} onFrom={(ms) => setFrom(String(ms))} onTo={(ms) => setTo(String(ms))} />
        )}
      </div>
      {summary.failureReason && !summary.data ? (
        <Fault error={summary.failureReason} onRetry={() => void summary.refetch()} />
      ) : summary.data && summary.data.from === span.from ? (
        <>
          {summary.failureReason && (
            <Fault error={summary.failureReason} onRetry={() => void summary.refetch()} />
          )}
          <SummaryView summary={summary.data} />
        </>
      ) : (
        <Loading height={700} />
      )}
      <SentReports />
    </div>
  );
}

/** Minutes by the clock of the zone in force, as a date field has them. */
const fieldValue = (ms: number): string => new Date(ms + clockAhead(ms)).toISOString().slice(0, 16);

function fromField(value: string): number {
  const clock = Date.parse(`${value}Z`);
  // The clock may have been put forward or back between the two.
  return clock - clockAhead(clock - clockAhead(clock));
}

function OwnSpan(props: { span: ReportSpan; onFrom: (ms: number) => void; onTo: (ms: number) => void }) {
  const text = texts.reports;
  const id = useId();
  const set = (tell: (ms: number) => void) => (value: string) => {
    if (value !== '') tell(fromField(value));
  };
  return (
    <div className="report__own">
      <div className="field">
        <label htmlFor={`${id}-from`}>{text.from}</label>
        <input
          className="usa-input input"
          id={`${id}-from`}
          type="datetime-local"
          value={fieldValue(props.span.from)}
          onChange={(e) => set(props.onFrom)(e.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}-to`}>{text.to}</label>
        <input
          className="usa-input input"
          id={`${id}-to`}
          type="datetime-local"
          value={fieldValue(props.span.to)}
          onChange={(e) => set(props.onTo)(e.target.value)}
        />
      </div>
      <span className="muted">{text.ownZone(zoneName(props.span.from))}</span>
    </div>
  );
}
