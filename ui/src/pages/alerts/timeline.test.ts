import { describe, expect, it } from 'vitest';
import type { BacktestFiring } from '../../api/rules';
import { timeline } from './timeline';

const firing = (
  state: 'warning' | 'critical',
  firedAt: number,
  resolvedAt: number | null,
): BacktestFiring => ({
  rule: 'r',
  tags: {},
  state,
  firedAt,
  resolvedAt,
  seconds: 0,
  value: 1,
  condition: '',
});

describe('the timeline of firings', () => {
  it('counts what fires at once', () => {
    const all = [firing('warning', 10, 30), firing('critical', 20, 40), firing('warning', 35, null)];
    expect(timeline(all, 0, 100)).toEqual({
      times: [0, 10, 20, 30, 35, 40, 100],
      firing: [0, 1, 2, 1, 2, 1, 1],
      critical: [0, 0, 1, 1, 1, 0, 0],
      most: 2,
    });
  });

  it('begins with what fired before', () => {
    expect(timeline([firing('warning', -5, 20)], 0, 50)).toMatchObject({
      times: [0, 20, 50],
      firing: [1, 0, 0],
    });
  });

  it('is flat where nothing fired', () => {
    expect(timeline([], 0, 9)).toEqual({ times: [0, 9], firing: [0, 0], critical: [0, 0], most: 0 });
  });
});
