import type uPlot from 'uplot';
import type { ChartSeries } from './chart';

/** A readout beside the cursor. Built from text nodes: names are whatever senders chose. */
export function tooltip(
  series: readonly ChartSeries[],
  time: (ms: number) => string,
  format: (value: number) => string,
): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = 'readout';
  box.hidden = true;

  function line(label: string, value: string, colour: string): HTMLElement {
    const row = document.createElement('div');
    row.className = 'readout__row';
    const dot = document.createElement('span');
    dot.className = 'readout__dot';
    dot.style.background = `var(${colour})`;
    const name = document.createElement('span');
    name.className = 'readout__name';
    name.textContent = label;
    const figure = document.createElement('span');
    figure.className = 'readout__value';
    figure.textContent = value;
    row.append(dot, name, figure);
    return row;
  }

  return {
    hooks: {
      ready: (u) => u.over.append(box),
      setCursor: (u) => {
        const at = u.cursor.idx;
        const x = at == null ? undefined : u.data[0][at];
        box.hidden = x === undefined;
        if (at == null || x === undefined) return;
        const head = document.createElement('div');
        head.className = 'readout__time';
        head.textContent = time(x);
        const rows = series.flatMap((s, i) => {
          const y = u.data[i + 1]?.[at];
          return s.quiet || y == null ? [] : [line(s.label, format(y), s.colour)];
        });
        box.replaceChildren(head, ...rows);
        const left = u.valToPos(x, 'x');
        const flip = left > u.over.clientWidth / 2;
        box.style.left = flip ? '' : `${left + 12}px`;
        box.style.right = flip ? `${u.over.clientWidth - left + 12}px` : '';
      },
    },
  };
}
