import { expect, it, vi } from 'vitest';
import { AlertFeed } from './alert-feed';
import { FakeSource, withFakes } from './fake-source';
import { Hub } from './hub';
import { KpiFeed } from './kpi-feed';

withFakes();

const last = () => {
  const source = FakeSource.made.at(-1);
  if (!source) throw new Error('no stream was opened');
  return source;
};
const alert = (id: string, state = 'critical') => ({
  id,
  rule: 'r',
  tags: {},
  state,
  value: 1,
  at: Date.now() + 1,
});
const frame = (value: number, at: number, tags = {}) => ({
  kpi: 'k',
  at,
  complete: true,
  series: [{ tags, value, n: 1, interval: null, state: 'ok' }],
});

it('is one connection, for all that the pages shown ask', () => {
  const hub = new Hub();
  hub.join({ kinds: ['alert'] });
  const leave = hub.join({ kinds: ['kpi'] });
  expect(last().url).toContain('events=alert%2Ckpi');
  expect(FakeSource.made.filter((s) => s.readyState !== FakeSource.CLOSED)).toHaveLength(1);
  leave();
  vi.advanceTimersByTime(1);
  expect(last().url).toMatch(/events=alert(&|$)/);
});

it('stays open while one page takes the place of another', () => {
  const hub = new Hub();
  const leave = hub.join({ kinds: ['kpi'] });
  leave();
  hub.join({ kinds: ['kpi'] });
  vi.advanceTimersByTime(1);
  expect(FakeSource.made).toHaveLength(1);
});

it('opens a refused stream again, after the last id it saw', () => {
  const hub = new Hub();
  hub.onRefused = vi.fn();
  hub.join({ kinds: ['alert'] });
  last().onopen?.();
  last().send('alert', alert('50.1'), '50.1');
  last().readyState = FakeSource.CLOSED;
  last().onerror?.();
  expect(hub.state().phase).toBe('reconnecting');
  expect(hub.onRefused).toHaveBeenCalled();
  vi.advanceTimersByTime(600);
  expect(last().url).toContain('lastEventId=50.1');
});

it('says that data is stale after a while without contact', () => {
  const hub = new Hub();
  hub.join({ kinds: ['kpi'] });
  last().onopen?.();
  last().onerror?.();
  vi.advanceTimersByTime(14_000);
  expect(hub.state().phase).toBe('reconnecting');
  vi.advanceTimersByTime(3000);
  expect(hub.state().phase).toBe('stale');
  last().onopen?.();
  expect(hub.state().phase).toBe('live');
});

it('has all read anew after a long sleep of the machine', () => {
  const hub = new Hub();
  const resync = vi.fn();
  hub.join({ kinds: ['alert'], resync });
  last().send('alert', alert('50.1'), '50.1');
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(1000);
  expect(last().url).not.toContain('lastEventId');
  expect(resync).not.toHaveBeenCalled();
  last().onopen?.();
  expect(resync).toHaveBeenCalledOnce();
});

it('does not take what the stream had waiting for a sign that the machine did not sleep', () => {
  const hub = new Hub();
  const resync = vi.fn();
  const heard = vi.fn();
  hub.join({ kinds: ['alert', 'kpi'], resync, kpi: heard });
  last().onopen?.();
  last().send('alert', alert('50.1'), '50.1');
  vi.setSystemTime(Date.now() + 3_600_000);
  last().send('kpi', frame(1, 1));
  expect(heard).not.toHaveBeenCalled();
  expect(last().url).not.toContain('lastEventId');
  last().onopen?.();
  vi.advanceTimersByTime(5000);
  expect(resync).toHaveBeenCalledOnce();
});

it('has all read anew after long without contact, though the page went on', () => {
  const hub = new Hub();
  const resync = vi.fn();
  hub.join({ kinds: ['alert'], resync });
  last().onopen?.();
  last().send('alert', alert('50.1'), '50.1');
  last().onerror?.();
  vi.advanceTimersByTime(3_600_000);
  last().onopen?.();
  expect(last().url).not.toContain('lastEventId');
  last().onopen?.();
  expect(resync).toHaveBeenCalledOnce();
  expect(hub.state().phase).toBe('live');
});

it('announces an alert once, though the stream repeats it', () => {
  const hub = new Hub();
  const feed = new AlertFeed();
  feed.follow(hub);
  last().send('alert', alert('42.1'));
  vi.advanceTimersByTime(1);
  const { announced } = feed.view();
  expect(announced?.worst).toBe('critical');
  last().send('alert', alert('42.1'));
  vi.advanceTimersByTime(1);
  expect(feed.view().announced).toBe(announced);
  expect(feed.view().alerts).toHaveLength(1);
});

it('publishes a flood of values by frame, the newest of each series', () => {
  const hub = new Hub();
  const feed = new KpiFeed();
  const drawn = vi.fn();
  feed.subscribe(drawn);
  feed.follow(hub);
  for (let i = 1; i <= 1000; i++) {
    last().send('kpi', frame(i, i));
    vi.advanceTimersByTime(1);
  }
  last().send('kpi', frame(-1, 5)); // late
  last().send('kpi', frame(7, 1001, { office: 'north' }));
  vi.advanceTimersByTime(300);
  expect(drawn.mock.calls.length).toBeLessThan(25);
  expect(
    feed
      .view()
      .get('k')
      ?.map((v) => v.series.value),
  ).toEqual([1000, 7]);
});

it('holds values still while paused', () => {
  const hub = new Hub();
  const feed = new KpiFeed();
  feed.follow(hub);
  last().send('kpi', frame(1, 1));
  vi.advanceTimersByTime(200);
  feed.setPaused(true);
  last().send('kpi', frame(2, 2));
  vi.advanceTimersByTime(1000);
  expect(feed.view().get('k')?.[0]?.series.value).toBe(1);
  feed.setPaused(false);
  vi.advanceTimersByTime(200);
  expect(feed.view().get('k')?.[0]?.series.value).toBe(2);
});
