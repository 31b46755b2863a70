import { describe, expect, it } from 'vitest';
import { RecentPoints } from './recent';

const point = (seq: number, metricName = 'a') => ({ seq, metricName, value: 1, timestamp: seq, tags: {} });
const seqs = (book: RecentPoints) => book.view().map((p) => p.seq);

describe('RecentPoints', () => {
  it('holds the newest, newest first', () => {
    const book = new RecentPoints(3);
    for (let i = 1; i <= 50; i++) book.add(point(i));
    expect(seqs(book)).toEqual([50, 49, 48]);
  });

  it('takes each point once, also when replay repeats it', () => {
    const book = new RecentPoints(5);
    for (const seq of [1, 2, 2, 1, 3]) book.add(point(seq));
    expect(seqs(book)).toEqual([3, 2, 1]);
  });

  it('joins stored points with those that came live', () => {
    const book = new RecentPoints(4);
    book.add(point(4));
    book.add(point(5));
    book.fill([point(4), point(3), point(2), point(1)]);
    expect(seqs(book)).toEqual([5, 4, 3, 2]);
  });

  it('takes stored points that are not in the order of their numbers', () => {
    const book = new RecentPoints(4);
    book.add(point(8));
    book.fill([point(2), point(9), point(1)]);
    book.add(point(8));
    book.add(point(9));
    book.add(point(10));
    expect(seqs(book)).toEqual([10, 2, 9, 1]);
  });

  it('can keep to one metric', () => {
    const book = new RecentPoints(4, 'a');
    book.add(point(1));
    book.add(point(2, 'b'));
    expect(seqs(book)).toEqual([1]);
  });
});
