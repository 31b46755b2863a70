import type { Alert, Point, Rates, Threshold } from '../api/types';
import { serverNow } from '../api/client';
import type { Hub } from './hub';
import { firstRange, lastMinute, type Range } from './ranges';
import { RateBook, type RateView } from './rates';
import { RecentPoints } from './recent';
import { Sparks } from './sparks';
import { applyAlert, applyPoint } from './thresholds';
import { ValueBook, type ValueBucket } from './values';

/** What the page shows, immutable; parts that did not change are the same objects. */
export interface Snapshot {
  readonly paused: boolean;
  /** Points that came over the stream since the page was opened. */
  readonly received: number;
  readonly recent: readonly Point[];
  readonly rates: RateView;
  readonly perMinute: ReadonlyMap<string, number>;
  readonly values: readonly ValueBucket[];
  readonly rules: readonly Threshold[];
  /** The latest points of each metric that has a threshold, newest first. */
  readonly sparks: ReadonlyMap<string, readonly Point[]>;
  readonly now: number;
}

export const recentLimit = 100;
/** Above this many points a second the page redraws in steps of `busyInterval`: nobody reads faster. */
const busyRate = 30;
const busyInterval = 200;

/**
 * Joins the live stream with what the server has stored and publishes
 * snapshots of it, at most one a frame. It knows nothing of React; the hooks
 * in use-feed.ts connect the two.
 */
export class Feed {
  private readonly listeners = new Set<() => void>();
  private leave: (() => void) | undefined;
  private paused = false;
  private received = 0;
  private rules: readonly Threshold[] = [];
  private sinceRules: Alert[] = [];
  private watchedPoints: Point[] = [];
  private recent = new RecentPoints(recentLimit);
  private range: Range = firstRange;
  private rateBook = new RateBook(this.range.step, this.range.steps);
  private minuteBook = new RateBook(lastMinute.step, lastMinute.steps);
  private valueBook: ValueBook | undefined;
  private readonly sparks = new Sparks();
  private ticker: number | undefined;
  private frame: number | undefined;
  private delay: number | undefined;
  private inThisSecond = 0;
  private current: Snapshot;

  constructor(private readonly hub: Hub) {
    this.current = this.build(undefined, true);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.start();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  };

  readonly snapshot = (): Snapshot => this.current;

  // What the server has stored.

  /** The newest stored points; the stream goes on after the event numbered `last`. */
  begin(stored: readonly Point[], last: number): void {
    this.recent.fill(stored);
    this.leave ??= this.hub.join(
      {
        kinds: ['message', 'alert'],
        point: (point) => this.takePoint(point),
        alert: (alert) => this.takeAlert(alert),
      },
      String(last),
    );
    this.publish(true);
  }

  fillRecent(stored: readonly Point[]): void {
    this.recent.fill(stored);
    this.publish(true);
  }

  beginRates(): void {
    this.rateBook.begin();
    this.minuteBook.begin();
  }

  rebaseRates(rates: Rates): void {
    this.rateBook.rebase(rates);
    this.publish(true);
  }

  rebaseMinute(rates: Rates): void {
    this.minuteBook.rebase(rates);
    this.publish(true);
  }

  fillValues(book: ValueBook, stored: readonly Point[]): void {
    book.fill(stored);
    if (book === this.valueBook) this.publish(true);
  }

  beginRules(): void {
    this.sinceRules = [];
  }

  setRules(rules: readonly Threshold[]): void {
    this.rules = this.sinceRules.reduce(applyAlert, rules);
    this.sparks.watch(rules.map((rule) => rule.metricName));
    this.publish();
  }

  fillSpark(metricName: string, stored: readonly Point[]): void {
    this.sparks.fill(metricName, stored);
    this.publish();
  }

  // What the viewer chooses.

  setRange(range: Range): RateBook {
    if (
      range.step !== this.range.step ||
      range.steps !== this.range.steps ||
      range.until !== this.range.until
    ) {
      this.range = range;
      this.rateBook = new RateBook(range.step, range.steps);
    }
    return this.rateBook;
  }

  /** Shows the points of one metric only, or of all. */
  setFilter(metricName: string | undefined): void {
    this.recent = new RecentPoints(recentLimit, metricName);
  }

  watchValues(book: ValueBook | undefined): void {
    this.valueBook = book;
    this.publish(true);
  }

  setPaused(paused: boolean): void {
    this.paused = paused;
    this.publish(true);
  }

  // What the stream brings.

  private takePoint(point: Point): void {
    this.received++;
    this.inThisSecond++;
    this.recent.add(point);
    this.rateBook.add(point);
    this.minuteBook.add(point);
    this.valueBook?.add(point);
    this.sparks.add(point);
    if (this.rules.some((rule) => rule.metricName === point.metricName)) {
      if (this.watchedPoints.length >= 1000) this.watchedPoints.shift();
      this.watchedPoints.push(point);
    }
    this.schedule();
  }

  private takeAlert(alert: Alert): void {
    this.applyWatched();
    this.rules = applyAlert(this.rules, alert);
    this.sinceRules.push(alert);
    // Not by animation frame: a hidden tab has none, and its title shows the alert.
    window.setTimeout(() => this.publish());
  }

  private applyWatched(): void {
    this.rules = this.watchedPoints.reduce(applyPoint, this.rules);
    this.watchedPoints = [];
  }

  // Publishing.

  private start(): void {
    this.ticker = window.setInterval(() => this.tick(), 1000);
  }

  private stop(): void {
    window.clearInterval(this.ticker);
    window.clearTimeout(this.delay);
    if (this.frame !== undefined) window.cancelAnimationFrame(this.frame);
    this.frame = this.delay = undefined;
    this.leave?.();
    this.leave = undefined;
  }

  private tick(): void {
    this.inThisSecond = 0;
    this.schedule();
  }

  private schedule(): void {
    if (this.frame !== undefined || this.delay !== undefined) return;
    const draw = () => {
      this.frame = window.requestAnimationFrame(() => {
        this.frame = undefined;
        this.publish();
      });
    };
    if (this.inThisSecond <= busyRate) {
      draw();
      return;
    }
    this.delay = window.setTimeout(() => {
      this.delay = undefined;
      draw();
    }, busyInterval);
  }

  /** `all` shows also what is frozen while paused: for changes the viewer made. */
  private publish(all = false): void {
    this.current = this.build(this.current, all || !this.paused);
    for (const listener of this.listeners) listener();
  }

  private build(last: Snapshot | undefined, moving: boolean): Snapshot {
    const now = serverNow();
    if (!this.paused) this.applyWatched();
    const fixed = {
      paused: this.paused,
      received: this.received,
      rules: this.rules,
    };
    if (last && !moving) return { ...last, ...fixed };
    return {
      ...fixed,
      now,
      recent: this.recent.view(),
      rates: this.rateBook.view(this.range.until ?? now),
      perMinute: this.minuteBook.recent(now),
      sparks: this.sparks.view(),
      values: this.valueBook?.view(this.range.until ?? now) ?? [],
    };
  }
}
