import { useId, useState } from 'react';
import { texts } from '../../texts';
import { shown, typed, type Field } from './draft';
import type { DefinitionFault } from './use-preview';

interface Props {
  readonly field: Field;
  readonly value: unknown;
  readonly faults: readonly DefinitionFault[];
  /** The id of the list of event names. */
  readonly events: string;
  /** It is shown, and cannot be changed. */
  readonly fixed: boolean;
  readonly onChange: (value: unknown) => void;
}

/** One value with its label, its hint, and what is wrong with it. */
export function FormField(props: Props) {
  const { field, faults } = props;
  const words = texts.definitions;
  const id = useId();
  return (
    <div className="form-field" data-field={field.key}>
      {field.kind !== 'flag' && <label htmlFor={id}>{words.label(field.key)}</label>}
      <Control {...props} id={id} />
      <p className="form-field__hint" id={`${id}-hint`}>
        {words.hint(field.kind === 'limit' ? `${field.key}.share` : field.key)}
      </p>
      <div id={`${id}-fault`}>
        {faults.map((f) => (
          <p className="form-field__fault" key={f.detail} lang="en">
            {f.detail}
          </p>
        ))}
      </div>
    </div>
  );
}

function Control({ id, field, value, faults, events, fixed, onChange }: Props & { id: string }) {
  const words = texts.definitions;
  const known = shown(field.kind, value);
  // What is being typed stands, though the definition has it in another form.
  const [text, setText] = useState(known ?? '');
  const same = JSON.stringify(typed(field.kind, text)) === JSON.stringify(value ?? undefined);
  const common = {
    id,
    'aria-describedby': `${id}-hint ${id}-fault`,
    'aria-invalid': faults.length > 0,
  };
  if (field.kind === 'flag') {
    return (
      <label className="check" htmlFor={id}>
        <input
          type="checkbox"
          {...common}
          checked={value === true}
          onChange={(e) => onChange(e.target.checked || undefined)}
        />
        {words.label(field.key)}
      </label>
    );
  }
  if (field.kind === 'choice') {
    return (
      <select
        className="usa-select select"
        {...common}
        value={known ?? ''}
        onChange={(e) => onChange(e.target.value || undefined)}
      >
        <option value="">{words.usual}</option>
        {(field.choices ?? []).map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    );
  }
  if (known === undefined) {
    return <input className="usa-input input" {...common} value={words.inYaml} readOnly />;
  }
  return (
    <input
      className="usa-input input"
      type="text"
      autoComplete="off"
      spellCheck={false}
      {...(field.kind === 'event' && { list: events })}
      {...(field.kind === 'share' && { inputMode: 'decimal' as const })}
      {...common}
      readOnly={fixed}
      value={same ? text : known}
      onChange={(e) => {
        setText(e.target.value);
        onChange(typed(field.kind, e.target.value));
      }}
    />
  );
}
