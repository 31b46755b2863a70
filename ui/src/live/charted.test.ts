import { describe, expect, it } from 'vitest';
import { chartedFirst, leadBy } from './charted';

const rows = (...names: string[]) =>
  names.map((name, i) => ({ name, counts: [], running: 0, total: names.length - i }));

describe('chartedFirst', () => {
  it('begins with what an office is run by, in that order', () => {
    const busy = rows('presence.beat', 'case.edited', 'survey.answered', 'call.offered', 'case.opened');
    expect(chartedFirst(busy, [])).toEqual([
      'case.opened',
      'call.offered',
      'survey.answered',
      'presence.beat',
    ]);
  });

  it('goes on with what has a threshold, then with the busiest', () => {
    const busy = rows('a', 'b', 'c', 'd', 'case.resolved');
    expect(chartedFirst(busy, ['d', 'unseen', 'd'])).toEqual(['case.resolved', 'd', 'a', 'b']);
    expect(chartedFirst(rows('x'), [])).toEqual(['x']);
  });
});

describe('leadBy', () => {
  it('puts the names first and keeps the rest as it is', () => {
    const names = leadBy(rows('a', 'b', 'c', 'd'), ['d', 'gone', 'b']).map((row) => row.name);
    expect(names).toEqual(['d', 'b', 'a', 'c']);
  });
});
