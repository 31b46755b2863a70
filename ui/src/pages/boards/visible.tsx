import { useEffect, useRef, useState, type ReactNode } from 'react';

/** Panels that came into sight take their turn when the page has nothing better to do: scrolling goes first. */
const queue: (() => void)[] = [];
let running = false;

const whenIdle = (turn: () => void) => {
  // Not every browser tells when it is idle.
  if (typeof window.requestIdleCallback === 'function') window.requestIdleCallback(turn, { timeout: 300 });
  else setTimeout(turn, 50);
};

function next() {
  const turn = queue.shift();
  if (!turn) {
    running = false;
    return;
  }
  turn();
  whenIdle(next);
}

function inTurn(turn: () => void): () => void {
  queue.push(turn);
  if (!running) {
    running = true;
    whenIdle(next);
  }
  return () => {
    const at = queue.indexOf(turn);
    if (at >= 0) queue.splice(at, 1);
  };
}

/** Renders what is in sight or near it; the rest keeps its place, and costs nothing. */
export function Visible({ children, holding }: { children: () => ReactNode; holding: ReactNode }) {
  const host = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let cancel: () => void = () => undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        // Of several changes told of at once, the last is how it is.
        const seen = entries.at(-1)?.isIntersecting ?? false;
        cancel();
        cancel = inTurn(() => setShown(seen));
      },
      { rootMargin: '400px 0px' },
    );
    observer.observe(element);
    return () => {
      cancel();
      observer.disconnect();
    };
  }, []);
  return (
    <div className="board-panel__body" ref={host}>
      {shown ? children() : holding}
    </div>
  );
}
