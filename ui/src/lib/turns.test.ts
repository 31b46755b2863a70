import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inTurn } from './turns';

describe('turns', () => {
  let frames: (() => void)[] = [];
  let now = 0;
  const nextFrame = () => frames.splice(0).forEach((run) => run());

  beforeEach(() => {
    frames = [];
    now = 0;
    vi.stubGlobal('requestAnimationFrame', (run: () => void) => frames.push(run));
    vi.stubGlobal('performance', { now: () => now });
  });
  afterEach(() => vi.unstubAllGlobals());

  const task = (done: string[], name: string, cost: number) => () => {
    done.push(name);
    now += cost;
  };

  it('runs what fits into a frame, in order, and the rest in the next', () => {
    const done: string[] = [];
    for (const name of ['a', 'b', 'c', 'd']) inTurn(task(done, name, 3));
    expect(done).toEqual([]);
    nextFrame();
    expect(done).toEqual(['a', 'b']);
    nextFrame();
    expect(done).toEqual(['a', 'b', 'c', 'd']);
    expect(frames).toEqual([]);
  });

  it('runs one a frame at least, whatever it takes', () => {
    const done: string[] = [];
    inTurn(task(done, 'a', 100));
    inTurn(task(done, 'b', 100));
    nextFrame();
    expect(done).toEqual(['a']);
    nextFrame();
    expect(done).toEqual(['a', 'b']);
  });

  it('forgets what was withdrawn', () => {
    const done: string[] = [];
    const withdraw = inTurn(task(done, 'a', 1));
    inTurn(task(done, 'b', 1));
    withdraw();
    nextFrame();
    expect(done).toEqual(['b']);
  });

  it('begins again after it had nothing to do', () => {
    const done: string[] = [];
    inTurn(task(done, 'a', 1));
    nextFrame();
    inTurn(task(done, 'b', 1));
    nextFrame();
    expect(done).toEqual(['a', 'b']);
  });
});
