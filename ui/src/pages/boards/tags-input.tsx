import { useId, useState } from 'react';
import { Button } from '../../components/button';
import { texts } from '../../texts';

interface Props {
  readonly label: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The keys to offer. */
  readonly keys: readonly string[] | undefined;
  readonly onChange: (tags: Record<string, string>) => void;
}

/** Tags to select by: those there are, and a row for one more. */
export function TagsInput({ label, tags, keys = [], onChange }: Props) {
  const text = texts.explore.events;
  const id = useId();
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const add = () => {
    if (key.trim() === '') return;
    onChange({ ...tags, [key.trim()]: value });
    setKey('');
    setValue('');
  };
  return (
    <fieldset className="form-tags">
      <legend>{label}</legend>
      {Object.keys(tags).length > 0 && (
        <ul className="chips">
          {Object.entries(tags).map(([k, v]) => (
            <li key={k} className="chip">
              <span>
                <span className="tag__key">{k}</span> {v === '' ? texts.filter.none : v}
              </span>
              <button
                type="button"
                className="chip__remove"
                aria-label={text.removeTag(k, v)}
                onClick={() =>
                  onChange(Object.fromEntries(Object.entries(tags).filter(([other]) => other !== k)))
                }
              >
                <svg viewBox="0 0 12 12" aria-hidden="true">
                  <path d="M2 2l8 8M10 2l-8 8" />
                </svg>
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="form-tags__add">
        <input
          className="usa-input input"
          aria-label={text.tag}
          placeholder={text.tag}
          list={id}
          value={key}
          autoComplete="off"
          onChange={(e) => setKey(e.target.value)}
        />
        <datalist id={id}>
          {keys.map((k) => (
            <option key={k} value={k} />
          ))}
        </datalist>
        <input
          className="usa-input input"
          aria-label={text.is}
          placeholder={text.is}
          value={value}
          autoComplete="off"
          onChange={(e) => setValue(e.target.value)}
        />
        <Button disabled={key.trim() === ''} onClick={add}>
          {text.add}
        </Button>
      </div>
    </fieldset>
  );
}
