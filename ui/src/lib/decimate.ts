type Column = readonly (number | null)[];

/** Up to this many points a pixel, leaving any out saves nothing. */
const few = 4;

/**
 * What shows of columns of ascending times and values on so many pixels: of each pixel and series the first, the last,
 * the lowest and the highest value (M4), so that the line is the same, and no spike is lost. Points are left out, none
 * is changed. The ends of each pixel stay whatever they are, so that a gap as wide as a pixel stays one.
 */
export function decimate(
  data: readonly Column[],
  from: number,
  to: number,
  pixels: number,
): readonly Column[] {
  const [times = [], ...series] = data;
  if (times.length <= few * pixels || !(to > from)) return data;
  const wide = (to - from) / pixels;
  const pixelOf = (i: number) => Math.floor(((times[i] ?? 0) - from) / wide);
  const kept: number[] = [];
  for (let first = 0; first < times.length;) {
    const pixel = pixelOf(first);
    let end = first + 1;
    while (end < times.length && pixelOf(end) === pixel) end++;
    const here = new Set([first, end - 1]);
    for (const values of series) for (const i of extremes(values, first, end)) here.add(i);
    kept.push(...[...here].sort((a, b) => a - b));
    first = end;
  }
  return data.map((column) => kept.map((i) => column[i] ?? null));
}

/** Where the first, the last, the lowest and the highest value of a stretch are; nowhere if it has none. */
function extremes(values: Column, first: number, end: number): readonly number[] {
  let found: { head: number; tail: number; low: number; high: number } | undefined;
  let [low, high] = [Infinity, -Infinity];
  for (let i = first; i < end; i++) {
    const value = values[i] ?? null;
    if (value === null) continue;
    found ??= { head: i, tail: i, low: i, high: i };
    found.tail = i;
    if (value < low) [low, found.low] = [value, i];
    if (value > high) [high, found.high] = [value, i];
  }
  return found ? [found.head, found.tail, found.low, found.high] : [];
}
