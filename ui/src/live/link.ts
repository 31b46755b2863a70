/** How the page stands with the server, as a pure state machine. */
export type Phase = 'connecting' | 'live' | 'reconnecting' | 'stale';

export interface Link {
  readonly phase: Phase;
  /** Since when the shown data is all there is: the moment contact was lost. */
  readonly since: number;
}

export type LinkEvent = 'opened' | 'lost' | 'tick';

/** After so long without contact the page says that what it shows is old. */
export const staleAfter = 15_000;

export function nextLink(link: Link, event: LinkEvent, now: number): Link {
  switch (event) {
    case 'opened':
      return link.phase === 'live' ? link : { phase: 'live', since: now };
    case 'lost':
      return link.phase === 'live' ? { phase: 'reconnecting', since: now } : link;
    case 'tick':
      return (link.phase === 'reconnecting' || link.phase === 'connecting') && now - link.since >= staleAfter
        ? { phase: 'stale', since: link.since }
        : link;
  }
}

/** How long to wait before the n-th attempt to open a closed stream again. */
export function retryDelay(attempt: number): number {
  return Math.min(10_000, 500 * 2 ** attempt);
}
