import type { BoardPanel } from '../../api/boards';
import type { Kpi } from '../../api/types';
import { titleOf } from '../../lib/title';
import { texts } from '../../texts';

/** A panel's own title, or one that says what it shows. */
export function panelTitle(panel: BoardPanel, kpis: readonly Kpi[]): string {
  if (panel.title) return panel.title;
  const text = texts.boards;
  const found = kpis.find((k) => k.name === panel.kpi);
  const kpi = found ? titleOf(found) : panel.kpi;
  const tags = Object.values(panel.tags ?? {});
  const about = kpi ?? panel.metric;
  if (about !== undefined) {
    const by = panel.by ? text.byTag(about, panel.by) : about;
    return tags.length > 0 ? `${by} (${tags.join(', ')})` : by;
  }
  return text.types[panel.type];
}
