import { describe, expect, it } from 'vitest';
import type { Alert, State } from '../../api/types';
import { firingFirst } from './firing-first';

const change = (id: string, state: State, office: string): Alert => ({
  kind: 'threshold',
  id,
  rule: 'r',
  metricName: 'm',
  tags: { office },
  state,
  previous: 'ok',
  value: 1,
  condition: 'below 2',
  timestamp: 1,
  since: 1,
  at: 1,
});
const ids = (alerts: readonly Alert[]) => alerts.map((a) => a.id);

describe('the rail of alerts', () => {
  it('has what fires first, the worst before the newest', () => {
    const changes = [change('9.1', 'warning', 'a'), change('8.1', 'critical', 'b')];
    expect(ids(firingFirst([], changes).firing)).toEqual(['8.1', '9.1']);
  });

  it('counts a series by its newest change: what recovered fires no more', () => {
    const old = change('3.1', 'critical', 'a');
    const { firing, recent } = firingFirst([old], [change('5.1', 'ok', 'a'), old]);
    expect(ids(firing)).toEqual([]);
    expect(ids(recent)).toEqual(['5.1', '3.1']);
  });

  it('has what stands since before the changes that the page knows', () => {
    const { firing, recent } = firingFirst([change('1.1', 'critical', 'b')], [change('7.1', 'ok', 'a')]);
    expect(ids(firing)).toEqual(['1.1']);
    expect(ids(recent)).toEqual(['7.1']);
  });
});
