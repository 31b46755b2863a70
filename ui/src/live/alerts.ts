import type { Alert, State } from '../api/types';
import { moreSevere } from './thresholds';

export const maxAlerts = 200;

/** Orders "seq.n" ids, the newest first. */
export function newerFirst(a: { id: string }, b: { id: string }): number {
  const [seqA = 0, nA = 0] = a.id.split('.').map(Number);
  const [seqB = 0, nB = 0] = b.id.split('.').map(Number);
  return seqB - seqA || nB - nA;
}

/** Merges changes of state into the list: newest first, each once, bounded. */
export function mergeAlerts(list: readonly Alert[], more: readonly Alert[]): readonly Alert[] {
  const known = new Set(list.map((a) => a.id));
  const fresh = more.filter((a) => !known.has(a.id));
  if (fresh.length === 0) return list;
  return [...fresh, ...list].sort(newerFirst).slice(0, maxAlerts);
}

/** What a screen reader hears of several changes that came together. */
export interface Announcement {
  readonly first: Alert;
  readonly count: number;
  readonly worst: State;
}

export function announcement(changes: readonly Alert[]): Announcement | undefined {
  const [first] = [...changes].sort((a, b) => moreSevere(a.state, b.state) || newerFirst(a, b));
  return first && { first, count: changes.length, worst: first.state };
}
