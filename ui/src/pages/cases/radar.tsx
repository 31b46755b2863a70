import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link } from 'wouter';
import { useConflicts } from '../../api/cases';
import { useConflictFilter } from '../../live/use-conflict-filter';
import type { Conflict } from '../../api/types';
import { Panel } from '../../components/panel';
import { Fault, Loading, Nothing } from '../../components/states';
import { count, iso, moment } from '../../lib/format';
import { useFlag } from '../../lib/url-state';
import { useMinute } from '../../lib/use-minute';
import { useHub } from '../../live/use-live';
import { texts } from '../../texts';

const waitBetween = 1000;

/** The stream tells when the number of conflicts moves; who is in them is asked for then. */
function useMoves(paused: boolean) {
  const hub = useHub();
  const client = useQueryClient();
  useEffect(() => {
    if (paused) return;
    let timer: number | undefined;
    const ask = () => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ['conflicts'] });
      }, waitBetween);
    };
    const leave = hub.join({
      kinds: ['kpi'],
      kpi: (frame) => {
        if (frame.series.some((s) => s.figures && 'L1' in s.figures)) ask();
      },
      opened: ask,
      resync: ask,
    });
    return () => {
      leave();
      window.clearTimeout(timer);
    };
  }, [hub, client, paused]);
}

interface OnCase {
  readonly caseId: string;
  readonly since: number;
  readonly conflicts: readonly Conflict[];
}

/** By case, the newest first. */
export function byCase(conflicts: readonly Conflict[]): readonly OnCase[] {
  const found = new Map<string, Conflict[]>();
  for (const one of conflicts) found.set(one.caseId, [...(found.get(one.caseId) ?? []), one]);
  return [...found]
    .map(([caseId, all]) => ({ caseId, conflicts: all, since: Math.max(...all.map((c) => c.since)) }))
    .sort((a, b) => b.since - a.since);
}

/** The conflict radar: who is on which case at the same time as somebody else, as it happens. */
export function Radar() {
  const text = texts.cases.radar;
  const [paused] = useFlag('paused');
  const now = useMinute();
  useMoves(paused);
  const conflicts = useConflicts(useConflictFilter(), { paused });
  const cases = byCase(conflicts.data ?? []);
  return (
    <Panel name="radar" heading={text.heading} note={conflicts.data && count(conflicts.data.length)}>
      <p className="radar__words" data-testid="radar-words">
        {conflicts.data
          ? text.summary(count(conflicts.data.length), conflicts.data.length, count(cases.length))
          : '\u00a0'}
      </p>
      {conflicts.failureReason && !conflicts.data ? (
        <Fault error={conflicts.failureReason} onRetry={() => void conflicts.refetch()} />
      ) : !conflicts.data ? (
        <Loading height={320} />
      ) : cases.length === 0 ? (
        <Nothing height={120}>{texts.controlRoom.open.none}</Nothing>
      ) : (
        <ul className="rows radar" aria-label={text.heading}>
          {cases.map((one) => (
            <li className="row row--plain" key={one.caseId} data-case={one.caseId}>
              <p className="row__what">
                <Link href={`/cases/${encodeURIComponent(one.caseId)}`}>{one.caseId}</Link>
              </p>
              <time className="row__side muted" dateTime={iso(one.since)}>
                {texts.controlRoom.open.since(moment(one.since, now, false))}
              </time>
              {one.conflicts.map(({ kpi, level, agents }) => (
                <p className="row__detail" key={`${kpi} ${level}`}>
                  <span className="radar__who">{agents.join(', ')}</span> {text.level(level)}
                </p>
              ))}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
