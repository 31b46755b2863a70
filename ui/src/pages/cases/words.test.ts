import { describe, expect, it } from 'vitest';
import type { CaseClock } from '../../api/types';
import { leftAt } from './words';

const clock = (of: Partial<CaseClock>): CaseClock => ({
  caseId: 'C',
  tags: {},
  state: 'on_track',
  opened: 0,
  ended: null,
  deadline: 100_000,
  remainingMs: 60_000,
  overrunMs: null,
  met: null,
  ...of,
});

describe('what is left of a case', () => {
  it('goes by with the clock on the wall', () => {
    expect(leftAt(clock({}), 40_000, 50_000)).toBe(50_000);
    expect(leftAt(clock({ remainingMs: null, overrunMs: 5000, deadline: 35_000 }), 40_000, 50_000)).toBe(
      -15_000,
    );
  });
  it('stands where the clock does', () => {
    expect(leftAt(clock({ deadline: null, state: 'paused' }), 40_000, 50_000)).toBe(60_000);
    expect(leftAt(clock({ remainingMs: 10_000 }), 40_000, 50_000)).toBe(10_000);
  });
  it('is nothing once it has ended', () => expect(leftAt(clock({ ended: 1 }), 2, 3)).toBeUndefined());
});
