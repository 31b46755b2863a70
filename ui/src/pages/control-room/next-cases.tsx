import { useCases } from '../../api/cases';
import type { CaseClock, KpiState, Tags } from '../../api/types';
import { Panel } from '../../components/panel';
import { StateShape } from '../../components/shapes';
import { Fault, Loading, Nothing } from '../../components/states';
import { tagText } from '../../components/tag-list';
import { duration, iso, weekdayTime } from '../../lib/format';
import { useFlag } from '../../lib/url-state';
import { texts } from '../../texts';
import { pageAddress } from '../address';

const shapes: Partial<Record<CaseClock['state'], KpiState>> = {
  breached: 'critical',
  at_risk: 'warning',
  on_track: 'ok',
};

/** Those past their deadline come first, but not at the price of those that can still be saved. */
function placed(all: readonly CaseClock[], coming: readonly CaseClock[], limit: number) {
  const crowded = all.length === limit && all.every((one) => one.state === 'breached');
  return crowded ? [...all.slice(0, limit - coming.length), ...coming] : all;
}

/** The cases whose deadline comes next, those past it first. */
export function NextCases({ tags, limit = 8 }: { tags: Tags; limit?: number }) {
  const text = texts.controlRoom.next;
  const [paused] = useFlag('paused');
  const cases = useCases({ limit, tags }, { paused });
  const coming = useCases({ limit: Math.floor(limit / 2), tags, atRisk: true }, { paused });
  const rows = placed(cases.data?.cases ?? [], coming.data?.cases ?? [], limit);
  return (
    <Panel name="next" heading={text.heading}>
      {cases.data ? (
        rows.length === 0 ? (
          <Nothing>{text.none}</Nothing>
        ) : (
          <ol className="rows">
            {rows.map((one) => (
              <CaseRow key={`${one.caseId} ${one.goal ?? ''}`} clock={one} />
            ))}
          </ol>
        )
      ) : cases.failureReason ? (
        <Fault error={cases.failureReason} onRetry={() => void cases.refetch()} />
      ) : (
        <Loading height={limit * 45} />
      )}
    </Panel>
  );
}

function CaseRow({ clock }: { clock: CaseClock }) {
  const text = texts.controlRoom.next;
  const { caseId, state, deadline, remainingMs, overrunMs, tags, goal } = clock;
  const href = pageAddress(`/cases/${encodeURIComponent(caseId)}`);
  const words =
    overrunMs !== null
      ? text.over(duration(overrunMs))
      : `${text.state(state)}, ${remainingMs !== null ? text.left(duration(remainingMs)) : text.noDeadline}`;
  return (
    <li className="row" data-case={caseId} data-state={state}>
      <StateShape state={shapes[state]} />
      <p className="row__what">{href ? <a href={href}>{caseId}</a> : caseId}</p>
      <p className={state === 'breached' ? 'row__side row__late' : 'row__side'}>{words}</p>
      <p className="row__detail" title={tagText(tags)}>
        {[...new Set([goal ?? '', ...Object.values(tags)])].filter(Boolean).join(' · ')}
      </p>
      {deadline !== null && (
        <time className="row__side muted" dateTime={iso(deadline)}>
          {text.due(weekdayTime(deadline))}
        </time>
      )}
    </li>
  );
}
