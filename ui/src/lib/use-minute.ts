import { useSyncExternalStore } from 'react';
import { serverNow } from '../api/http';

const minute = 60_000;
const current = () => Math.floor(serverNow() / minute) * minute;

function subscribe(listener: () => void) {
  const timer = window.setInterval(listener, 1000);
  return () => window.clearInterval(timer);
}

/** The server's time to the minute: enough to name a day, and it renders but once a minute. */
export const useMinute = (): number => useSyncExternalStore(subscribe, current);
