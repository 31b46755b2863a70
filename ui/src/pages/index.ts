import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { Texts } from '../texts';

export interface PageProps {
  /** What stands behind the colons of the path. */
  readonly params: Readonly<Record<string, string>>;
}

export interface PageRoute {
  readonly path: string;
  /** A page of its own file, fetched when it is first opened. */
  readonly page: LazyExoticComponent<ComponentType<PageProps>>;
  /** The entry in the navigation; a page without one is reached from another. */
  readonly nav?: keyof Texts['pages'];
}

/** Every page of the dashboard, in the order of the navigation. */
export const routes: readonly PageRoute[] = [
  {
    path: '/',
    page: lazy(() => import('./control-room/control-room-page')),
    nav: 'controlRoom',
  },
  {
    path: '/kpis',
    page: lazy(() => import('./kpis/kpis-page')),
    nav: 'kpis',
  },
  { path: '/kpis/:name', page: lazy(() => import('./kpis/kpi-page')) },
  {
    path: '/cases',
    page: lazy(() => import('./cases/cases-page')),
    nav: 'cases',
  },
  { path: '/cases/:id', page: lazy(() => import('./cases/case-page')) },
  { path: '/alerts', page: lazy(() => import('./alerts/alerts-page')), nav: 'alerts' },
  { path: '/alerts/history', page: lazy(() => import('./alerts/history-page')) },
  { path: '/alerts/silences', page: lazy(() => import('./alerts/silences-page')) },
  { path: '/alerts/rules', page: lazy(() => import('./alerts/rules-page')) },
  { path: '/alerts/backtest', page: lazy(() => import('./alerts/backtest-page')) },
  { path: '/alerts/deliveries', page: lazy(() => import('./alerts/deliveries-page')) },
  { path: '/alerts/:id', page: lazy(() => import('./alerts/alert-page')) },
  { path: '/explore', page: lazy(() => import('./explore/explore-page')), nav: 'explore' },
  { path: '/explore/metrics', page: lazy(() => import('./metrics/metrics-page')) },
  { path: '/boards', page: lazy(() => import('./boards/boards-page')), nav: 'boards' },
  { path: '/boards/:name', page: lazy(() => import('./boards/board-page')) },
  { path: '/reports', page: lazy(() => import('./reports/reports-page')), nav: 'reports' },
  {
    path: '/definitions',
    page: lazy(() => import('./definitions/definitions-page')),
    nav: 'definitions',
  },
  { path: '/definitions/:name', page: lazy(() => import('./definitions/definition-page')) },
];
