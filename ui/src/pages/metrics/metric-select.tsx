import { memo, useId } from 'react';

interface Props {
  readonly label: string;
  readonly all?: string;
  readonly names: readonly string[];
  readonly chosen: string | undefined;
  readonly onChoose: (name: string | undefined) => void;
}

export const MetricSelect = memo(function MetricSelect({ label, all, names, chosen, onChoose }: Props) {
  const id = useId();
  const listed = chosen === undefined || names.includes(chosen) ? names : [chosen, ...names];
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {/* Names can be any text: the option's value is its place in the list. */}
      <select
        className="usa-select select"
        id={id}
        value={chosen === undefined ? '' : listed.indexOf(chosen)}
        onChange={(e) => onChoose(e.target.value === '' ? undefined : listed[Number(e.target.value)])}
      >
        {all !== undefined && <option value="">{all}</option>}
        {listed.map((name, i) => (
          <option key={name} value={i}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
});
