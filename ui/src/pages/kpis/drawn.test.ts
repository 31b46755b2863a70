import { describe, expect, it } from 'vitest';
import type { KpiHistory } from '../../api/types';
import { csvOf, drawTotal, groupsOf } from './drawn';

const history = {
  kpi: 'k',
  unit: 'ratio',
  from: 0,
  to: 150,
  step: 100,
  definitionVersion: 1,
  watermark: 150,
  seq: 1,
  series: [
    {
      tags: {},
      points: [
        [0, 0.5, 2],
        [100, null, 0],
      ],
      intervals: [[0.1, 0.9], null],
      figures: [{ closed: { met: 1, total: 4, ratio: 0.25 }, live: { breached: 3, atRisk: 1 } }, {}],
    },
    { tags: { office: 'a,b' }, points: [[0, 0.5, 2]] },
    { tags: { office: 'c' }, points: [[0, 0.5, 7]] },
  ],
} as unknown as KpiHistory;

describe('what is drawn of a history', () => {
  it('stands at the end of each step, a last one that is not over at the end of all', () => {
    expect(drawTotal(history, 'K', 'due').times).toEqual([100, 150]);
  });

  it('has the interval beside the value', () => {
    const { columns, band, main } = drawTotal(history, 'K', 'due');
    expect(columns).toEqual([
      [0.9, null],
      [0.1, null],
      [0.5, null],
    ]);
    expect(band).toEqual([1, 2]);
    expect(columns[main]).toEqual([0.5, null]);
  });

  it('has the figure asked for', () => {
    const only = {
      ...history,
      series: [{ ...history.series[0], figures: [history.series[0]?.figures?.[0]] }],
    } as KpiHistory;
    expect(drawTotal(only, 'K', 'closed').columns).toEqual([[0.25]]);
    expect(drawTotal(only, 'K', 'live').columns).toEqual([[1], [3]]);
  });

  it('ranks groups by what they are made of', () => {
    expect(groupsOf(history, 'office').map((g) => [g.name, g.n])).toEqual([
      ['c', 7],
      ['a,b', 2],
    ]);
  });

  it('is read by spreadsheets', () => {
    expect(csvOf(drawTotal(history, 'K', 'due'), ['time', 'a "b"', 'c,d', 'e'])).toBe(
      'time,"a ""b""","c,d",e,n\r\n1970-01-01T00:00:00.100Z,0.9,0.1,0.5,2\r\n1970-01-01T00:00:00.150Z,,,,0\r\n',
    );
  });
});
