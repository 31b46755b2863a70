import type { Kpi, KpiFrame, KpiSeries, Tags } from '../api/types';
import type { Hub } from './hub';
import { sameTags } from './thresholds';

/** The value of one series as last heard. */
export interface LiveValue {
  readonly series: KpiSeries;
  readonly at: number;
  readonly complete: boolean;
}

/** By KPI, then in no order: the total has no tags. */
export type LiveValues = ReadonlyMap<string, readonly LiveValue[]>;

/** Drawing may take a fifth of the time: after each batch the feed rests four times as long as it took. */
const rest = 4;
const bounds = { least: 30, most: 250 };

/**
 * The values of all KPIs as the live stream brings them, published in batches
 * by animation frame. While paused, what is shown stays as it is, and only a series that
 * was not shown yet is added; the newest follows then.
 */
export class KpiFeed {
  private values = new Map<string, LiveValue[]>();
  private readonly dirty = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private paused = false;
  private timer: number | undefined;
  private frame: number | undefined;
  private current: LiveValues = new Map();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly view = (): LiveValues => this.current;

  /** The answer ends it. */
  follow(hub: Hub): () => void {
    const leave = hub.join({ kinds: ['kpi'], kpi: (frame) => this.take(frame) });
    return () => {
      leave();
      window.clearTimeout(this.timer);
      if (this.frame !== undefined) window.cancelAnimationFrame(this.frame);
      this.timer = this.frame = undefined;
    };
  }

  /** What a list of KPIs says; where the stream has told something newer, that stays. */
  fill(kpis: readonly Kpi[]): void {
    for (const { value } of kpis) if (value) this.put(value);
    this.schedule();
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    this.schedule();
  }

  private take(frame: KpiFrame): void {
    this.put(frame);
    this.schedule();
  }

  private put({ kpi, at, complete, series }: KpiFrame): void {
    const known = this.values.get(kpi) ?? [];
    for (const one of series) {
      const place = known.findIndex((v) => sameTags(v.series.tags, one.tags));
      const before = known[place];
      if (before && before.at > at) continue;
      const now = { series: one, at, complete };
      if (place < 0) known.push(now);
      else known[place] = now;
      this.dirty.add(kpi);
    }
    this.values.set(kpi, known);
  }

  private schedule(): void {
    if (!this.news() || this.timer !== undefined || this.frame !== undefined) return;
    this.frame = window.requestAnimationFrame(() => {
      this.frame = undefined;
      const begun = performance.now();
      this.publish();
      // A task of its own runs once the frame is painted.
      this.timer = window.setTimeout(() => {
        this.timer = window.setTimeout(
          () => {
            this.timer = undefined;
            this.schedule();
          },
          Math.min(bounds.most, Math.max(bounds.least, rest * (performance.now() - begun))),
        );
      });
    });
  }

  /** What may be shown of a KPI now. */
  private due(kpi: string): readonly LiveValue[] {
    const newest = this.values.get(kpi) ?? [];
    if (!this.paused) return [...newest];
    const shown = this.current.get(kpi) ?? [];
    return newest.map((one) => shown.find((v) => sameTags(v.series.tags, one.series.tags)) ?? one);
  }

  private news(): boolean {
    const added = (kpi: string) => this.values.get(kpi)?.length !== this.current.get(kpi)?.length;
    return this.paused ? [...this.dirty].some(added) : this.dirty.size > 0;
  }

  private publish(): void {
    const next = new Map(this.current);
    for (const kpi of this.dirty) next.set(kpi, this.due(kpi));
    if (!this.paused) this.dirty.clear();
    this.current = next;
    for (const listener of this.listeners) listener();
  }
}

/** The series with exactly these tags. */
export function seriesOf(values: LiveValues, kpi: string, tags: Tags): LiveValue | undefined {
  return values.get(kpi)?.find((v) => sameTags(v.series.tags, tags));
}
