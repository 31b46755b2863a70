import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { serverNow } from '../../api/http';
import { useRole } from '../../api/session';
import { expireSilence, matcherText, useSilences, withOperator, type Silence } from '../../api/silences';
import { Button } from '../../components/button';
import { DataTable, type Column } from '../../components/data-table';
import { Panel } from '../../components/panel';
import { Fault, Loading, Nothing } from '../../components/states';
import { count, iso, moment } from '../../lib/format';
import { texts } from '../../texts';
import { AlertsFrame } from './alerts-frame';
import { SilenceDialog } from './silence-dialog';

const order = ['active', 'pending', 'expired'] as const;
const whole = (silence: Silence) => silence.matchers.map(matcherText).join(' ');

/** The silences there are, were and will be. */
export default function SilencesPage() {
  const text = texts.alerting.silences;
  const silences = useSilences();
  const mayAct = useRole('operate');
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [said, setSaid] = useState('');
  const expire = (silence: Silence) =>
    void expireSilence(silence.id).then(
      () => {
        setSaid(text.ended(whole(silence)));
        void client.invalidateQueries({ queryKey: ['alerting'] });
      },
      (error: unknown) => setSaid(texts.alerting.refused((error as Error).message)),
    );
  const all = silences.data;
  return (
    <AlertsFrame
      heading={text.heading}
      actions={
        mayAct && (
          <Button look="primary" onClick={() => setAdding(true)}>
            {text.add}
          </Button>
        )
      }
    >
      <p className="said" role="status">
        {said}
      </p>
      {silences.failureReason && !all ? (
        <Fault error={silences.failureReason} onRetry={() => void silences.refetch()} />
      ) : !all ? (
        <Loading height={240} />
      ) : all.length === 0 ? (
        <Nothing>{text.none}</Nothing>
      ) : (
        order.map((state) => {
          const some = all.filter((s) => s.status.state === state);
          if (some.length === 0) return null;
          return (
            <Panel key={state} name={`silences-${state}`} heading={text.group(state, count(some.length))}>
              <Table silences={some} {...(mayAct && state !== 'expired' && { onExpire: expire })} />
            </Panel>
          );
        })
      )}
      {adding && <SilenceDialog matchers={[withOperator('', '=', '')]} onClose={() => setAdding(false)} />}
    </AlertsFrame>
  );
}

function Table(props: { silences: readonly Silence[]; onExpire?: (silence: Silence) => void }) {
  const text = texts.alerting.silences;
  const { silences, onExpire } = props;
  const now = serverNow();
  const time = (at: string) => (
    <time dateTime={iso(Date.parse(at))}>{moment(Date.parse(at), now, false)}</time>
  );
  const columns: readonly Column<Silence>[] = [
    {
      id: 'conditions',
      heading: text.conditions,
      header: true,
      cell: (s) => (
        <span className="conditions">
          {s.matchers.map((m) => (
            <code key={m.name}>{matcherText(m)}</code>
          ))}
        </span>
      ),
    },
    { id: 'why', heading: text.why, cell: (s) => s.comment },
    { id: 'by', heading: text.by, sort: (s) => s.createdBy, cell: (s) => s.createdBy },
    { id: 'begins', heading: text.begins, sort: (s) => s.startsAt, cell: (s) => time(s.startsAt) },
    { id: 'ends', heading: text.ends, sort: (s) => s.endsAt, cell: (s) => time(s.endsAt) },
    ...(onExpire
      ? [
          {
            id: 'action',
            heading: text.action,
            cell: (s: Silence) => (
              <Button onClick={() => onExpire(s)}>
                {text.expire}
                <span className="usa-sr-only"> {text.expireWhich(whole(s))}</span>
              </Button>
            ),
          },
        ]
      : []),
  ];
  return (
    <DataTable
      caption={text.state(silences[0]?.status.state ?? '')}
      columns={columns}
      rows={silences}
      rowKey={(s) => s.id}
    />
  );
}
