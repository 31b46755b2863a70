import { useId } from 'react';

interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
  /** The language of the label, where it is not the page's. */
  readonly lang?: string;
}

interface Props<T extends string> {
  readonly label: string;
  readonly options: readonly Option<T>[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
  readonly className?: string;
}

/** One choice of a few, as a row of joined segments over radio buttons. */
export function Segments<T extends string>({ label, options, chosen, onChoose, className }: Props<T>) {
  const name = useId();
  return (
    <fieldset className={className ? `segments ${className}` : 'segments'}>
      <legend className="usa-sr-only">{label}</legend>
      {options.map(({ value, label: words, lang }) => (
        <label className="segments__item" key={value} lang={lang}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={chosen === value}
            onChange={() => onChoose(value)}
          />
          <span>{words}</span>
        </label>
      ))}
    </fieldset>
  );
}
