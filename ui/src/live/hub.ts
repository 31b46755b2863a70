import type { Alert, KpiFrame, Point } from '../api/types';
import { nextLink, type Link } from './link';
import { Stream, type Kind } from './stream';

/** Who takes part in the live stream, and in what of it. */
export interface Listener {
  readonly kinds: readonly Kind[];
  point?(point: Point): void;
  alert?(alert: Alert): void;
  kpi?(frame: KpiFrame): void;
  /** Contact is there again. Values of KPIs that stand are sent anew; points and alerts go on where they ended. */
  opened?(): void;
  /** Contact is there again, and more was missed than the stream is asked to replay: read it anew. */
  resync?(): void;
}

/**
 * Who was away for as long as this reads anew what the stream would replay point by point. Tabs in the
 * background have their timers held back by a minute.
 */
const longAway = 150_000;

/**
 * The one connection to the live stream that a tab has: browsers allow few to
 * one server. It carries what the pages shown ask for and knows how it stands.
 */
export class Hub {
  private readonly stream: Stream;
  private readonly parts = new Set<Listener>();
  private readonly listeners = new Set<() => void>();
  private link: Link = { phase: 'connecting', since: Date.now() };
  private asked = '';
  private ticker: number | undefined;
  /** When the page last ran. */
  private ran = Date.now();
  /** What was missed is to be read anew once contact is there. */
  private missed = false;

  /** Called when the server refuses the stream: the session may have ended. */
  onRefused: () => void = () => undefined;

  constructor() {
    const each = (tell: (part: Listener) => void) => {
      if (!this.slept()) this.parts.forEach(tell);
    };
    this.stream = new Stream({
      opened: () => this.opened(),
      lost: () => this.hear('lost'),
      closed: () => this.onRefused(),
      point: (point) => each((part) => part.point?.(point)),
      alert: (alert) => each((part) => part.alert?.(alert)),
      kpi: (frame) => each((part) => part.kpi?.(frame)),
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly state = (): Link => this.link;

  /** Takes part, from after the event of that id where one is given; the answer ends it. */
  join(part: Listener, after?: string): () => void {
    this.parts.add(part);
    this.ticker ??= window.setInterval(() => this.tick(), 1000);
    this.settle(after);
    return () => {
      this.parts.delete(part);
      // Pages change places: the next one may ask for the same.
      window.setTimeout(() => this.settle());
    };
  }

  /** Contact was lost though the stream has not noticed. */
  doubt(): void {
    if (this.link.phase !== 'live') return;
    this.hear('lost');
    this.stream.reopen();
  }

  private settle(after?: string): void {
    const kinds = [...new Set([...this.parts].flatMap((part) => part.kinds))].sort();
    const asked = kinds.join();
    if (asked === this.asked && after === undefined) return;
    this.asked = asked;
    if (kinds.length > 0) {
      this.stream.open(kinds, after);
      return;
    }
    this.stream.close();
    window.clearInterval(this.ticker);
    this.ticker = undefined;
  }

  private hear(event: 'opened' | 'lost' | 'tick'): void {
    const link = nextLink(this.link, event, Date.now());
    if (link === this.link) return;
    this.link = link;
    for (const listener of this.listeners) listener();
  }

  private opened(): void {
    if (this.slept()) return;
    const { phase, since } = this.link;
    if (!this.missed && phase !== 'live' && Date.now() - since > longAway) {
      this.skip();
      return;
    }
    this.hear('opened');
    for (const part of [...this.parts]) part.opened?.();
    if (!this.missed) return;
    // Read only now that the stream runs: nothing falls between the two.
    this.missed = false;
    for (const part of [...this.parts]) part.resync?.();
  }

  private tick(): void {
    if (!this.slept()) this.hear('tick');
  }

  /** Whether the machine slept until now. What waited in the stream may come before the first tick does. */
  private slept(): boolean {
    const now = Date.now();
    const slept = now - this.ran > longAway;
    this.ran = now;
    if (slept) this.skip();
    return slept;
  }

  /** Goes on from now: what came in between is read anew. */
  private skip(): void {
    this.missed = true;
    this.hear('lost');
    this.stream.forget();
    this.stream.reopen();
  }
}
