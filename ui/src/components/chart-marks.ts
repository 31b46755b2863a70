import type uPlot from 'uplot';
import { colour } from '../lib/theme';

/** Something that happened: a line with a shape at its top. */
export interface Mark {
  readonly at: number;
  readonly state: 'ok' | 'warning' | 'critical';
}

/** A span of time that stands out: `now` is the one looked at, `base` what it is compared with. */
export interface Marked {
  readonly from: number;
  readonly to: number;
  readonly kind: 'now' | 'base';
}

interface Shown {
  readonly marks?: readonly Mark[];
  readonly marked?: readonly Marked[];
}

/** Draws what is marked behind the lines, and what happened before them. It follows what is shown. */
export function markLines(shown: () => Shown): uPlot.Plugin {
  return {
    hooks: {
      drawClear: (u) => clipped(u, () => shown().marked?.forEach((span) => drawSpan(u, span))),
      draw: (u) => clipped(u, () => shown().marks?.forEach((mark) => drawMark(u, mark))),
    },
  };
}

function clipped(u: uPlot, draw: () => void) {
  const { left, top, width, height } = u.bbox;
  u.ctx.save();
  u.ctx.beginPath();
  u.ctx.rect(left, top, width, height);
  u.ctx.clip();
  draw();
  u.ctx.restore();
}

function drawSpan(u: uPlot, { from, to, kind }: Marked) {
  const { ctx, bbox } = u;
  const [left, right] = [u.valToPos(from, 'x', true), u.valToPos(to, 'x', true)];
  ctx.fillStyle = colour(kind === 'now' ? '--chart-now' : '--chart-base');
  ctx.fillRect(left, bbox.top, right - left, bbox.height);
  ctx.strokeStyle = colour('--accent');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash(kind === 'now' ? [] : [3, 3]);
  ctx.strokeRect(left, bbox.top, right - left, bbox.height);
}

function drawMark(u: uPlot, { at, state }: Mark) {
  const { ctx, bbox } = u;
  const x = u.valToPos(at, 'x', true);
  const r = 5 * devicePixelRatio;
  const y = bbox.top + r + 1;
  ctx.strokeStyle = ctx.fillStyle = colour(`--${state}`);
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2, 2]);
  ctx.beginPath();
  ctx.moveTo(x, y + r);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.beginPath();
  if (state === 'critical') ctx.rect(x - r, y - r, 2 * r, 2 * r);
  else if (state === 'warning') {
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r, y + r);
    ctx.lineTo(x - r, y + r);
    ctx.closePath();
  } else ctx.arc(x, y, r, 0, 2 * Math.PI);
  if (state === 'ok') ctx.stroke();
  else ctx.fill();
}
