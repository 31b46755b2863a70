import { describe, expect, it } from 'vitest';
import { everything, rangeOf } from './ranges';
import { RateBook } from './rates';

const metric = (first: number, last: number) => ({ metricName: 'm', count: 2, first, last, tagKeys: [] });

describe('everything', () => {
  it.each([
    [0, 90_000],
    [1_300_000_000_000, 1_325_000_000_000],
    [5, 5],
    [0, 1_700_000_000_000],
  ])('covers the span from %d to %d in a readable number of steps', (first, last) => {
    const range = everything([metric(first, last)]);
    const { from, to } = new RateBook(range.step, range.steps).window(range.until ?? NaN);
    expect(from).toBeLessThanOrEqual(first);
    expect(to).toBeGreaterThan(last);
    expect(range.steps).toBeLessThanOrEqual(200);
  });

  it('moves with the clock while nothing is stored', () => {
    expect(everything([]).until).toBeUndefined();
  });
});

describe('rangeOf', () => {
  it('finds a moving span by its name', () => {
    expect(rangeOf('1h', [])).toMatchObject({ step: 60_000, steps: 60 });
  });
});
