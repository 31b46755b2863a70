import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  retryDelivery,
  useDeliveries,
  useReceivers,
  type Delivery,
  type DeliveryState,
} from '../../api/deliveries';
import { useReports } from '../../api/reports';
import { useRole } from '../../api/session';
import { Button } from '../../components/button';
import { Panel } from '../../components/panel';
import { Fault, Loading, Nothing } from '../../components/states';
import { useParam } from '../../lib/url-state';
import { texts } from '../../texts';
import { AlertsFrame } from './alerts-frame';
import { DeliveryTable } from './delivery-table';
import { PickField } from './pick-field';
import { ReceiverTable } from './receiver-table';

const states = ['', 'pending', 'delivered', 'dead'] as const;

/** Who is told, and whether it arrives. */
export default function DeliveriesPage() {
  const text = texts.alerting.deliveries;
  const receivers = useReceivers();
  const reports = useReports();
  const client = useQueryClient();
  const mayAct = useRole('operate');
  const [said, setSaid] = useState('');
  const retry = (delivery: Delivery) =>
    void retryDelivery(delivery.id).then(
      () => {
        setSaid(text.retried);
        void client.invalidateQueries({ queryKey: ['alerting', 'deliveries'] });
      },
      (error: unknown) => setSaid(texts.alerting.refused((error as Error).message)),
    );
  const onRetry = mayAct ? retry : undefined;
  return (
    <AlertsFrame heading={text.heading}>
      <p className="said" role="status">
        {said}
      </p>
      <Panel name="receivers" heading={text.receivers}>
        {receivers.failureReason && !receivers.data ? (
          <Fault error={receivers.failureReason} onRetry={() => void receivers.refetch()} />
        ) : !receivers.data ? (
          <Loading height={160} />
        ) : receivers.data.length === 0 ? (
          <Nothing>{text.receiversNone}</Nothing>
        ) : (
          <ReceiverTable
            receivers={receivers.data}
            ofReports={new Set(reports.data?.flatMap((r) => r.receivers))}
          />
        )}
      </Panel>
      <Dead onRetry={onRetry} />
      <All names={[...new Set(receivers.data?.map((r) => r.receiver) ?? [])]} onRetry={onRetry} />
    </AlertsFrame>
  );
}

type Retry = ((delivery: Delivery) => void) | undefined;

function Dead({ onRetry }: { onRetry: Retry }) {
  const text = texts.alerting.deliveries;
  const dead = useDeliveries({ state: 'dead' });
  const all = dead.data?.pages.flatMap((p) => p.deliveries) ?? [];
  return (
    <Panel name="dead" heading={text.deadHeading}>
      {dead.isPending ? (
        <Loading height={80} />
      ) : all.length === 0 ? (
        <Nothing>{text.deadNone}</Nothing>
      ) : (
        <DeliveryTable deliveries={all} caption={text.deadHeading} onRetry={onRetry} />
      )}
    </Panel>
  );
}

function All({ names, onRetry }: { names: readonly string[]; onRetry: Retry }) {
  const text = texts.alerting.deliveries;
  const [receiver, setReceiver] = useParam<string>('receiver', '');
  const [state, setState] = useParam<'' | DeliveryState>('state', '', states);
  const list = useDeliveries({ ...(receiver && { receiver }), ...(state && { state }) });
  const all = list.data?.pages.flatMap((p) => p.deliveries) ?? [];
  const every = { value: '' as const, label: texts.alerting.all };
  const known = receiver === '' || names.includes(receiver) ? names : [receiver, ...names];
  return (
    <Panel
      name="deliveries"
      heading={text.list}
      actions={
        <div className="filters" role="group" aria-label={text.filters}>
          <PickField
            label={text.receiver}
            value={receiver}
            onChange={setReceiver}
            options={[every, ...known.map((name) => ({ value: name, label: name }))]}
          />
          <PickField
            label={text.state}
            value={state}
            onChange={setState}
            options={[
              every,
              ...(['pending', 'delivered', 'dead'] as const).map((s) => ({
                value: s,
                label: texts.alerting.ladder.state(s),
              })),
            ]}
          />
        </div>
      }
    >
      {list.failureReason && !list.data ? (
        <Fault error={list.failureReason} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading height={320} />
      ) : all.length === 0 ? (
        <Nothing>{text.none}</Nothing>
      ) : (
        <DeliveryTable deliveries={all} caption={text.caption} onRetry={onRetry} />
      )}
      {list.hasNextPage && (
        <div className="pager">
          <Button onClick={() => void list.fetchNextPage()}>{texts.alerting.more}</Button>
        </div>
      )}
    </Panel>
  );
}
