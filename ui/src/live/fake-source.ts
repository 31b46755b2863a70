/** For tests: an EventSource that says what the test lets it say. */
import { afterEach, beforeEach, vi } from 'vitest';

export class FakeSource {
  static readonly CLOSED = 2;
  static made: FakeSource[] = [];
  readyState = 0;
  onopen?: () => void;
  onerror?: () => void;
  onmessage?: (message: { data: string; lastEventId: string }) => void;
  private readonly named: Record<string, ((message: { data: string; lastEventId: string }) => void)[]> = {};
  constructor(readonly url: string) {
    FakeSource.made.push(this);
  }
  addEventListener(name: string, listener: (message: { data: string; lastEventId: string }) => void) {
    (this.named[name] ??= []).push(listener);
  }
  send(name: 'alert' | 'kpi', body: object, id = '') {
    for (const listener of this.named[name] ?? []) listener({ data: JSON.stringify(body), lastEventId: id });
  }
  close() {
    this.readyState = FakeSource.CLOSED;
  }
}

/** Puts fake timers and a fake EventSource in place for each test of a file. */
export function withFakes() {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    vi.stubGlobal('window', {
      setTimeout,
      clearTimeout,
      setInterval,
      clearInterval,
      requestAnimationFrame: (draw: () => void) => setTimeout(draw, 16),
      cancelAnimationFrame: clearTimeout,
    });
    FakeSource.made = [];
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
}
