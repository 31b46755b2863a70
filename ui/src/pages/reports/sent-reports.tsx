import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { serverNow } from '../../api/http';
import { sendReport, useReports, type SentReport } from '../../api/reports';
import { useRole } from '../../api/session';
import { Button } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { Panel } from '../../components/panel';
import { Fault, Loading, Nothing } from '../../components/states';
import { count, iso, moment } from '../../lib/format';
import { texts } from '../../texts';
import { pageAddress } from '../address';

/** The reports that are sent by themselves: to whom, when, whether the last one went out, and a test of each. */
export function SentReports() {
  const text = texts.reports.sent;
  const reports = useReports();
  const mayAct = useRole('operate');
  const client = useQueryClient();
  const [sending, setSending] = useState<string>();
  const [said, setSaid] = useState('');
  const send = (report: SentReport) => {
    setSending(report.name);
    void sendReport(report.name)
      .then(
        (n) => setSaid(text.done(nameOf(report), count(n), n === 1)),
        (error: unknown) => setSaid(text.refused((error as Error).message)),
      )
      .finally(() => {
        setSending(undefined);
        void client.invalidateQueries({ queryKey: ['reports'] });
      });
  };
  const deliveries = pageAddress('/alerts/deliveries');
  return (
    <Panel
      name="sent"
      heading={text.heading}
      actions={deliveries && <a href={deliveries}>{text.toDeliveries}</a>}
    >
      {reports.failureReason && !reports.data ? (
        <Fault error={reports.failureReason} onRetry={() => void reports.refetch()} />
      ) : !reports.data ? (
        <Loading height={80} />
      ) : reports.data.length === 0 ? (
        <Nothing>
          <p>{text.none}</p>
          <pre className="code">{text.example}</pre>
          <p>{text.docs}</p>
        </Nothing>
      ) : (
        <DataTable
          caption={text.caption}
          columns={columns(mayAct ? send : undefined, sending)}
          rows={reports.data}
          rowKey={(r) => r.name}
        />
      )}
      <p className="said" role="status">
        {said}
      </p>
    </Panel>
  );
}

const nameOf = (r: SentReport): string => r.title ?? r.name;

type Send = ((report: SentReport) => void) | undefined;

function columns(onSend: Send, sending: string | undefined): readonly Column<SentReport>[] {
  const text = texts.reports.sent;
  const now = serverNow();
  const time = (ms: number) => <time dateTime={iso(ms)}>{moment(ms, now, false)}</time>;
  return [
    {
      id: 'name',
      heading: text.name,
      header: true,
      cell: (r) => (
        <>
          {nameOf(r)}
          <span className="report__under">
            {text.types[r.type]}, {text.schedule(r.schedule, r.timeZone)}
          </span>
        </>
      ),
    },
    { id: 'receivers', heading: text.receivers, cell: (r) => r.receivers.join(', ') },
    { id: 'next', heading: text.next, cell: (r) => time(r.next) },
    {
      id: 'last',
      heading: text.last,
      cell: (r) => (
        <>
          {r.last === undefined ? <span className="muted">{text.never}</span> : time(r.last)}
          {r.fault && <span className="sent__fault">{text.fault(r.fault)}</span>}
        </>
      ),
    },
    ...(onSend
      ? [
          {
            id: 'action',
            heading: text.action,
            cell: (r: SentReport) => (
              <Button disabled={sending !== undefined} onClick={() => onSend(r)}>
                {text.send} <span className="usa-sr-only">{text.sendWhich(nameOf(r))}</span>
              </Button>
            ),
          },
        ]
      : []),
  ];
}
