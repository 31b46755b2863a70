import { useEffect, useState, useSyncExternalStore } from 'react';
import { useKpis } from '../api/kpis';
import { useFlag } from '../lib/url-state';
import { KpiFeed, type LiveValues } from './kpi-feed';
import { useHub } from './use-live';

/** Every KPI, and the feed of their values for who looks at some of them. Paused by `?paused=1`. */
export function useKpiFeed() {
  const hub = useHub();
  const [feed] = useState(() => new KpiFeed());
  const [paused] = useFlag('paused');
  const list = useKpis();
  useEffect(() => feed.follow(hub), [feed, hub]);
  useEffect(() => {
    if (list.data) feed.fill(list.data);
  }, [feed, list.data]);
  useEffect(() => feed.setPaused(paused), [feed, paused]);
  return { list, feed };
}

/** Every KPI, and its values as they change. */
export function useLiveKpis() {
  const { list, feed } = useKpiFeed();
  const values: LiveValues = useSyncExternalStore(feed.subscribe, feed.view);
  return { list, values };
}
