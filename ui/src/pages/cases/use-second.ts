import { useMemo, useSyncExternalStore } from 'react';
import { serverNow } from '../../api/http';

const current = () => Math.floor(serverNow() / 1000) * 1000;

function subscribe(listener: () => void) {
  const timer = window.setInterval(listener, 1000);
  return () => window.clearInterval(timer);
}

function held() {
  const at = current();
  return { subscribe: () => () => undefined, now: () => at };
}

const ticking = { subscribe, now: current };

/** The server's time to the second; it stands while paused. What shows it must not be a live region. */
export function useSecond(paused: boolean): number {
  const clock = useMemo(() => (paused ? held() : ticking), [paused]);
  return useSyncExternalStore(clock.subscribe, clock.now);
}
