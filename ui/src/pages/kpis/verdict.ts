import { count } from '../../lib/format';
import { texts } from '../../texts';

/** What the value says of its objective, and how much would settle it. */
export interface Verdict {
  readonly verdict: 'met' | 'missed' | 'undetermined';
  /** How many more, all in time, would make it met. */
  readonly needed?: number | undefined;
  /** How many late ones would make it missed. */
  readonly neededLate?: number | undefined;
}

export function verdictOf(figures: unknown): Verdict | undefined {
  const { verdict, needed, neededLate } = (figures ?? {}) as Partial<Verdict>;
  if (verdict !== 'met' && verdict !== 'missed' && verdict !== 'undetermined') return undefined;
  return { verdict, needed, neededLate };
}

/** The same in a sentence. */
export function verdictWords(figures: unknown): string | undefined {
  const found = verdictOf(figures);
  if (!found) return undefined;
  const say = (n: number | undefined) => (n === undefined ? undefined : count(n));
  return texts.kpis.verdict(found.verdict, say(found.needed), say(found.neededLate));
}
