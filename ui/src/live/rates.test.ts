import { describe, expect, it } from 'vitest';
import { RateBook } from './rates';

const point = (seq: number, timestamp: number, metricName = 'a') => ({ seq, timestamp, metricName });

describe('RateBook', () => {
  it('counts per step and orders the busiest first', () => {
    const book = new RateBook(10, 3);
    for (const t of [1, 12, 13, 25]) book.add(point(t, t));
    book.add(point(26, 25, 'b'));
    const view = book.view(25);
    expect(view.times).toEqual([10, 20, 25]);
    expect(view.rows.map((r) => r.name)).toEqual(['a', 'b']);
    expect(view.rows[0]).toMatchObject({ total: 4, running: 1 });
    // Half of the running step is over: one event, and half of the two before.
    expect(view.rows[0]?.counts).toEqual([1, 2, 2]);
  });

  it('slides, and forgets what left the window', () => {
    const book = new RateBook(10, 2);
    book.add(point(1, 5));
    expect(book.view(15).rows).toHaveLength(1);
    expect(book.view(35).rows).toHaveLength(0);
  });

  it('keeps memory bounded over a long run', () => {
    const book = new RateBook(10, 5);
    for (let t = 0; t < 100_000; t += 5) {
      book.add(point(t, t));
      if (t % 100 === 0) book.view(t);
    }
    const counts = (book as unknown as { counts: Map<string, Map<number, number>> }).counts;
    expect(counts.get('a')?.size).toBeLessThan(30);
  });

  it('takes over the counts of the server and adds only what it had not counted', () => {
    const book = new RateBook(10, 3);
    book.add(point(1, 1));
    book.begin();
    book.add(point(2, 21));
    book.add(point(3, 22));
    book.rebase({ from: 0, to: 30, step: 10, seq: 2, series: [{ metricName: 'a', points: [1, 0, 1] }] });
    expect(book.view(29.999).rows[0]).toMatchObject({ total: 3, running: 2 });
  });

  it('does not add a point that the server had counted before it came', () => {
    const book = new RateBook(10, 3);
    book.begin();
    book.rebase({ from: 0, to: 30, step: 10, seq: 7, series: [{ metricName: 'a', points: [1, 0, 1] }] });
    book.add(point(6, 3));
    book.add(point(7, 21));
    expect(book.view(29.999).rows[0]?.total).toBe(2);
    book.add(point(8, 3));
    expect(book.view(29.999).rows[0]?.total).toBe(3);
  });

  it('adds a point stamped after the span that the server counted, whatever its number', () => {
    const book = new RateBook(10, 3);
    book.rebase({ from: 0, to: 30, step: 10, seq: 7, series: [] });
    book.add(point(7, 31));
    expect(book.view(35).rows[0]?.total).toBe(1);
  });

  it('keeps counts of steps that the server was not asked for', () => {
    const book = new RateBook(10, 3);
    book.add(point(1, 31));
    book.begin();
    book.rebase({ from: 0, to: 30, step: 10, seq: 1, series: [] });
    expect(book.view(35).rows[0]?.total).toBe(1);
  });

  it('sums the span up to now', () => {
    const book = new RateBook(5, 13);
    book.add(point(1, 100));
    book.add(point(2, 159));
    expect(book.recent(160).get('a')).toBe(2);
    expect(book.recent(170).get('a')).toBe(1);
    expect(book.recent(400).has('a')).toBe(false);
  });
});
