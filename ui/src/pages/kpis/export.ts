/** Files of what is shown. */
import { colour } from '../../lib/theme';

export function download(name: string, data: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(data);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The chart as a picture that can stand alone: with its title, its sentence and the zone of its times. */
export function pictureOf(
  chart: HTMLCanvasElement,
  title: string,
  notes: readonly string[],
): Promise<Blob | null> {
  const scale = devicePixelRatio;
  const [margin, head, line] = [16 * scale, 34 * scale, 18 * scale];
  const canvas = document.createElement('canvas');
  canvas.width = chart.width + 2 * margin;
  canvas.height = chart.height + head + margin + line * (notes.length + 1);
  const ctx = canvas.getContext('2d');
  if (!ctx) return Promise.resolve(null);
  ctx.fillStyle = colour('--surface');
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = colour('--ink');
  ctx.font = `700 ${16 * scale}px "Public Sans", sans-serif`;
  ctx.fillText(title, margin, margin + 12 * scale, chart.width);
  ctx.drawImage(chart, margin, head + margin / 2);
  ctx.fillStyle = colour('--ink-muted');
  ctx.font = `${12 * scale}px "Public Sans", sans-serif`;
  notes.forEach((note, i) =>
    ctx.fillText(note, margin, head + margin + chart.height + line * (i + 1), chart.width),
  );
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}
