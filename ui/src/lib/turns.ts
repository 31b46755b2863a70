/** What this work may take of a frame, in ms: the rest is the browser's, to lay out and to paint. */
const budget = 4;

const waiting = new Set<() => void>();
let running = false;

function frame() {
  const begun = performance.now();
  for (const task of waiting) {
    waiting.delete(task);
    task();
    if (performance.now() - begun >= budget) break;
  }
  running = waiting.size > 0;
  if (running) requestAnimationFrame(frame);
}

/**
 * Runs a task in one of the next frames, in the order asked for and as many in a frame as fit: two hundred panels that
 * change at once are drawn over several frames, and none of these is late. Gives what withdraws the task.
 */
export function inTurn(task: () => void): () => void {
  waiting.add(task);
  if (!running) {
    running = true;
    requestAnimationFrame(frame);
  }
  return () => waiting.delete(task);
}
