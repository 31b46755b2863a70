import { count, duration, percent, value } from './format';
import { texts } from '../texts';

/** A figure that stands beside a KPI's value, in words. */
export interface Fact {
  readonly path: string;
  readonly name: string;
  readonly text: string;
}

/** What is written in tables of their own, or elsewhere on the page. */
const apart = new Set(['due', 'closed', 'closed_and_overdue', 'distribution', 'needed', 'neededLate']);
const ratios = new Set(['responseRate', 'abandonRate']);

/** How long a unit of a figure is in ms: those of cases are in hours, those of calls in seconds. */
const lengths: readonly [RegExp, number][] = [
  [/^(age\.|business\.|p\d+$)/, 3_600_000],
  [/^(waits\.p|averageSpeedOfAnswer$)/, 1000],
];

function textOf(path: string, n: number): string {
  const length = lengths.find(([pattern]) => pattern.test(path))?.[1];
  if (length !== undefined) return duration(n * length);
  if (ratios.has(path)) return percent(n);
  return Number.isInteger(n) ? count(n) : value(Math.round(n * 100) / 100);
}

/** The numbers among a KPI's figures, named; those that are nothing are left out. */
export function factsOf(figures: unknown, before = ''): Fact[] {
  if (typeof figures !== 'object' || figures === null || Array.isArray(figures)) return [];
  return Object.entries(figures).flatMap(([key, found]: [string, unknown]): Fact[] => {
    const path = before + key;
    if (apart.has(path)) return [];
    if (typeof found === 'number')
      return [{ path, name: texts.figures.name(path), text: textOf(path, found) }];
    return factsOf(found, `${path}.`);
  });
}

export const conflictLevels = ['L0', 'L1', 'L2', 'L3', 'proxy'] as const;
export type ConflictLevel = (typeof conflictLevels)[number];

/** Conflicts of one level; times to clear are in seconds, null where too few are over to tell. */
export interface LevelFigures {
  readonly started: number;
  readonly open: number;
  readonly rate: number | null;
  readonly clearance: { readonly median: number | null; readonly p90: number | null };
}

export type ConflictFigures = Partial<Record<ConflictLevel, LevelFigures>>;

/** How long conflicts took to be clear, in words. */
export function clearedIn(seconds: number | null): string {
  const text = texts.figures.conflicts;
  if (seconds === null) return text.unknown;
  return seconds < 1 ? text.atOnce : duration(seconds * 1000);
}
