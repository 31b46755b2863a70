import type { CaseClock, KpiState } from '../../api/types';
import { duration } from '../../lib/format';
import { texts } from '../../texts';

/** The shape that a case's state has in common with that of a KPI. */
export const shapeOf: Partial<Record<CaseClock['state'], KpiState>> = {
  breached: 'critical',
  at_risk: 'warning',
  on_track: 'ok',
};

/** What is left, as of now: what the server said, less the time since. A paused clock stands. */
export function leftAt(clock: CaseClock, said: number, now: number): number | undefined {
  if (clock.ended !== null) return undefined;
  if (clock.deadline === null) return clock.remainingMs ?? undefined;
  // The clock may stand outside of business hours; then what is left is not what is left on the wall.
  const left = clock.overrunMs !== null ? -clock.overrunMs : (clock.remainingMs ?? 0);
  const wall = clock.deadline - said;
  return Math.abs(left - wall) < 2000 ? clock.deadline - now : left;
}

export function leftWords(left: number | undefined): string {
  const text = texts.controlRoom.next;
  if (left === undefined) return text.noDeadline;
  return left < 0 ? text.over(duration(-left)) : text.left(duration(left));
}
