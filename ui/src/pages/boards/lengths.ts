/** Lengths of time as boards write them: 90s, 15m, 24h, 7d, 1h30m. */
const sizes: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

export function lengthOf(text: string | undefined, fallback: number): number {
  const parts = [...(text ?? '').matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)];
  const sum = parts.reduce((all, [, n, unit]) => all + Number(n) * (sizes[unit ?? ''] ?? 0), 0);
  return sum > 0 ? sum : fallback;
}

const steps = [60_000, 5 * 60_000, 15 * 60_000, 3_600_000, 6 * 3_600_000, 86_400_000];

/** About as many points as a panel can show. */
export function stepFor(range: number): number {
  return steps.find((step) => range / step <= 150) ?? 86_400_000;
}
