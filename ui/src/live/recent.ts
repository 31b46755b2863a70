import type { Point } from '../api/types';

/** The newest points, newest first, at most `limit` of them, each once. */
export class RecentPoints {
  private points: Point[] = [];

  constructor(
    readonly limit: number,
    readonly metricName?: string,
  ) {}

  add(point: Point): void {
    if (this.metricName !== undefined && point.metricName !== this.metricName) return;
    const newest = this.points[this.points.length - 1];
    if (newest && point.seq <= newest.seq) return;
    this.points.push(point);
    // Trimmed by the batch: shift() on each of a thousand points a second would copy each time.
    if (this.points.length > 2 * this.limit) this.points = this.points.slice(-this.limit);
  }

  /** Stored points, newest first; those that came live since stay. */
  fill(stored: readonly Point[]): void {
    const newest = stored[0]?.seq ?? -1;
    const live = this.points.filter((p) => p.seq > newest);
    this.points = [...stored.toReversed(), ...live].slice(-this.limit);
  }

  view(): readonly Point[] {
    return this.points.slice(-this.limit).reverse();
  }
}
