import type { Point } from '../api/types';

export interface ValueBucket {
  readonly time: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly last: number;
  readonly n: number;
}

interface Sum {
  min: number;
  max: number;
  sum: number;
  n: number;
  last: number;
  lastTime: number;
}

/**
 * The values of one metric, summed up per step of time. Filled once from
 * stored events, then by live points; each event counts once, by its seq.
 */
export class ValueBook {
  private buckets = new Map<number, Sum>();
  private upTo = -1;
  private waiting: Point[] | undefined = [];

  constructor(
    readonly metricName: string,
    readonly step: number,
    readonly steps: number,
  ) {}

  /** The stored events of the window, in any order. Live points that came first are added after. */
  fill(events: readonly Point[]): void {
    this.buckets.clear();
    this.upTo = -1;
    for (const point of events) {
      this.put(point);
      this.upTo = Math.max(this.upTo, point.seq);
    }
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    for (const point of waiting) this.add(point);
  }

  add(point: Point): void {
    if (point.metricName !== this.metricName) return;
    if (this.waiting) {
      if (this.waiting.length >= 10_000) this.waiting.shift();
      this.waiting.push(point);
      return;
    }
    if (point.seq <= this.upTo) return;
    this.upTo = point.seq;
    this.put(point);
  }

  view(now: number): readonly ValueBucket[] {
    const first = Math.floor(now / this.step) - this.steps + 1;
    const out: ValueBucket[] = [];
    for (const [bucket, s] of this.buckets) {
      if (bucket < first) {
        this.buckets.delete(bucket);
        continue;
      }
      out.push({ time: s.lastTime, min: s.min, max: s.max, mean: s.sum / s.n, last: s.last, n: s.n });
    }
    return out.sort((a, b) => a.time - b.time);
  }

  private put(point: Point): void {
    const bucket = Math.floor(point.timestamp / this.step);
    const s = this.buckets.get(bucket);
    if (!s) {
      const { value, timestamp } = point;
      this.buckets.set(bucket, {
        min: value,
        max: value,
        sum: value,
        n: 1,
        last: value,
        lastTime: timestamp,
      });
      return;
    }
    s.min = Math.min(s.min, point.value);
    s.max = Math.max(s.max, point.value);
    s.sum += point.value;
    s.n++;
    if (point.timestamp >= s.lastTime) {
      s.last = point.value;
      s.lastTime = point.timestamp;
    }
  }
}
