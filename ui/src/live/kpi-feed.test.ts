import { expect, it, vi } from 'vitest';
import type { Kpi, KpiFrame } from '../api/types';
import { withFakes } from './fake-source';
import { KpiFeed, seriesOf } from './kpi-feed';

withFakes();

const valued = (at: number, value: number, tags: Record<string, string> = {}): Kpi =>
  ({
    value: {
      kpi: 'k',
      at,
      complete: true,
      series: [{ tags, value, state: 'ok', n: 1 }],
    } as unknown as KpiFrame,
  }) as Kpi;

it('shows what a list says although it is paused from the start, and then stands still', () => {
  const feed = new KpiFeed();
  const drawn = (tags = {}) => seriesOf(feed.view(), 'k', tags)?.series.value;
  feed.setPaused(true);
  feed.fill([valued(1, 10)]);
  vi.advanceTimersByTime(1000);
  expect(drawn()).toBe(10);
  feed.fill([valued(2, 20)]);
  feed.fill([valued(2, 5, { office: 'north' })]);
  vi.advanceTimersByTime(1000);
  expect(drawn()).toBe(10);
  expect(drawn({ office: 'north' })).toBe(5);
  feed.setPaused(false);
  vi.advanceTimersByTime(1000);
  expect(drawn()).toBe(20);
});
