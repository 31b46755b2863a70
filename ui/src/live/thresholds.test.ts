import { describe, expect, it } from 'vitest';
import type { Alert, Threshold } from '../api/types';
import { applyAlert, applyPoint, limitOf, tiles } from './thresholds';

const series = (state: 'ok' | 'warning' | 'critical', since: number, office = 'x') => ({
  tags: { office },
  state,
  since,
  value: 1,
  timestamp: since,
});
const rule = (name: string, ...list: ReturnType<typeof series>[]): Threshold => ({
  rule: name,
  metricName: 'm',
  by: ['office'],
  series: list,
});
const alert = (office: string): Alert => ({
  kind: 'threshold',
  id: '9.1',
  rule: 'r',
  metricName: 'm',
  tags: { office },
  state: 'critical',
  previous: 'ok',
  value: 0.5,
  condition: 'below 2',
  timestamp: 9,
  since: 8,
  at: 9,
});
const point = (timestamp: number, tags = { office: 'x', caseId: 'C-1' }) => ({
  seq: 1,
  metricName: 'm',
  value: 7,
  timestamp,
  tags,
});

describe('applyAlert', () => {
  it('changes the series with these tags, or adds it', () => {
    const rules = [rule('r', series('ok', 1)), rule('other', series('ok', 1))];
    const [changed, other] = applyAlert(rules, alert('x'));
    expect(changed?.series).toEqual([
      { tags: { office: 'x' }, state: 'critical', since: 8, value: 0.5, timestamp: 9 },
    ]);
    expect(other).toBe(rules[1]);
    expect(applyAlert(rules, alert('y'))[0]?.series).toHaveLength(2);
    expect(rules[0]?.series[0]?.state).toBe('ok');
  });
});

describe('applyPoint', () => {
  it('brings the value of its series up to date and leaves the state', () => {
    const [changed] = applyPoint([rule('r', series('warning', 1))], point(5));
    expect(changed?.series[0]).toMatchObject({ value: 7, timestamp: 5, state: 'warning', since: 1 });
  });

  it('begins a series without a time since when it is ok', () => {
    const [changed] = applyPoint([rule('r')], point(5));
    expect(changed?.series[0]).toEqual({ tags: { office: 'x' }, state: 'ok', value: 7, timestamp: 5 });
  });

  it('ignores an older value and other metrics', () => {
    const rules = [rule('r', series('ok', 10))];
    expect(applyPoint(rules, point(5))).toBe(rules);
    expect(applyPoint(rules, { ...point(50), metricName: 'n' })).toBe(rules);
  });
});

describe('tiles', () => {
  it('puts the worst rule first and shows its worst series, the longest so', () => {
    const list = tiles([
      rule('none'),
      rule('fine', series('ok', 1)),
      rule('bad', series('ok', 1), series('critical', 9, 'y'), series('critical', 5, 'z')),
      rule('warn', series('warning', 1)),
    ]);
    expect(list.map((t) => [t.rule.rule, t.state])).toEqual([
      ['bad', 'critical'],
      ['warn', 'warning'],
      ['fine', 'ok'],
      ['none', undefined],
    ]);
    expect(list[0]?.worst?.tags).toEqual({ office: 'z' });
    expect(list[0]?.counts).toEqual({ ok: 1, warning: 0, critical: 2 });
  });
});

describe('limitOf', () => {
  it.each([
    ['below 5', 5],
    ['above 0.25', 0.25],
    ['at least -3', -3],
    ['above 1e+06', 1e6],
    ['unknown', undefined],
    [undefined, undefined],
  ])('reads %s', (words, limit) => expect(limitOf(words)).toBe(limit));
});
