import { describe, expect, it } from 'vitest';
import type { Conflict } from '../../api/types';
import { setFormats } from '../../lib/format';
import { ticksOf } from './clock-axis';
import { totalsOf } from './cycle-account';
import { byCase } from './radar';

describe('the account of a clock', () => {
  it('has few ticks, all inside, however long it runs', () => {
    for (let length = 1000; length < 40 * 365 * 86_400_000; length *= 3) {
      const ticks = ticksOf(1_700_000_000_000, 1_700_000_000_000 + length, 8);
      expect(ticks.length).toBeLessThanOrEqual(9);
      expect(ticks.every((t) => t.at >= 1_700_000_000_000 && t.at < 1_700_000_000_000 + length)).toBe(true);
    }
  });

  it('has days that begin at midnight of the zone in force', () => {
    setFormats('en-US', 'Asia/Kolkata');
    const from = Date.parse('2026-03-01T00:00:00Z');
    expect(new Date(ticksOf(from, from + 5 * 86_400_000, 8)[0]?.at ?? 0).toISOString()).toBe(
      '2026-03-01T18:30:00.000Z',
    );
    setFormats('en-US', 'viewer');
  });

  it('adds up the time of each state', () => {
    const span = (state: 'running' | 'paused', from: number, to: number) => ({
      state,
      from,
      to,
      countedMs: 0,
    });
    expect(totalsOf([span('running', 0, 5), span('paused', 5, 9), span('running', 9, 10)])).toEqual({
      running: 6,
      overdue: 0,
      paused: 4,
      closed: 0,
    });
  });
});

describe('the radar', () => {
  it('puts what is on one case together, the newest first', () => {
    const one = (caseId: string, since: number): Conflict => ({
      kpi: 'k',
      caseId,
      since,
      level: 'L1',
      tags: {},
      agents: ['a', 'b'],
    });
    expect(
      byCase([one('A', 1), one('B', 2), one('A', 3)]).map((c) => [c.caseId, c.since, c.conflicts.length]),
    ).toEqual([
      ['A', 3, 2],
      ['B', 2, 1],
    ]);
  });
});
