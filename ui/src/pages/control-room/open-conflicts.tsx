import { useConflicts } from '../../api/cases';
import { Panel } from '../../components/panel';
import { Fault, Loading, Nothing } from '../../components/states';
import { count, iso, moment } from '../../lib/format';
import { useFlag } from '../../lib/url-state';
import { useConflictFilter } from '../../live/use-conflict-filter';
import { texts } from '../../texts';
import { pageAddress } from '../address';

const shownAtMost = 5;

/** Who is on the same case as somebody else right now, the newest first. */
export function OpenConflicts({ now }: { now: number }) {
  const text = texts.controlRoom.open;
  const [paused] = useFlag('paused');
  const conflicts = useConflicts(useConflictFilter(), { paused });
  const newest = conflicts.data?.toSorted((a, b) => b.since - a.since).slice(0, shownAtMost);
  return (
    <Panel name="open-conflicts" heading={text.heading} note={conflicts.data && count(conflicts.data.length)}>
      {newest ? (
        newest.length === 0 ? (
          <Nothing>{text.none}</Nothing>
        ) : (
          <ul className="rows">
            {newest.map(({ kpi, caseId, level, agents, since }) => {
              const href = pageAddress(`/cases/${encodeURIComponent(caseId)}`);
              return (
                <li className="row row--plain" key={`${kpi} ${caseId} ${level}`}>
                  <p className="row__what">{href ? <a href={href}>{caseId}</a> : caseId}</p>
                  <time className="row__side muted" dateTime={iso(since)}>
                    {text.since(moment(since, now, false))}
                  </time>
                  <p className="row__detail">{text.who(agents.join(', '), level)}</p>
                </li>
              );
            })}
          </ul>
        )
      ) : conflicts.failureReason ? (
        <Fault error={conflicts.failureReason} onRetry={() => void conflicts.refetch()} />
      ) : (
        <Loading height={shownAtMost * 45} />
      )}
    </Panel>
  );
}
