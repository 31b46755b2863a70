import type { PanelType } from '../../api/boards';

/** A panel that another page made, without a place yet. */
export interface NewPanel {
  readonly type: PanelType;
  readonly [key: string]: unknown;
}

const key = 'hms-new-panel';

/** Handed from page to page by way of the tab's own storage: it outlives loading a page anew. */
export function handOver(board: string, panel: NewPanel): void {
  try {
    sessionStorage.setItem(key, JSON.stringify({ board, panel }));
  } catch {
    // Storage is blocked: the board opens without the panel.
  }
}

/** The panel handed to a board, once. */
export function takeOver(board: string): NewPanel | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as {
      board: string;
      panel: NewPanel;
    } | null;
    if (kept?.board !== board) return undefined;
    sessionStorage.removeItem(key);
    return kept.panel;
  } catch {
    return undefined;
  }
}
