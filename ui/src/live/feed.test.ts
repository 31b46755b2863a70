import { expect, it, vi } from 'vitest';
import { FakeSource, withFakes } from './fake-source';
import { Feed } from './feed';
import { Hub } from './hub';

withFakes();

function openFeed() {
  const hub = new Hub();
  const feed = new Feed(hub);
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
  return { hub, feed, drawn, leave, source, send };
}

it('goes on after the last stored event', () => {
  const { hub, feed, source, send } = openFeed();
  expect(source.url).toContain('lastEventId=41');
  expect(hub.state().phase).toBe('live');
  send(42);
  vi.advanceTimersByTime(20);
  expect(feed.snapshot().recent.map((p) => p.seq)).toEqual([42, 41]);
});

it('draws a flood a few times a second, and loses none of it', () => {
  const { feed, drawn, send } = openFeed();
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

it('holds still while paused', () => {
  const { feed, send } = openFeed();
  feed.setPaused(true);
  send(42);
  vi.advanceTimersByTime(1000);
  expect(feed.snapshot().recent.map((p) => p.seq)).toEqual([41]);
  feed.setPaused(false);
  expect(feed.snapshot().recent.map((p) => p.seq)).toEqual([42, 41]);
});

it('stops when nobody looks', () => {
  const { leave, source } = openFeed();
  leave();
  vi.advanceTimersByTime(1);
  expect(source.readyState).toBe(FakeSource.CLOSED);
  expect(vi.getTimerCount()).toBe(0);
});
