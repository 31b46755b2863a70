import type { RateRow } from './rates';

/** What an office is run by: shown first wherever such events come. */
const leading = ['case.resolved', 'case.opened', 'call.offered', 'call.abandoned', 'survey.answered'];

const atFirst = 4;

/** The metrics a chart opens with: the leading ones, then those with a threshold, then the busiest. */
export function chartedFirst(rows: readonly RateRow[], watched: readonly string[]): readonly string[] {
  const there = new Set(rows.map((row) => row.name));
  const wanted = [...leading, ...watched].filter((name) => there.has(name));
  return [...new Set([...wanted, ...there])].slice(0, atFirst);
}

/** The rows in the order of the legend: the given names first, then the rest as they stand. */
export function leadBy(rows: readonly RateRow[], names: readonly string[]): readonly RateRow[] {
  const place = new Map(names.map((name, i) => [name, i]));
  const of = (row: RateRow) => place.get(row.name) ?? names.length;
  return rows.toSorted((a, b) => of(a) - of(b));
}
