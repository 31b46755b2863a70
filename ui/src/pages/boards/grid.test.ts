import { describe, expect, it } from 'vitest';
import { clamp, columns, freeSpot, overlap, put, type Placed } from './grid';

/** Numbers that look random and are the same each time. */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

function anyBoard(next: (below: number) => number): readonly Placed[] {
  const panels: Placed[] = [];
  for (let i = 0; i < 3 + next(20); i++) {
    panels.push({ id: `p${i}`, ...freeSpot(panels, 1 + next(6), 1 + next(4)) });
  }
  return panels;
}

function apart(panels: readonly Placed[]) {
  for (const [i, a] of panels.entries()) {
    for (const b of panels.slice(i + 1)) expect(overlap(a, b), `${a.id} and ${b.id}`).toBe(false);
  }
}

describe('the grid', () => {
  it('keeps panels apart, each as large as it was, whatever is moved or resized', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const next = numbers(seed);
      const before = anyBoard(next);
      apart(before);
      const moved = before[next(before.length)] as Placed;
      const wanted = { x: next(14) - 1, y: next(12) - 1, w: next(15), h: next(8) };
      const after = put(before, moved.id, wanted);
      apart(after);
      expect(after.map((p) => p.id)).toEqual(before.map((p) => p.id));
      for (const [i, panel] of after.entries()) {
        const was = before[i] as Placed;
        if (panel.id === moved.id) {
          expect(panel).toMatchObject(clamp(wanted));
          continue;
        }
        expect([panel.x, panel.w, panel.h]).toEqual([was.x, was.w, was.h]);
        expect(panel.y).toBeGreaterThanOrEqual(was.y);
      }
    }
  });

  it('leaves alone what is not in the way', () => {
    const board = [
      { id: 'a', x: 0, y: 0, w: 6, h: 2 },
      { id: 'b', x: 6, y: 0, w: 6, h: 2 },
      { id: 'c', x: 0, y: 2, w: 12, h: 1 },
    ];
    expect(put(board, 'a', { x: 0, y: 0, w: 6, h: 2 })).toEqual(board);
    expect(put(board, 'a', { x: 0, y: 0, w: 6, h: 3 })).toEqual([
      { ...board[0], h: 3 },
      board[1],
      { ...board[2], y: 3 },
    ]);
  });

  it('finds the first gap, or goes below', () => {
    const board = [
      { id: 'a', x: 0, y: 0, w: 6, h: 2 },
      { id: 'b', x: 9, y: 0, w: 3, h: 2 },
    ];
    expect(freeSpot(board, 3, 2)).toEqual({ x: 6, y: 0, w: 3, h: 2 });
    expect(freeSpot(board, 4, 2)).toEqual({ x: 0, y: 2, w: 4, h: 2 });
    expect(freeSpot([], columns, 1)).toEqual({ x: 0, y: 0, w: 12, h: 1 });
  });
});
