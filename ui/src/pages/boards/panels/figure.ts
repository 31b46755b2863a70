import { count } from '../../../lib/format';

export interface Figure {
  readonly value: number;
  readonly unit: string;
  /** "44 of 50", where it is a share of something. */
  readonly of: string | undefined;
}

/** One of the figures that stand beside a value: `due`, `responses`, `L1.rate`. */
export function figureIn(figures: unknown, path: string): Figure | undefined {
  let at: unknown = figures;
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  if (typeof at === 'number') return { value: at, unit: isShare(path) ? 'ratio' : '', of: undefined };
  if (typeof at !== 'object' || at === null) return undefined;
  const { met, total, ratio } = at as { met?: unknown; total?: unknown; ratio?: unknown };
  if (typeof ratio !== 'number') return undefined;
  const of =
    typeof met === 'number' && typeof total === 'number' ? `${count(met)} / ${count(total)}` : undefined;
  return { value: ratio, unit: 'ratio', of };
}

const isShare = (path: string): boolean => /(^|\.)(ratio|rate|responseRate|share)$/.test(path);
