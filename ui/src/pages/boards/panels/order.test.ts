import { describe, expect, it } from 'vitest';
import type { KpiSeries } from '../../../api/types';
import { figureIn } from './figure';
import { ordered } from './order';

const group = (office: string, value: number | null, state: KpiSeries['state']): KpiSeries => ({
  tags: { office },
  value,
  state,
  n: 1,
  interval: null,
});
const offices = [
  group('c', 0.9, 'ok'),
  group('a', null, 'no_data'),
  group('b', 0.5, 'critical'),
  group('d', 0.4, 'critical'),
  group('e', 0.7, 'warning'),
];
const names = (all: readonly KpiSeries[]) => all.map((s) => s.tags['office']).join('');

describe('the order of groups', () => {
  it('is by state, then by the bad side of the value, and what has none is last', () => {
    expect(names(ordered(offices, {}, undefined))).toBe('dbeca');
    expect(names(ordered(offices, { thresholds: { critical: 'above 2', perGroup: false } }, 'worst'))).toBe(
      'bdeca',
    );
    expect(names(ordered(offices, {}, 'best'))).toBe('cebda');
    expect(names(ordered(offices, {}, 'name'))).toBe('abcde');
  });
});

describe('a figure beside a value', () => {
  const figures = {
    due: { met: 44, total: 50, ratio: 0.88 },
    responses: 7,
    responseRate: 0.5,
    L1: { open: 3 },
  };
  it('is found by its name', () => {
    expect(figureIn(figures, 'due')).toEqual({ value: 0.88, unit: 'ratio', of: '44 / 50' });
    expect(figureIn(figures, 'responses')).toEqual({ value: 7, unit: '', of: undefined });
    expect(figureIn(figures, 'responseRate')?.unit).toBe('ratio');
    expect(figureIn(figures, 'L1.open')?.value).toBe(3);
  });
  it('is none where there is none', () => {
    for (const name of ['', 'dew', 'toString', 'responses.x', '__proto__']) {
      expect(figureIn(figures, name), name).toBeUndefined();
    }
  });
});
