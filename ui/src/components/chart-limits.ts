import type uPlot from 'uplot';
import { colour } from '../lib/theme';
import type { Limit } from './chart';

/** Tints the ground on the wrong side of each threshold and draws its edge. */
export function limitGround(limits: readonly Limit[]): uPlot.Plugin {
  return {
    hooks: {
      drawClear: (u) => {
        const { left, top, width, height } = u.bbox;
        const { ctx } = u;
        ctx.save();
        ctx.beginPath();
        ctx.rect(left, top, width, height);
        ctx.clip();
        for (const limit of limits) {
          const y = u.valToPos(limit.at, 'y', true);
          ctx.fillStyle = colour(`--chart-${limit.state}`);
          if (limit.wrong === 'above') ctx.fillRect(left, top, width, y - top);
          else ctx.fillRect(left, y, width, top + height - y);
          ctx.strokeStyle = colour(`--${limit.state}`);
          ctx.lineWidth = devicePixelRatio;
          ctx.setLineDash(limit.state === 'critical' ? [2, 3] : [6, 4]);
          ctx.beginPath();
          ctx.moveTo(left, y);
          ctx.lineTo(left + width, y);
          ctx.stroke();
        }
        ctx.restore();
      },
    },
  };
}
