import { useEffect, useRef, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { inTurn } from '../../lib/turns';

/** One observer for all panels: each of its own would be asked for every frame. */
const told = new WeakMap<Element, (seen: boolean) => void>();
const observer = new IntersectionObserver(
  // Of several changes told of at once, the last is how it is.
  (entries) => entries.forEach((entry) => told.get(entry.target)?.(entry.isIntersecting)),
  { rootMargin: '400px 0px' },
);

/** Renders what is in sight or near it; the rest keeps its place, and costs nothing. */
export function Visible({ children }: { children: () => ReactNode }) {
  const host = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    let cancel: () => void = () => undefined;
    told.set(element, (seen) => {
      cancel();
      // At once, so that its cost counts for the frame.
      cancel = inTurn(() => flushSync(() => setShown(seen)));
    });
    observer.observe(element);
    return () => {
      cancel();
      observer.unobserve(element);
    };
  }, []);
  return (
    <div className="board-panel__body" ref={host}>
      {shown && children()}
    </div>
  );
}
