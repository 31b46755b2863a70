import { describe, expect, it } from 'vitest';
import type { Alert, State } from '../api/types';
import { announcement, maxAlerts, mergeAlerts } from './alerts';

const alert = (id: string, state: State = 'warning'): Alert => ({
  id,
  state,
  rule: 'r',
  metricName: 'm',
  tags: {},
  previous: 'ok',
  value: 1,
  condition: '',
  timestamp: 1,
  since: 1,
  at: 1,
});

describe('mergeAlerts', () => {
  it('orders by position, newest first, each once', () => {
    const list = mergeAlerts([alert('9.1')], [alert('10.2'), alert('10.10'), alert('9.1'), alert('2')]);
    expect(list.map((a) => a.id)).toEqual(['10.10', '10.2', '9.1', '2']);
  });

  it('is the same list when nothing is new, and is bounded', () => {
    const list = [alert('1.1')];
    expect(mergeAlerts(list, [alert('1.1')])).toBe(list);
    const many = Array.from({ length: 500 }, (_, i) => alert(`${i}.1`));
    expect(mergeAlerts([], many)).toHaveLength(maxAlerts);
  });
});

describe('announcement', () => {
  it('leads with the worst', () => {
    const said = announcement([alert('1.1', 'ok'), alert('2.1', 'critical'), alert('3.1')]);
    expect(said).toMatchObject({ first: { id: '2.1' }, count: 3, worst: 'critical' });
    expect(announcement([])).toBeUndefined();
  });
});
