import { describe, expect, it } from 'vitest';
import type { SqlAnswer } from '../../api/sql';
import { barsOf, linesOf, numberOf, showable } from './shape';

function answer(columns: readonly [string, string][], rows: unknown[][]): SqlAnswer {
  return {
    columns: columns.map(([name, type]) => ({ name, type })),
    rows,
    truncated: false,
    elapsedMs: 1,
    asOf: 1,
  };
}

const t = (hour: number) => `2026-03-02T0${hour}:00:00Z`;

describe('the shape of an answer', () => {
  it('tells what it can be drawn as', () => {
    const time: [string, string] = ['hour', 'TIMESTAMP'];
    const n: [string, string] = ['n', 'BIGINT'];
    const office: [string, string] = ['office', 'VARCHAR'];
    expect(showable(answer([office], [['a']]))).toEqual(['table']);
    expect(showable(answer([office, n], [['a', 1]]))).toEqual(['table', 'bar']);
    expect(
      showable(
        answer(
          [time, n],
          [
            [t(1), 1],
            [t(2), 2],
          ],
        ),
      ),
    ).toEqual(['table', 'line']);
    expect(showable(answer([n], [[1]]))).toEqual(['table', 'number']);
    expect(showable(answer([['share', 'DECIMAL(18,3)']], [['0.5']]))).toEqual(['table', 'number']);
    expect(showable(answer([['span', 'INTERVAL']], [['1 day']]))).toEqual(['table']);
    expect(showable(answer([office, n], []))).toEqual(['table']);
  });

  it('has a line for each text, in order of time, with gaps', () => {
    const lines = linesOf(
      answer(
        [
          ['hour', 'TIMESTAMP'],
          ['office', 'VARCHAR'],
          ['n', 'BIGINT'],
        ],
        [
          [t(2), 'south', 2],
          [t(1), 'north', 5],
          [t(2), 'north', 1],
        ],
      ),
    );
    expect(lines.times).toEqual([Date.parse(t(1)), Date.parse(t(2))]);
    expect(lines.series).toEqual([
      { label: 'north', values: [5, 1] },
      { label: 'south', values: [null, 2] },
    ]);
  });

  it('has a line for each number', () => {
    const { series } = linesOf(
      answer(
        [
          ['hour', 'TIMESTAMP'],
          ['a', 'DOUBLE'],
          ['b', 'DOUBLE'],
        ],
        [
          [t(1), 1, 2],
          [t(2), null, 4],
        ],
      ),
    );
    expect(series).toEqual([
      { label: 'b', values: [2, 4] },
      { label: 'a', values: [1, null] },
    ]);
  });

  it('reads numbers that came as texts, and nothing else as a number', () => {
    expect(numberOf('9007199254740993')).toBe(9007199254740992);
    expect([numberOf('NaN'), numberOf(''), numberOf(null), numberOf(true)]).toEqual([null, null, null, null]);
    expect(
      barsOf(
        answer(
          [
            ['office', 'VARCHAR'],
            ['n', 'HUGEINT'],
          ],
          [
            ['a', '12'],
            [null, null],
          ],
        ),
      ),
    ).toEqual([{ label: 'a', value: 12 }]);
  });
});
