import { useRef, useState, type CSSProperties, type KeyboardEvent, type PointerEvent } from 'react';
import type { Board, BoardPanel as Spec } from '../../api/boards';
import { texts } from '../../texts';
import { BoardPanel, gap, row } from './board-panel';
import { nudged, placePanel } from './draft';
import { columns, put, readingOrder, type Place } from './grid';
import { panelTitle } from './panel-title';
import { useBoardKpis } from './panels/context';

const spot = ({ x, y, w, h }: Place): CSSProperties => ({
  // Custom properties, so that a narrow page can lay panels below each other.
  ['--x' as string]: x + 1,
  ['--y' as string]: y + 1,
  ['--w' as string]: w,
  ['--h' as string]: h,
});

/** A board to look at. */
export function BoardGrid({ board }: { board: Board }) {
  return (
    <div className="board">
      {readingOrder(board.panels).map((panel) => (
        <div className="board__spot" key={panel.id} style={spot(panel)}>
          <BoardPanel panel={panel} />
        </div>
      ))}
    </div>
  );
}

interface EditProps {
  readonly board: Board;
  readonly onChange: (board: Board) => void;
  readonly onConfigure: (id: string) => void;
  readonly onRemove: (id: string) => void;
}

interface Drag {
  readonly id: string;
  readonly how: 'move' | 'size';
  readonly fromX: number;
  readonly fromY: number;
  readonly start: Place;
  readonly now: Place;
  readonly column: number;
}

/**
 * A board whose panels are moved and resized, by pointer or with the arrow keys. They stay in one order of the
 * document meanwhile: what is taken out of it and put back loses the focus.
 */
export function EditGrid({ board, onChange, onConfigure, onRemove }: EditProps) {
  const host = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Drag>();
  const [said, setSaid] = useState('');
  const kpis = useBoardKpis();
  const shown = drag ? put(board.panels, drag.id, drag.now) : board.panels;
  const say = (panel: Spec, place: Place) =>
    setSaid(texts.boards.placed(panelTitle(panel, kpis), place.x + 1, place.y + 1, place.w, place.h));

  const change = (panel: Spec, place: Place | undefined) => {
    if (!place) return;
    onChange(placePanel(board, panel.id, place));
    say(panel, place);
  };

  const begin = (panel: Spec, how: Drag['how']) => (e: PointerEvent<HTMLElement>) => {
    const wide = host.current?.clientWidth;
    if (e.button !== 0 || !wide) return;
    e.currentTarget.setPointerCapture(e.pointerId);
    const start = { x: panel.x, y: panel.y, w: panel.w, h: panel.h };
    setDrag({
      id: panel.id,
      how,
      fromX: e.clientX,
      fromY: e.clientY + window.scrollY,
      start,
      now: start,
      column: (wide + gap) / columns,
    });
  };
  const follow = (e: PointerEvent<HTMLElement>) => {
    if (!drag) return;
    const x = Math.round((e.clientX - drag.fromX) / drag.column);
    const y = Math.round((e.clientY + window.scrollY - drag.fromY) / (row + gap));
    const now = nudged(drag.start, drag.how === 'move' ? { x, y } : { w: x, h: y }) ?? drag.start;
    if (JSON.stringify(now) !== JSON.stringify(drag.now)) setDrag({ ...drag, now });
  };
  const end = (panel: Spec) => () => {
    if (!drag) return;
    setDrag(undefined);
    if (JSON.stringify(drag.now) !== JSON.stringify(drag.start)) change(panel, drag.now);
  };
  const handle = (panel: Spec, how: Drag['how']) => ({
    onPointerDown: begin(panel, how),
    onPointerMove: follow,
    onPointerUp: end(panel),
    onPointerCancel: () => setDrag(undefined),
    onKeyDown: (e: KeyboardEvent) => {
      const by = arrows[e.key];
      if (!by || e.ctrlKey || e.metaKey || e.altKey) return;
      e.preventDefault();
      const sized = how === 'size' || e.shiftKey;
      change(panel, nudged(panel, sized ? { w: by.x, h: by.y } : by));
    },
  });

  return (
    <>
      <p className="usa-sr-only" role="status" data-testid="placed">
        {said}
      </p>
      <div className="board board--edit" ref={host}>
        {board.panels.map((panel) => {
          const place = shown.find((p) => p.id === panel.id) ?? panel;
          const title = panelTitle(panel, kpis);
          return (
            <div
              className={drag?.id === panel.id ? 'board__spot board__spot--held' : 'board__spot'}
              key={panel.id}
              style={spot(place)}
            >
              <BoardPanel
                panel={panel}
                tools={
                  <div className="board-panel__tools" role="group" aria-label={texts.boards.toolsOf(title)}>
                    <button
                      type="button"
                      className="board-tool board-tool--move"
                      {...handle(panel, 'move')}
                      aria-label={texts.boards.move(title)}
                      aria-describedby="board-keys"
                    >
                      <svg viewBox="0 0 16 16" aria-hidden="true">
                        <path d="M8 1v14M1 8h14M8 1 6 3m2-2 2 2M8 15l-2-2m2 2 2-2M1 8l2-2M1 8l2 2M15 8l-2-2m2 2-2 2" />
                      </svg>
                    </button>
                    <button
                      type="button"
                      className="board-tool"
                      onClick={() => onConfigure(panel.id)}
                      aria-label={texts.boards.configure(title)}
                    >
                      <svg viewBox="0 0 16 16" aria-hidden="true">
                        <path d="M2 4h7M13 4h1M2 12h1M7 12h7M11 2v4M5 10v4" />
                      </svg>
                    </button>
                    <button
                      type="button"
                      className="board-tool"
                      onClick={() => onRemove(panel.id)}
                      aria-label={texts.boards.remove(title)}
                    >
                      <svg viewBox="0 0 16 16" aria-hidden="true">
                        <path d="M3 3l10 10M13 3 3 13" />
                      </svg>
                    </button>
                  </div>
                }
              />
              <button
                type="button"
                className="board__corner"
                {...handle(panel, 'size')}
                aria-label={texts.boards.resize(title)}
                aria-describedby="board-keys"
              >
                <svg viewBox="0 0 16 16" aria-hidden="true">
                  <path d="M14 5v9H5M14 14l-6-6" />
                </svg>
              </button>
            </div>
          );
        })}
      </div>
    </>
  );
}

const arrows: Readonly<Record<string, { x: number; y: number } | undefined>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};
