import { useState } from 'react';

/** The way through pages of a list, back to the first whenever the list becomes another. */
export function usePages(list: string) {
  const [way, setWay] = useState<{ readonly list: string; readonly cursors: readonly string[] }>({
    list,
    cursors: [],
  });
  const cursors = way.list === list ? way.cursors : [];
  return {
    cursor: cursors.at(-1),
    depth: cursors.length,
    next: (cursor: string) => setWay({ list, cursors: [...cursors, cursor] }),
    previous: () => setWay({ list, cursors: cursors.slice(0, -1) }),
  };
}
