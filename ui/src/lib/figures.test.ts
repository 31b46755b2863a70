import { describe, expect, it } from 'vitest';
import { clearedIn, factsOf } from './figures';

describe('the figures beside a value', () => {
  it('are named and have their units, nested ones too', () => {
    const facts = factsOf({ open: 1316, age: { p50: 18.5, max: 48 }, reported: null, partial: false });
    expect(facts.map((f) => [f.path, f.text])).toEqual([
      ['open', '1,316'],
      ['age.p50', '18h 30m'],
      ['age.max', '2d'],
    ]);
    expect(facts[0]?.name).toBe('Open');
  });

  it('leave to tables what is one', () => {
    expect(factsOf({ due: { met: 1, total: 2 }, distribution: { 1: 3 }, responseRate: 0.25 })).toEqual([
      { path: 'responseRate', name: 'Response rate', text: '25.0%' },
    ]);
  });

  it('keep the name of what they do not know', () => {
    expect(factsOf({ whatever: 1 })[0]?.name).toBe('whatever');
  });

  it('say how long conflicts took to clear', () => {
    expect([clearedIn(null), clearedIn(0), clearedIn(700.8)]).toEqual([
      'not known yet',
      'at once',
      '11m 41s',
    ]);
  });
});
