import { createContext, useContext } from 'react';
import type { Kpi } from '../../../api/types';
import type { LiveValues } from '../../../live/kpi-feed';

/**
 * What all panels of a board look at: one stream of values for all of them. The list of KPIs stands apart,
 * so that a value that changes is no news to panels that show none.
 */
export const BoardKpis = createContext<readonly Kpi[]>([]);
export const BoardValues = createContext<LiveValues>(new Map());

export const useBoardKpis = (): readonly Kpi[] => useContext(BoardKpis);
export const useBoardValues = (): LiveValues => useContext(BoardValues);
export const useKpi = (name: string | undefined): Kpi | undefined =>
  useBoardKpis().find((kpi) => kpi.name === name);

/** Often enough for what is asked for, not told live. */
export const refresh = 10_000;
