/** A board while it is edited. */
import type { Board, BoardPanel, PanelType } from '../../api/boards';
import { clamp, freeSpot, put, type Place } from './grid';
import type { NewPanel } from './pending';

export const panelTypes: readonly PanelType[] = ['kpi', 'chart', 'table', 'sql', 'alerts', 'text'];

const sizes: Record<PanelType, readonly [w: number, h: number]> = {
  kpi: [3, 2],
  chart: [6, 4],
  table: [4, 4],
  sql: [6, 4],
  alerts: [4, 4],
  text: [4, 1],
};

/** An id that no panel has: the type and a number. */
function freeId(panels: readonly BoardPanel[], type: PanelType): string {
  const taken = new Set(panels.map((p) => p.id));
  for (let n = 1; ; n++) if (!taken.has(`${type}-${n}`)) return `${type}-${n}`;
}

export function addPanel(board: Board, panel: NewPanel): { readonly board: Board; readonly id: string } {
  const [w, h] = sizes[panel.type];
  const made = {
    ...panel,
    id: freeId(board.panels, panel.type),
    ...freeSpot(board.panels, w, h),
  } as BoardPanel;
  return { board: { ...board, panels: [...board.panels, made] }, id: made.id };
}

/** A panel's place; boards leave the order of panels to their places. */
export const placePanel = (board: Board, id: string, place: Place): Board => ({
  ...board,
  panels: put(board.panels, id, place),
});

export const setPanel = (board: Board, panel: BoardPanel): Board => ({
  ...board,
  panels: put(
    board.panels.map((p) => (p.id === panel.id ? panel : p)),
    panel.id,
    panel,
  ),
});

export const removePanel = (board: Board, id: string): Board => ({
  ...board,
  panels: board.panels.filter((p) => p.id !== id),
});

/** A place so many columns and rows away, or larger by so many; undefined where it stays. */
export function nudged(of: Place, by: { x?: number; y?: number; w?: number; h?: number }): Place | undefined {
  const next = clamp({
    x: of.x + (by.x ?? 0),
    y: of.y + (by.y ?? 0),
    w: Math.min(of.w + (by.w ?? 0), 12 - of.x),
    h: of.h + (by.h ?? 0),
  });
  return next.x === of.x && next.y === of.y && next.w === of.w && next.h === of.h ? undefined : next;
}
