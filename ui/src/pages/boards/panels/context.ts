import { createContext, useContext, useMemo, useSyncExternalStore } from 'react';
import type { Kpi } from '../../../api/types';
import { KpiFeed, type LiveValues } from '../../../live/kpi-feed';

/**
 * What all panels of a board look at: one stream of values for all of them. The list of KPIs stands apart,
 * so that a value that changes is no news to panels that show none.
 */
export const BoardKpis = createContext<readonly Kpi[]>([]);
export const BoardFeed = createContext<KpiFeed>(new KpiFeed());

export const useBoardKpis = (): readonly Kpi[] => useContext(BoardKpis);

/** The values of one KPI: what another does is no work for the panel. */
export function useBoardValues(kpi: string): LiveValues {
  const feed = useContext(BoardFeed);
  const values = useSyncExternalStore(feed.subscribe, () => feed.view().get(kpi));
  return useMemo(() => new Map(values && [[kpi, values]]), [kpi, values]);
}

export const useKpi = (name: string | undefined): Kpi | undefined =>
  useBoardKpis().find((kpi) => kpi.name === name);

/** Often enough for what is asked for, not told live. */
export const refresh = 10_000;
