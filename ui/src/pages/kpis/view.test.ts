import { describe, expect, it } from 'vitest';
import { aligned, extentOf, moved, stepFor } from './view';

const hour = 3_600_000;

describe('the view of a KPI', () => {
  it.each([
    [hour, 1200, '30s'],
    [24 * hour, 1200, '5m'],
    [24 * hour, 300, '30m'],
    [8 * 365 * 24 * hour, 1200, '28d'],
  ])('of %d ms on %d px has the step %s', (length, width, text) =>
    expect(stepFor(length, width).text).toBe(text),
  );

  it('never asks for more points than fit', () => {
    for (let length = 60_000; length < 300 * 365 * 24 * hour; length *= 1.7) {
      for (const width of [200, 360, 1280, 2560]) {
        const { ms } = stepFor(length, width);
        if (ms < 28 * 24 * hour) expect(length / ms).toBeLessThanOrEqual(Math.max(20, width / 4));
      }
    }
  });

  it('is moved to whole steps, and not beyond now', () => {
    expect(aligned({ from: 61_000, to: 119_000 }, 60_000, 500_000)).toEqual({ from: 60_000, to: 120_000 });
    expect(aligned({ from: 61_000, to: 119_000 }, 60_000, 119_000)).toEqual({ from: 60_000, to: 119_000 });
  });

  it('begins days where the clock on the wall does', () => {
    const day = 24 * hour;
    const ahead = -4 * hour;
    expect(aligned({ from: 10 * day, to: 12 * day }, day, 99 * day, ahead)).toEqual({
      from: 9 * day + 4 * hour,
      to: 12 * day + 4 * hour,
    });
  });

  it('zooms around its middle', () => {
    const extent = { from: 0, to: 8 * hour };
    expect(moved(extent, 'in')).toEqual({ from: 2 * hour, to: 6 * hour });
    expect(moved(moved(extent, 'in'), 'out')).toEqual(extent);
    expect(moved(moved(extent, 'earlier'), 'later')).toEqual(extent);
  });

  it('reaches over all that is stored', () => {
    expect(extentOf('all', 9 * hour, { from: hour, to: 2 * hour })).toEqual({ from: hour, to: 2 * hour });
    expect(extentOf('1h', 9 * hour, undefined)).toEqual({ from: 8 * hour, to: 9 * hour });
  });
});
