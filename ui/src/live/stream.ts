import type { Alert, Point } from '../api/types';
import { address } from '../api/client';
import { retryDelay } from './link';

export interface StreamHandlers {
  opened(): void;
  lost(): void;
  point(point: Point): void;
  alert(alert: Alert): void;
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

  constructor(
    private readonly handlers: StreamHandlers,
    private readonly create: (url: string) => EventSource = (url) => new EventSource(url),
  ) {}

  open(lastId: string): void {
    this.close();
    this.lastId = lastId;
    this.connect();
  }

  close(): void {
    window.clearTimeout(this.timer);
    this.source?.close();
    this.source = undefined;
  }

  /** Opens a new connection after the last id seen: for one that may be dead without saying so. */
  reopen(): void {
    this.open(this.lastId);
  }

  private connect(): void {
    const source = this.create(
      address('/metrics/stream', { events: 'message,alert', lastEventId: this.lastId || undefined }),
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
  }
}
