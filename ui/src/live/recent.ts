import type { Point } from '../api/types';

/** The newest points, newest first, at most `limit` of them, each once. */
export class RecentPoints {
  private points: Point[] = [];
  private upTo = -1;

  constructor(
    readonly limit: number,
    readonly metricName?: string,
  ) {}

  add(point: Point): void {
    if (this.metricName !== undefined && point.metricName !== this.metricName) return;
    if (point.seq <= this.upTo) return;
    this.upTo = point.seq;
    this.points.push(point);
    // Trimmed by the batch: shift() on each of a thousand points a second would copy each time.
    if (this.points.length > 2 * this.limit) this.points = this.points.slice(-this.limit);
  }

  /** Stored points, newest first by their own time, not by number; those that came live since stay. */
  fill(stored: readonly Point[]): void {
    const last = Math.max(-1, ...stored.map((p) => p.seq));
    const live = this.points.filter((p) => p.seq > last);
    this.points = [...stored.toReversed(), ...live].slice(-this.limit);
    this.upTo = Math.max(last, live[live.length - 1]?.seq ?? -1);
  }

  view(): readonly Point[] {
    return this.points.slice(-this.limit).reverse();
  }
}
