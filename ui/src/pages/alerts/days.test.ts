import { describe, expect, it } from 'vitest';
import { dayStart } from './days';

describe('the beginning of a day', () => {
  it.each([
    ['2026-01-31', 'UTC', '2026-01-31T00:00:00Z'],
    ['2026-01-31', 'America/New_York', '2026-01-31T05:00:00Z'],
    ['2026-07-01', 'America/New_York', '2026-07-01T04:00:00Z'],
    ['2026-03-08', 'America/New_York', '2026-03-08T05:00:00Z'],
    ['2026-03-09', 'America/New_York', '2026-03-09T04:00:00Z'],
    ['2026-11-02', 'America/New_York', '2026-11-02T05:00:00Z'],
    ['2026-05-05', 'Asia/Kolkata', '2026-05-04T18:30:00Z'],
  ])('%s in %s is %s', (day, zone, want) => {
    expect(dayStart(day, zone)).toBe(Date.parse(want));
  });

  it('counts days on, over a change of the clock', () => {
    expect(dayStart('2026-03-08', 'America/New_York', 1)).toBe(Date.parse('2026-03-09T04:00:00Z'));
  });

  it('is none where no day is given', () => {
    expect(dayStart('', 'UTC')).toBeUndefined();
    expect(dayStart('soon', 'UTC')).toBeUndefined();
  });
});
