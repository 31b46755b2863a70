import { describe, expect, it } from 'vitest';
import { ValueBook } from './values';

const point = (seq: number, timestamp: number, value: number, metricName = 'a') => ({
  seq,
  timestamp,
  value,
  metricName,
  tags: {},
});

describe('ValueBook', () => {
  it('sums values up per step', () => {
    const book = new ValueBook('a', 10, 5);
    book.fill([point(3, 8, 6), point(1, 2, 2), point(2, 15, 9)]);
    expect(book.view(20)).toEqual([
      { time: 8, min: 2, max: 6, mean: 4, last: 6, n: 2 },
      { time: 15, min: 9, max: 9, mean: 9, last: 9, n: 1 },
    ]);
  });

  it('counts an event once, whether stored, live or both', () => {
    const book = new ValueBook('a', 10, 5);
    book.add(point(2, 3, 1));
    book.add(point(3, 4, 1));
    book.fill([point(2, 3, 1), point(1, 2, 1)]);
    book.add(point(3, 4, 1));
    expect(book.view(9)[0]?.n).toBe(3);
  });

  it('leaves other metrics and old steps out', () => {
    const book = new ValueBook('a', 10, 2);
    book.fill([]);
    book.add(point(1, 1, 1, 'b'));
    book.add(point(2, 1, 1));
    expect(book.view(5)).toHaveLength(1);
    expect(book.view(35)).toHaveLength(0);
  });
});
