import { describe, expect, it } from 'vitest';
import type { Alert, State } from '../api/types';
import { AlertBook, announcement, maxAlerts, mergeAlerts } from './alerts';

const alert = (id: string, state: State = 'warning'): Alert => ({
  id,
  state,
  kind: 'threshold',
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

describe('AlertBook', () => {
  const ids = (from: number, to: number) =>
    Array.from({ length: from - to + 1 }, (_, i) => alert(`${from - i}.1`));

  it('joins what is stored with what came live, and knows where earlier ones begin', () => {
    const book = new AlertBook();
    book.add(alert('12.1'));
    expect(book.earlier).toBeUndefined();
    book.fill({ alerts: ids(11, 8), next: 'after 8' });
    expect(book.view().map((a) => a.id)).toEqual(['12.1', '11.1', '10.1', '9.1', '8.1']);
    expect(book.earlier).toBe('after 8');
    book.extend({ alerts: ids(7, 5), next: null });
    expect(book.view()).toHaveLength(8);
    expect(book.earlier).toBeNull();
    // Read anew, they reach what is known: its end stays where it was.
    book.fill({ alerts: ids(13, 10), next: 'after 10' });
    expect(book.view()).toHaveLength(9);
    expect(book.earlier).toBeNull();
  });

  it('has no gap after a long absence', () => {
    const book = new AlertBook();
    book.fill({ alerts: ids(5, 1), next: null });
    book.fill({ alerts: ids(40, 30), next: 'after 30' });
    expect(book.view()).toHaveLength(11);
    expect(book.earlier).toBe('after 30');
  });

  it('is bounded, keeps what the viewer asked for, and forgets a cursor that it outran', () => {
    const book = new AlertBook();
    book.fill({ alerts: ids(50, 1), next: null });
    for (let i = 51; i <= 300; i++) book.add(alert(`${i}.1`));
    expect(book.view()).toHaveLength(maxAlerts);
    expect(book.earlier).toBeUndefined();
    book.extend({ alerts: ids(300, 51), next: 'after 51' });
    book.add(alert('301.1'));
    expect(book.view()).toHaveLength(251);
    expect(book.earlier).toBe('after 51');
  });
});

describe('announcement', () => {
  it('leads with the worst', () => {
    const said = announcement([alert('1.1', 'ok'), alert('2.1', 'critical'), alert('3.1')]);
    expect(said).toMatchObject({ first: { id: '2.1' }, count: 3, worst: 'critical' });
    expect(announcement([])).toBeUndefined();
  });
});
