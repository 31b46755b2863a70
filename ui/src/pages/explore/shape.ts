/** What an answer to a query can be drawn as, told by the types of its columns. */
import type { SqlAnswer } from '../../api/sql';

export type Show = 'table' | 'line' | 'bar' | 'number';

export const isNumber = (type: string): boolean =>
  /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|REAL|DECIMAL)\b/i.test(type);
export const isTime = (type: string): boolean => /^(TIMESTAMP|DATE)\b/i.test(type);

type Columns = SqlAnswer['columns'];

const numbers = (columns: Columns): number[] => columns.flatMap(({ type }, i) => (isNumber(type) ? [i] : []));
const firstOf = (columns: Columns, is: (type: string) => boolean): number =>
  columns.findIndex(({ type }) => is(type));
const isText = (type: string): boolean => !isNumber(type) && !isTime(type);

/** Whole numbers beyond 2^53 come as texts. */
export function numberOf(cell: unknown): number | null {
  if (typeof cell === 'number') return cell;
  if (typeof cell !== 'string' || cell.trim() === '') return null;
  const n = Number(cell);
  return Number.isFinite(n) ? n : null;
}

/** The ways in which an answer can be shown; a table always is one. */
export function showable({ columns, rows }: Pick<SqlAnswer, 'columns' | 'rows'>): readonly Show[] {
  const ways: Show[] = ['table'];
  if (numbers(columns).length === 0 || rows.length === 0) return ways;
  if (firstOf(columns, isTime) >= 0 && rows.length > 1) ways.push('line');
  if (firstOf(columns, isText) >= 0) ways.push('bar');
  if (columns.length === 1 && rows.length === 1) ways.push('number');
  return ways;
}

export interface Lines {
  readonly times: readonly number[];
  readonly series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  /** How many series there are beyond those drawn. */
  readonly left: number;
}

/** More lines than this nobody tells apart. */
const mostLines = 6;

/** Points over time: a line for each number, or, with one text beside one number, for each text. */
export function linesOf({ columns, rows }: SqlAnswer): Lines {
  const time = firstOf(columns, isTime);
  const [value, ...others] = numbers(columns);
  const text = others.length === 0 ? firstOf(columns, isText) : -1;
  const cells = new Map<string, Map<number, number | null>>();
  const times = new Set<number>();
  for (const row of rows) {
    const at = Date.parse(String(row[time]));
    if (Number.isNaN(at)) continue;
    times.add(at);
    for (const i of text >= 0 ? [value ?? 0] : numbers(columns)) {
      const label = text >= 0 ? cellText(row[text]) : (columns[i]?.name ?? '');
      const line = cells.get(label) ?? new Map<number, number | null>();
      line.set(at, numberOf(row[i]));
      cells.set(label, line);
    }
  }
  const inOrder = [...times].sort((a, b) => a - b);
  const size = (line: Map<number, number | null>) =>
    [...line.values()].reduce<number>((sum, v) => sum + Math.abs(v ?? 0), 0);
  const largest = [...cells].sort(([, a], [, b]) => size(b) - size(a));
  return {
    times: inOrder,
    series: largest.slice(0, mostLines).map(([label, line]) => ({
      label,
      values: inOrder.map((at) => line.get(at) ?? null),
    })),
    left: Math.max(0, largest.length - mostLines),
  };
}

export interface Bar {
  readonly label: string;
  readonly value: number;
}

/** A bar for each row that has a number: its label is the row's texts. */
export function barsOf({ columns, rows }: SqlAnswer): readonly Bar[] {
  const [value] = numbers(columns);
  if (value === undefined) return [];
  const labels = columns.flatMap(({ type }, i) => (isText(type) ? [i] : []));
  return rows.flatMap((row) => {
    const n = numberOf(row[value]);
    return n === null ? [] : [{ label: labels.map((i) => cellText(row[i])).join(', '), value: n }];
  });
}

export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '–';
  if (typeof cell === 'object') return JSON.stringify(cell);
  return typeof cell === 'string' ? cell : JSON.stringify(cell);
}
