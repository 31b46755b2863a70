import type { Alert, KpiFrame, Point } from '../api/types';
import { address } from '../api/client';
import { retryDelay } from './link';

/** What the server streams: single points, changes of state, values of KPIs. */
export type Kind = 'message' | 'alert' | 'kpi';

export interface StreamHandlers {
  opened(): void;
  lost(): void;
  point(point: Point): void;
  alert(alert: Alert): void;
  kpi(frame: KpiFrame): void;
  /** The server ended the stream for good (signed out, gone): the caller may look why. */
  closed(): void;
}

/**
 * The live stream. EventSource reconnects by itself and sends Last-Event-ID;
 * where it gives up (an HTTP error), this opens it again after the last id.
 */
export class Stream {
  private source: EventSource | undefined;
  private timer: number | undefined;
  private attempt = 0;
  private lastId = '';
  private kinds: readonly Kind[] = ['message', 'alert'];

  constructor(
    private readonly handlers: StreamHandlers,
    private readonly create: (url: string) => EventSource = (url) => new EventSource(url),
  ) {}

  /** Opens the stream after the event of that id; without one, after the last seen. */
  open(kinds: readonly Kind[], after = this.lastId): void {
    this.close();
    this.kinds = kinds;
    this.lastId = after;
    this.connect();
  }

  close(): void {
    window.clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  /** Opens a new connection after the last id seen: for one that may be dead without saying so. */
  reopen(): void {
    this.open(this.kinds);
  }

  /** What came before now is read anew by whoever needs it. */
  forget(): void {
    this.lastId = '';
  }

  private connect(): void {
    const source = this.create(
      address('/metrics/stream', { events: this.kinds.join(','), lastEventId: this.lastId || undefined }),
    );
    this.source = source;
    source.onopen = () => {
      this.attempt = 0;
      this.handlers.opened();
    };
    source.onerror = () => {
      this.handlers.lost();
      if (source.readyState !== EventSource.CLOSED) return;
      this.handlers.closed();
      this.timer = window.setTimeout(() => this.connect(), retryDelay(this.attempt++));
    };
    source.onmessage = (message: MessageEvent<string>) => {
      this.lastId = message.lastEventId || this.lastId;
      const body = JSON.parse(message.data) as Omit<Point, 'seq' | 'tags'> & { tags?: Point['tags'] };
      this.handlers.point({ ...body, tags: body.tags ?? {}, seq: Number(message.lastEventId) });
    };
    source.addEventListener('alert', (message: MessageEvent<string>) => {
      this.lastId = message.lastEventId || this.lastId;
      this.handlers.alert(JSON.parse(message.data) as Alert);
    });
    source.addEventListener('kpi', (message: MessageEvent<string>) => {
      this.handlers.kpi(JSON.parse(message.data) as KpiFrame);
    });
  }
}
