import { describe, expect, it } from 'vitest';
import { clockOf, spanOf } from './spans';

const york = clockOf('America/New_York');
const span = (preset: Parameters<typeof spanOf>[0], now: string) => {
  const { from, to } = spanOf(preset, Date.parse(now), york);
  return [new Date(from).toISOString(), new Date(to).toISOString()];
};

describe('spans of reports', () => {
  it('are shifts by the clock of the zone', () => {
    expect(span('this-shift', '2026-03-03T16:30:00Z')).toEqual([
      '2026-03-03T11:00:00.000Z',
      '2026-03-03T19:00:00.000Z',
    ]);
    expect(span('last-shift', '2026-03-03T16:30:00Z')).toEqual([
      '2026-03-03T03:00:00.000Z',
      '2026-03-03T11:00:00.000Z',
    ]);
    // After midnight the shift of the evening before goes on.
    expect(span('this-shift', '2026-03-03T06:30:00Z')).toEqual([
      '2026-03-03T03:00:00.000Z',
      '2026-03-03T11:00:00.000Z',
    ]);
    expect(span('last-shift', '2026-03-03T06:30:00Z')).toEqual([
      '2026-03-02T19:00:00.000Z',
      '2026-03-03T03:00:00.000Z',
    ]);
    expect(span('this-shift', '2026-03-04T03:30:00Z')).toEqual([
      '2026-03-04T03:00:00.000Z',
      '2026-03-04T11:00:00.000Z',
    ]);
  });

  it('are weeks from Monday to Monday', () => {
    // A Tuesday; on the Sunday of the week before, clocks were put forward.
    expect(span('last-week', '2026-03-10T12:00:00Z')).toEqual([
      '2026-03-02T05:00:00.000Z',
      '2026-03-09T04:00:00.000Z',
    ]);
    // Sunday evening in New York is Monday in UTC.
    expect(span('last-week', '2026-03-02T03:00:00Z')).toEqual([
      '2026-02-16T05:00:00.000Z',
      '2026-02-23T05:00:00.000Z',
    ]);
  });

  it('are days of the zone, of 23 hours where clocks are put forward', () => {
    expect(span('yesterday', '2026-03-09T12:00:00Z')).toEqual([
      '2026-03-08T05:00:00.000Z',
      '2026-03-09T04:00:00.000Z',
    ]);
  });
});
