/** Where panels stand on a board's grid. No two overlap; what is pushed goes down. */

export const columns = 12;
export const mostRows = 1000;
export const mostHeight = 40;

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}
export interface Placed extends Place {
  readonly id: string;
}

export const overlap = (a: Place, b: Place): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const between = (n: number, low: number, high: number) => Math.min(high, Math.max(low, n));

/** The nearest place that is on the grid. */
export function clamp({ x, y, w, h }: Place): Place {
  const wide = between(w, 1, columns);
  const high = between(h, 1, mostHeight);
  return { x: between(x, 0, columns - wide), y: between(y, 0, mostRows), w: wide, h: high };
}

const inOrder = (a: Place, b: Place): number => a.y - b.y || a.x - b.x;

/** Puts one panel where it is wanted; those in its way go down, and those in their way. */
export function put<P extends Placed>(panels: readonly P[], id: string, wanted: Place): readonly P[] {
  const place = clamp(wanted);
  const settled: Placed[] = [];
  const places = new Map<string, Place>([[id, place]]);
  settled.push({ id, ...place });
  for (const panel of panels.filter((p) => p.id !== id).sort(inOrder)) {
    const spot = { x: panel.x, y: panel.y, w: panel.w, h: panel.h };
    for (let hit = inWay(settled, spot); hit; hit = inWay(settled, spot)) spot.y = hit.y + hit.h;
    settled.push({ id: panel.id, ...spot });
    places.set(panel.id, spot);
  }
  return panels.map((panel) => {
    const { x, y, w, h } = places.get(panel.id) ?? panel;
    return x === panel.x && y === panel.y && w === panel.w && h === panel.h
      ? panel
      : { ...panel, x, y, w, h };
  });
}

const inWay = (settled: readonly Placed[], spot: Place) => settled.find((other) => overlap(other, spot));

/** The first free spot of that size, in reading order. */
export function freeSpot(panels: readonly Place[], w: number, h: number): Place {
  const bottom = Math.max(0, ...panels.map((p) => p.y + p.h));
  for (let y = 0; y < bottom; y++) {
    for (let x = 0; x + w <= columns; x++) {
      const spot = { x, y, w, h };
      if (!panels.some((p) => overlap(p, spot))) return spot;
    }
  }
  return { x: 0, y: bottom, w, h };
}

/** Panels in the order in which they are read. */
export const readingOrder = <P extends Place>(panels: readonly P[]): readonly P[] => panels.toSorted(inOrder);

export const rowsOf = (panels: readonly Place[]): number => Math.max(0, ...panels.map((p) => p.y + p.h));
