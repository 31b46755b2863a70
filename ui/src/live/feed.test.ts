import { afterEach, beforeEach, expect, it, vi } from 'vitest';

class FakeSource {
  static readonly CLOSED = 2;
  static made: FakeSource[] = [];
  readyState = 0;
  onopen?: () => void;
  onerror?: () => void;
  onmessage?: (message: { data: string; lastEventId: string }) => void;
  private alerts: ((message: { data: string; lastEventId: string }) => void)[] = [];
  constructor(readonly url: string) {
    FakeSource.made.push(this);
  }
  addEventListener(_: string, listener: (typeof this.alerts)[number]) {
    this.alerts.push(listener);
  }
  alert(id: string, body: object) {
    for (const listener of this.alerts) listener({ data: JSON.stringify(body), lastEventId: id });
  }
  close() {
    this.readyState = FakeSource.CLOSED;
  }
}

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

async function openFeed() {
  const { Feed } = await import('./feed');
  const feed = new Feed();
  const drawn = vi.fn();
  const leave = feed.subscribe(drawn);
  feed.begin([{ seq: 41, metricName: 'a', value: 1, tags: {}, timestamp: Date.now() }], 41);
  const source = FakeSource.made.at(-1);
  if (!source) throw new Error('no stream was opened');
  source.onopen?.();
  const send = (seq: number) =>
    source.onmessage?.({
      lastEventId: String(seq),
      data: JSON.stringify({ metricName: 'a', value: seq, timestamp: Date.now() }),
    });
  return { feed, drawn, leave, source, send };
}

it('goes on after the last stored event', async () => {
  const { feed, source, send } = await openFeed();
  expect(source.url).toContain('lastEventId=41');
  expect(feed.snapshot().link.phase).toBe('live');
  send(42);
  vi.advanceTimersByTime(20);
  expect(feed.snapshot().recent.map((p) => p.seq)).toEqual([42, 41]);
});

it('draws a flood a few times a second, and loses none of it', async () => {
  const { feed, drawn, send } = await openFeed();
  drawn.mockClear();
  for (let i = 1; i <= 1000; i++) {
    send(41 + i);
    vi.advanceTimersByTime(1);
  }
  vi.advanceTimersByTime(300);
  expect(drawn.mock.calls.length).toBeLessThan(40);
  expect(feed.snapshot().received).toBe(1000);
  expect(feed.snapshot().recent).toHaveLength(100);
  expect(feed.snapshot().rates.rows[0]?.total).toBe(1000);
});

it('holds still while paused, but for alerts', async () => {
  const { feed, source, send } = await openFeed();
  feed.setPaused(true);
  send(42);
  source.alert('42.1', { id: '42.1', rule: 'r', tags: {}, state: 'critical', value: 1, at: Date.now() });
  vi.advanceTimersByTime(1000);
  expect(feed.snapshot().recent.map((p) => p.seq)).toEqual([41]);
  expect(feed.snapshot().alerts).toHaveLength(1);
  expect(feed.snapshot().announced?.worst).toBe('critical');
  feed.setPaused(false);
  expect(feed.snapshot().recent.map((p) => p.seq)).toEqual([42, 41]);
});

it('opens a refused stream again, after the last id it saw', async () => {
  const { feed, source, send } = await openFeed();
  const refused = vi.fn();
  feed.onRefused = refused;
  send(50);
  source.readyState = FakeSource.CLOSED;
  source.onerror?.();
  expect(feed.snapshot().link.phase).toBe('reconnecting');
  expect(refused).toHaveBeenCalled();
  vi.advanceTimersByTime(600);
  expect(FakeSource.made.at(-1)?.url).toContain('lastEventId=50');
});

it('reads all anew after a long sleep of the machine', async () => {
  const { feed, source } = await openFeed();
  const resync = vi.fn();
  feed.onResync = resync;
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(1000);
  expect(resync).toHaveBeenCalledOnce();
  expect(source.readyState).toBe(FakeSource.CLOSED);
  feed.begin([], 41);
  expect(FakeSource.made).toHaveLength(2);
});

it('stops when nobody looks', async () => {
  const { leave, source } = await openFeed();
  leave();
  expect(source.readyState).toBe(FakeSource.CLOSED);
  expect(vi.getTimerCount()).toBe(0);
});
