import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { api } from '../api/client';
import { AlertFeed, type AlertView } from './alert-feed';
import { Hub } from './hub';
import type { Link } from './link';

interface Live {
  readonly hub: Hub;
  readonly alerts: AlertFeed;
}

export const LiveContext = createContext<Live | undefined>(undefined);

/** How many changes of state are read at a time. */
export const alertPage = 50;

function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('the live stream is asked for outside of LiveContext');
  return live;
}

export const useHub = (): Hub => useLive().hub;
export const useAlertFeed = (): AlertFeed => useLive().alerts;

export function useLink(): Link {
  const hub = useHub();
  return useSyncExternalStore(hub.subscribe, hub.state);
}

export function useAlerts(): AlertView {
  const alerts = useAlertFeed();
  return useSyncExternalStore(alerts.subscribe, alerts.view);
}

/** Begins the live part of the dashboard, for as long as one viewer is signed in. */
export function useLiveStart(): Live {
  const client = useQueryClient();
  const [live] = useState(() => ({ hub: new Hub(), alerts: new AlertFeed() }));
  useEffect(() => {
    live.hub.onRefused = () => void client.invalidateQueries({ queryKey: ['session'] });
    live.alerts.onResync = () => void client.invalidateQueries();
    return live.alerts.follow(live.hub);
  }, [live, client]);
  return live;
}

/** Reads the changes of state stored. Its error says why they could not be. */
export function useStoredAlerts() {
  const alerts = useAlertFeed();
  return useQuery({
    queryKey: ['alerts'],
    queryFn: async ({ signal }) => {
      const page = await api.alerts({ limit: alertPage }, signal);
      alerts.fill(page);
      return page.next;
    },
    staleTime: Infinity,
  });
}
