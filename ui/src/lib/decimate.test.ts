import { describe, expect, it } from 'vitest';
import { decimate } from './decimate';

/** Numbers from a seed, so that what fails fails again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

type Column = (number | null)[];
interface Case {
  readonly data: readonly Column[];
  readonly to: number;
  readonly pixels: number;
}

/** Uneven times, spikes, single nulls and long gaps, one to three series. */
function made(seed: number): Case {
  const next = random(seed);
  const n = 200 + Math.floor(next() * 2000);
  const times: number[] = [];
  let at = 0;
  for (let i = 0; i < n; i++) times.push((at += 1 + Math.floor(next() * 5)));
  const column = (): Column => {
    let gap = 0;
    return times.map(() => {
      if (gap === 0 && next() < 0.01) gap = 1 + Math.floor(next() * 60);
      if (gap > 0) return (gap--, null);
      return next() < 0.005 ? 1000 * next() : next();
    });
  };
  const data = [times, ...Array.from({ length: 1 + (seed % 3) }, column)];
  return { data, to: at + 1, pixels: 10 + Math.floor(next() * 40) };
}

const cases = Array.from({ length: 60 }, (_, seed) => made(seed));
const pixelOf = ({ to, pixels }: Case, time: number) => Math.floor((time * pixels) / to);

/** What a series reaches within each pixel: null where it has no value. */
function reach(of: Case, data: readonly (readonly (number | null)[])[], series: number) {
  const found = new Map<number, { low: number; high: number; first: number; last: number }>();
  data[0]?.forEach((time, i) => {
    const value = data[series]?.[i] ?? null;
    if (value === null) return;
    const pixel = pixelOf(of, time ?? 0);
    const before = found.get(pixel) ?? { low: value, high: value, first: value, last: value };
    found.set(pixel, {
      ...before,
      low: Math.min(before.low, value),
      high: Math.max(before.high, value),
      last: value,
    });
  });
  return found;
}

describe('decimate', () => {
  it('leaves data alone that has few points a pixel', () => {
    const data = [
      [1, 2, 3],
      [4, null, 5],
    ];
    expect(decimate(data, 0, 4, 100)).toBe(data);
  });

  it('keeps first, last, lowest and highest of each series in each pixel', () => {
    for (const of of cases) {
      const thin = decimate(of.data, 0, of.to, of.pixels);
      for (let s = 1; s < of.data.length; s++) expect(reach(of, thin, s)).toEqual(reach(of, of.data, s));
    }
  });

  it('makes no point up, keeps their order, and no more than can be told apart', () => {
    for (const of of cases) {
      const rows = new Map(of.data[0]?.map((time, i) => [time, of.data.map((column) => column[i])]));
      const thin = decimate(of.data, 0, of.to, of.pixels);
      const times = thin[0] ?? [];
      expect(times.length).toBeLessThanOrEqual(of.pixels * (2 + 4 * (of.data.length - 1)));
      expect(times).toEqual(times.toSorted((a, b) => (a ?? 0) - (b ?? 0)));
      times.forEach((time, i) => expect(thin.map((column) => column[i])).toEqual(rows.get(time)));
    }
  });

  it('keeps gaps that reach from one pixel into the next', () => {
    for (const of of cases) {
      const thin = decimate(of.data, 0, of.to, of.pixels);
      const kept = new Set(thin[0]);
      const [times = [], ...series] = of.data;
      for (const values of series) {
        let begun = -1;
        values.forEach((value, i) => {
          if (value !== null) begun = -1;
          else if (begun < 0) begun = i;
          const ends = value === null && values[i + 1] !== null;
          if (!ends || pixelOf(of, times[begun] ?? 0) === pixelOf(of, times[i] ?? 0)) return;
          expect(times.slice(begun, i + 1).some((time) => kept.has(time))).toBe(true);
        });
      }
    }
  });
});
