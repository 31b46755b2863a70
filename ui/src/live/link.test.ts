import { describe, expect, it } from 'vitest';
import { nextLink, retryDelay, staleAfter, type Link } from './link';

const live: Link = { phase: 'live', since: 0 };

describe('nextLink', () => {
  it('goes from live to reconnecting to stale, counting from the loss of contact', () => {
    const lost = nextLink(live, 'lost', 100);
    expect(lost).toEqual({ phase: 'reconnecting', since: 100 });
    expect(nextLink(lost, 'tick', 100 + staleAfter - 1)).toBe(lost);
    const stale = nextLink(lost, 'tick', 100 + staleAfter);
    expect(stale).toEqual({ phase: 'stale', since: 100 });
    expect(nextLink(stale, 'lost', 99_999)).toBe(stale);
    expect(nextLink(stale, 'opened', 50_000)).toEqual({ phase: 'live', since: 50_000 });
  });

  it('says so when it never got through', () => {
    expect(nextLink({ phase: 'connecting', since: 0 }, 'tick', staleAfter).phase).toBe('stale');
  });

  it('stays as it is where nothing changed', () => {
    expect(nextLink(live, 'opened', 5)).toBe(live);
    expect(nextLink(live, 'tick', 99_999)).toBe(live);
  });
});

describe('retryDelay', () => {
  it('doubles up to ten seconds', () => {
    expect([0, 1, 2, 9].map(retryDelay)).toEqual([500, 1000, 2000, 10_000]);
  });
});
