import { useState } from 'react';
import { useAcknowledgements, useStanding } from '../../api/alerts';
import { useKpis } from '../../api/kpis';
import { useRole } from '../../api/session';
import { matchersOf, routedOf, useRouted } from '../../api/silences';
import type { Alert } from '../../api/types';
import { Fault, Loading, Nothing } from '../../components/states';
import { serverNow } from '../../api/http';
import { count } from '../../lib/format';
import { useMinute } from '../../lib/use-minute';
import { sameTags } from '../../live/thresholds';
import { unitOf } from '../../lib/units';
import { texts } from '../../texts';
import { AcknowledgeDialog } from './acknowledge-dialog';
import { AlertsFrame } from './alerts-frame';
import { FiringAlert, isHidden, type Standing } from './firing-alert';
import { SilenceDialog } from './silence-dialog';
import { worstFirst } from './words';

type Doing = { readonly what: 'acknowledge' | 'silence'; readonly of: Standing } | undefined;

/** What the routing and people made of each alert that stands. */
function useFiring() {
  const standing = useStanding();
  const routed = useRouted();
  const acknowledgements = useAcknowledgements();
  const kpis = useKpis();
  const acknowledged = (alert: Alert) =>
    acknowledgements.data?.find(
      ({ alerts, labels }) =>
        alerts.includes(alert.id) ||
        (labels['alertname'] === alert.rule &&
          labels['severity'] === alert.state &&
          sameTags(
            Object.fromEntries(Object.keys(alert.tags).map((key) => [key, labels[key] ?? ''])),
            alert.tags,
          )),
    );
  const all = standing.data
    ?.filter((alert) => alert.state !== 'ok')
    .toSorted(worstFirst)
    .map((alert): Standing => ({
      alert,
      unit: unitOf(alert, kpis.data),
      routed: routedOf(alert, routed.data ?? []),
      acknowledgement: acknowledged(alert),
    }));
  return { standing, all };
}

/** The alerts that fire now, the worst first. */
export default function AlertsPage() {
  const text = texts.alerting.now;
  const { standing, all } = useFiring();
  const [doing, setDoing] = useState<Doing>();
  const mayAct = useRole('operate');
  useMinute();
  const now = serverNow();
  const states = (state: string) => all?.filter(({ alert }) => alert.state === state).length ?? 0;
  const hidden = all?.filter(({ routed }) => isHidden(routed)).length ?? 0;
  return (
    <AlertsFrame
      heading={text.heading}
      note={
        all &&
        [
          text.count(states('critical'), states('warning')),
          ...(hidden > 0 ? [text.hidden(count(hidden))] : []),
        ].join('; ')
      }
    >
      {!mayAct && <p className="muted">{texts.alerting.readOnly}</p>}
      {standing.failureReason && !all ? (
        <Fault error={standing.failureReason} onRetry={() => void standing.refetch()} />
      ) : !all ? (
        <Loading height={360} />
      ) : all.length === 0 ? (
        <Nothing>{text.none}</Nothing>
      ) : (
        <ol className="firing-list" aria-label={text.heading}>
          {all.map((of) => (
            <FiringAlert
              key={of.alert.id}
              of={of}
              now={now}
              mayAct={mayAct}
              onAcknowledge={() => setDoing({ what: 'acknowledge', of })}
              onSilence={() => setDoing({ what: 'silence', of })}
            />
          ))}
        </ol>
      )}
      {doing?.what === 'acknowledge' && (
        <AcknowledgeDialog alert={doing.of.alert} onClose={() => setDoing(undefined)} />
      )}
      {doing?.what === 'silence' && (
        <SilenceDialog
          matchers={matchersOf(doing.of.alert, doing.of.routed)}
          onClose={() => setDoing(undefined)}
        />
      )}
    </AlertsFrame>
  );
}
