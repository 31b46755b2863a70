import { memo, useId, type ReactNode } from 'react';
import type { BoardPanel as Spec } from '../../api/boards';
import { texts } from '../../texts';
import { panelTitle } from './panel-title';
import { AlertsPanel } from './panels/alerts-panel';
import { ChartPanel } from './panels/chart-panel';
import { useBoardKpis } from './panels/context';
import { KpiPanel } from './panels/kpi-panel';
import { SqlPanel } from './panels/sql-panel';
import { TablePanel } from './panels/table-panel';
import { TextPanel } from './panels/text-panel';
import { Visible } from './visible';

/** The height of a row, the gap between rows, and what a panel's head takes: as in _boards.scss. */
export const row = 76;
export const gap = 12;
const head = 40;
const behindChart = 46;

const Content = memo(function Content({ panel, title }: { panel: Spec; title: string }) {
  const height = Math.max(60, panel.h * (row + gap) - gap - head - behindChart);
  switch (panel.type) {
    case 'kpi':
      return <KpiPanel panel={panel} />;
    case 'chart':
      return <ChartPanel panel={panel} title={title} height={height} />;
    case 'table':
      return <TablePanel panel={panel} title={title} />;
    case 'sql':
      return <SqlPanel panel={panel} title={title} height={height} />;
    case 'alerts':
      return <AlertsPanel panel={panel} title={title} />;
    case 'text':
      return <TextPanel text={panel.text ?? ''} />;
  }
});

/** One panel in its frame. What it shows is rendered while it is in sight. */
export function BoardPanel({ panel, tools }: { panel: Spec; tools?: ReactNode }) {
  const id = useId();
  const kpis = useBoardKpis();
  const title = panelTitle(panel, kpis);
  // A text without a title needs no heading; a screen reader hears what it is.
  const bare = panel.type === 'text' && !panel.title && !tools;
  return (
    <section className="panel board-panel" aria-labelledby={id} data-panel={panel.id} data-type={panel.type}>
      <header className={bare ? 'usa-sr-only' : 'board-panel__head'}>
        <h2 className="board-panel__title" id={id}>
          {title}
        </h2>
        {tools}
      </header>
      {/* What scrolls must be reached by keyboard. */}
      {/* eslint-disable jsx-a11y/no-noninteractive-tabindex */}
      <div
        className="board-panel__scroll"
        tabIndex={0}
        role="region"
        aria-label={texts.boards.contentOf(title)}
      >
        <Visible>{() => <Content panel={panel} title={title} />}</Visible>
      </div>
      {/* eslint-enable jsx-a11y/no-noninteractive-tabindex */}
    </section>
  );
}
