import { useId } from 'react';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What is wrong with it, once that is to be said. */
  readonly fault?: string | undefined;
  readonly hint?: string;
  readonly rows?: number;
  readonly code?: boolean;
}

/** A labelled field of text over the whole width, with its fault above it. */
export function TextField({ label, value, onChange, fault, hint, rows, code = false }: Props) {
  const id = useId();
  const about = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ') || undefined;
  const shared = {
    id,
    value,
    'aria-describedby': about,
    'aria-invalid': fault ? true : undefined,
    className: `usa-input input input--full${code ? ' input--code' : ''}`,
  };
  return (
    <div className="entry">
      <label className="entry__label" htmlFor={id}>
        {label}
      </label>
      {hint && (
        <span className="muted" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {fault && (
        <span className="entry__fault" id={`${id}-fault`} role="alert">
          {fault}
        </span>
      )}
      {rows ? (
        <textarea {...shared} rows={rows} spellCheck={!code} onChange={(e) => onChange(e.target.value)} />
      ) : (
        <input {...shared} type="text" autoComplete="off" onChange={(e) => onChange(e.target.value)} />
      )}
    </div>
  );
}
