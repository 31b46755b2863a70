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
export function mergeAlerts(
  list: readonly Alert[],
  more: readonly Alert[],
  limit = maxAlerts,
): readonly Alert[] {
  const known = new Set(list.map((a) => a.id));
  const fresh = more.filter((a) => !known.has(a.id));
  if (fresh.length === 0) return list;
  return [...fresh, ...list].sort(newerFirst).slice(0, limit);
}

/** Where the server's list goes on: its cursor; null at the end; undefined where that is not known. */
export type Earlier = string | null | undefined;

interface Page {
  readonly alerts: readonly Alert[];
  readonly next: string | null;
}

/** The changes of state known to the page, without gaps, and where earlier ones are to be had. */
export class AlertBook {
  private list: readonly Alert[] = [];
  private limit = maxAlerts;
  private next: Earlier;

  view(): readonly Alert[] {
    return this.list;
  }

  get earlier(): Earlier {
    return this.next;
  }

  /** A change that came live. */
  add(alert: Alert): void {
    const full = this.list.length >= this.limit;
    this.list = mergeAlerts(this.list, [alert], this.limit);
    // What fell off the end is stored: a cursor that points further back would leave it out.
    if (full) this.next = undefined;
  }

  /** The newest changes stored. Where they do not reach what is known, that is let go of. */
  fill({ alerts, next }: Page): void {
    const last = alerts[alerts.length - 1];
    if (last && this.list.some((a) => a.id === last.id)) {
      this.list = mergeAlerts(this.list, alerts, this.limit);
      return;
    }
    const newer = last ? this.list.filter((a) => newerFirst(a, last) < 0) : this.list;
    this.list = mergeAlerts(newer, alerts, this.limit);
    this.next = next;
  }

  /** A page of earlier changes, which begins where the list ends or before that. */
  extend({ alerts, next }: Page): void {
    this.limit = this.list.length + alerts.length + maxAlerts;
    this.list = mergeAlerts(this.list, alerts, this.limit);
    this.next = next;
  }
}

/** Whether the condition is about the value; what other rules found, they say in words. */
export const measured = ({ kind }: Pick<Alert, 'kind'>): boolean => kind === 'threshold' || kind === 'promql';

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
