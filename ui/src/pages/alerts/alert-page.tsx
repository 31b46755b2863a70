import { useState } from 'react';
import { Link } from 'wouter';
import { useAlert } from '../../api/alerts';
import { ApiError } from '../../api/fault';
import { serverNow } from '../../api/http';
import { useKpis } from '../../api/kpis';
import { useRole } from '../../api/session';
import { matchersOf, routedOf, useRouted } from '../../api/silences';
import { Button } from '../../components/button';
import { Fault, PageLoading } from '../../components/states';
import { StateBadge } from '../../components/state-badge';
import { TagList } from '../../components/tag-list';
import type { Alert } from '../../api/types';
import { iso, moment } from '../../lib/format';
import { useMinute } from '../../lib/use-minute';
import type { PageProps } from '../index';
import { texts } from '../../texts';
import { AcknowledgeDialog } from './acknowledge-dialog';
import { AlertsFrame } from './alerts-frame';
import { Evidence } from './evidence';
import { Explanation } from './explanation';
import { Ladder } from './ladder';
import { SeriesPanel } from './series-panel';
import { SilenceDialog } from './silence-dialog';
import { unitOf } from '../../lib/units';

/** One change of state: where links in notifications lead. */
export default function AlertPage({ params }: PageProps) {
  const text = texts.alerting.one;
  const { data, error, refetch } = useAlert(params['id'] ?? '');
  if (data) return <Known alert={data} key={data.id} />;
  if (error instanceof ApiError && error.status === 404) {
    return (
      <AlertsFrame heading={text.missing}>
        <p>{text.missingLead}</p>
        <p>
          <Link className="usa-link" href="/alerts/history">
            {text.toHistory}
          </Link>
        </p>
      </AlertsFrame>
    );
  }
  return error ? <Fault error={error} onRetry={() => void refetch()} /> : <PageLoading />;
}

function Known({ alert }: { alert: Alert }) {
  const text = texts.alerting;
  const kpis = useKpis();
  useMinute();
  const now = serverNow();
  const kpi = kpis.data?.find((k) => k.name === alert.metricName);
  const unit = unitOf(alert, kpis.data);
  return (
    <AlertsFrame
      heading={text.one.heading(alert.state, alert.rule)}
      note={text.changed(alert.previous, alert.state)}
      actions={alert.state !== 'ok' && <Actions alert={alert} />}
    >
      <div className="one__top">
        <StateBadge state={alert.state} />
        <time dateTime={iso(alert.at)}>{moment(alert.at, now)}</time>
        <TagList tags={alert.tags} />
        {alert.provisional && (
          <span className="pill">
            {text.provisional}. {text.provisionalHint}
          </span>
        )}
      </div>
      <div className="one">
        <div className="one__column">
          <Evidence alert={alert} unit={unit} kpi={kpi} now={now} />
          <Explanation alert={alert} unit={unit} now={now} />
        </div>
        <div className="one__column">
          {kpis.isPending ? null : <SeriesPanel alert={alert} kpi={kpi} unit={unit} now={now} />}
          <Ladder alert={alert.id} now={now} />
        </div>
      </div>
    </AlertsFrame>
  );
}

function Actions({ alert }: { alert: Alert }) {
  const [doing, setDoing] = useState<'acknowledge' | 'silence'>();
  const routed = useRouted();
  const mayAct = useRole('operate');
  if (!mayAct) return null;
  return (
    <div className="filters">
      <Button look="primary" onClick={() => setDoing('acknowledge')}>
        {texts.alerting.now.acknowledge}
      </Button>
      <Button onClick={() => setDoing('silence')}>{texts.alerting.now.silence}</Button>
      {doing === 'acknowledge' && <AcknowledgeDialog alert={alert} onClose={() => setDoing(undefined)} />}
      {doing === 'silence' && (
        <SilenceDialog
          matchers={matchersOf(alert, routedOf(alert, routed.data ?? []))}
          onClose={() => setDoing(undefined)}
        />
      )}
    </div>
  );
}
