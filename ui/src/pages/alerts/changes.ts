import type { AlertExplanation } from '../../api/alerts';

export type KpiChange = NonNullable<AlertExplanation['change']>;

/** What to show of the change kept with an alert and the one found now: two only where they differ. */
export function changesOf(of: Pick<AlertExplanation, 'change' | 'changeThen' | 'changeSame'>): {
  readonly then?: KpiChange | undefined;
  readonly now?: KpiChange | undefined;
} {
  if (of.changeSame) return { now: of.change ?? of.changeThen };
  return { then: of.changeThen, now: of.change };
}
