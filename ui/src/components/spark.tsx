interface Props {
  /** Null is a gap. */
  readonly values: readonly (number | null)[];
  readonly className?: string;
}

/** The course of a value as a small line, for the eye alone: the numbers stand elsewhere. */
export function Spark({ values, className = 'spark' }: Props) {
  const known = values.filter((v) => v !== null);
  const low = Math.min(...known);
  const range = Math.max(...known) - low;
  const x = (i: number) => ((i / Math.max(1, values.length - 1)) * 100).toFixed(1);
  const y = (v: number) => (range === 0 ? 12 : 22 - ((v - low) / range) * 20).toFixed(1);
  let path = '';
  values.forEach((v, i) => {
    if (v === null) return;
    path += `${values[i - 1] == null ? 'M' : 'L'}${x(i)} ${y(v)}`;
  });
  return (
    <svg className={className} viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      {known.length > 1 && <path d={path} />}
    </svg>
  );
}
