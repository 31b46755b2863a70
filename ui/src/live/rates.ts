import type { Rates } from '../api/types';

/** One metric's counts over the window of a RateView. */
export interface RateRow {
  readonly name: string;
  /** Per entry of RateView.times, the events of the step that ends there. */
  readonly counts: readonly number[];
  /** The events of the running step so far. */
  readonly running: number;
  readonly total: number;
}

export interface RateView {
  readonly step: number;
  /** Ends of the steps in ms; the last one is now, inside the running step. */
  readonly times: readonly number[];
  /** The busiest first. */
  readonly rows: readonly RateRow[];
}

interface Seen {
  readonly seq: number;
  readonly name: string;
  readonly timestamp: number;
}

const maxPending = 200_000;

/**
 * Counts events per metric name and step of time. The server's counts are the
 * ground truth; live points are added on top until the server is asked again.
 * Memory is bounded: buckets outside the window are dropped as it slides.
 */
export class RateBook {
  private counts = new Map<string, Map<number, number>>();
  private pending: Seen[] | undefined;
  /** The server's counts hold the events up to this number that are stamped before this time. */
  private counted = { seq: -1, before: 0 };

  constructor(
    readonly step: number,
    readonly steps: number,
  ) {}

  /** The window that ends with the step around now. */
  window(now: number): { from: number; to: number } {
    const to = (Math.floor(now / this.step) + 1) * this.step;
    return { from: to - this.steps * this.step, to };
  }

  add(point: { seq: number; metricName: string; timestamp: number }): void {
    if (point.seq > this.counted.seq || point.timestamp >= this.counted.before) {
      this.count(point.metricName, point.timestamp, 1);
    }
    if (this.pending && this.pending.length < maxPending) {
      this.pending.push({ seq: point.seq, name: point.metricName, timestamp: point.timestamp });
    }
  }

  /** Call before asking the server, so that rebase knows what arrived meanwhile. */
  begin(): void {
    this.pending = [];
  }

  /** Takes over the server's counts and adds what arrived since they were asked for. */
  rebase(rates: Rates): void {
    const meanwhile = this.pending ?? [];
    this.pending = undefined;
    if (meanwhile.length >= maxPending) return;
    const ahead = this.counts;
    this.counts = new Map();
    this.counted = { seq: rates.seq, before: rates.to };
    for (const series of rates.series) {
      series.points.forEach((n, i) => {
        if (n > 0) this.count(series.metricName, rates.from + i * rates.step, n);
      });
    }
    // Steps the server was not asked for (events stamped ahead of now) stay as counted here.
    const end = rates.from / this.step + (rates.to - rates.from) / this.step;
    for (const [name, buckets] of ahead) {
      for (const [bucket, n] of buckets) if (bucket >= end) this.count(name, bucket * this.step, n);
    }
    for (const seen of meanwhile) {
      if (seen.timestamp >= rates.to) continue;
      if (seen.seq > rates.seq) this.count(seen.name, seen.timestamp, 1);
    }
  }

  view(now: number): RateView {
    const { from } = this.window(now);
    const first = Math.round(from / this.step);
    const last = first + this.steps - 1;
    const share = (now - last * this.step) / this.step;
    const times: number[] = [];
    for (let b = first; b < last; b++) times.push((b + 1) * this.step);
    times.push(now);
    const rows: RateRow[] = [];
    for (const [name, buckets] of this.counts) {
      this.prune(name, buckets, first);
      let total = 0;
      const counts: number[] = [];
      for (let b = first; b <= last; b++) {
        const n = buckets.get(b) ?? 0;
        total += n;
        counts.push(n);
      }
      // The running step is not over: what it lacks is taken from the one before, pro rata,
      // so that the line does not dip at its end.
      const running = counts[counts.length - 1] ?? 0;
      const before = counts[counts.length - 2] ?? 0;
      counts[counts.length - 1] = running + before * (1 - share);
      if (total > 0) rows.push({ name, counts, running, total });
    }
    rows.sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
    return { step: this.step, times, rows };
  }

  /** Events of one metric, or of all, in the window's span up to now. */
  recent(now: number): ReadonlyMap<string, number> {
    const span = this.step * (this.steps - 1);
    const first = Math.floor((now - span) / this.step);
    const share = 1 - ((now - span) / this.step - first);
    const sums = new Map<string, number>();
    for (const [name, buckets] of this.counts) {
      this.prune(name, buckets, first);
      let sum = Math.round((buckets.get(first) ?? 0) * share);
      for (let b = first + 1; b <= Math.floor(now / this.step); b++) sum += buckets.get(b) ?? 0;
      if (sum > 0) sums.set(name, sum);
    }
    return sums;
  }

  private count(name: string, timestamp: number, n: number): void {
    const bucket = Math.floor(timestamp / this.step);
    let buckets = this.counts.get(name);
    if (!buckets) this.counts.set(name, (buckets = new Map<number, number>()));
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + n);
  }

  private prune(name: string, buckets: Map<number, number>, first: number): void {
    if (buckets.size <= this.steps) return;
    for (const bucket of buckets.keys()) if (bucket < first) buckets.delete(bucket);
    if (buckets.size === 0) this.counts.delete(name);
  }
}
