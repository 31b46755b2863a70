import type { Point, Tags } from '../api/types';
import { RecentPoints } from './recent';

const kept = 240;

/** The latest points of the watched metrics, for the small lines in the threshold tiles. */
export class Sparks {
  private books = new Map<string, RecentPoints>();

  watch(metricNames: Iterable<string>): void {
    const wanted = new Set(metricNames);
    for (const name of this.books.keys()) if (!wanted.has(name)) this.books.delete(name);
    for (const name of wanted) if (!this.books.has(name)) this.books.set(name, new RecentPoints(kept, name));
  }

  fill(metricName: string, stored: readonly Point[]): void {
    this.books.get(metricName)?.fill(stored);
  }

  add(point: Point): void {
    this.books.get(point.metricName)?.add(point);
  }

  view(): ReadonlyMap<string, readonly Point[]> {
    return new Map([...this.books].map(([name, book]) => [name, book.view()]));
  }
}

/** Oldest first, the values of the series that carries these tags. */
export function seriesValues(points: readonly Point[], tags: Tags, limit = 40): readonly number[] {
  const keys = Object.keys(tags);
  return points
    .filter((p) => keys.every((key) => p.tags[key] === tags[key]))
    .slice(0, limit)
    .map((p) => p.value)
    .reverse();
}
