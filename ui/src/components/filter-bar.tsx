import { useId } from 'react';
import { useTagFilter } from '../lib/url-state';
import { texts } from '../texts';
import { Button } from './button';

interface Props {
  /** The tags to filter by, each with the values known. */
  readonly keys: readonly { readonly key: string; readonly values: readonly string[] }[];
}

/** Filters a page by tags. What is chosen stands in the address: see useTagFilter. */
export function FilterBar({ keys }: Props) {
  const [tags, setTag] = useTagFilter();
  const id = useId();
  const known = new Set(keys.map(({ key }) => key));
  // A link may carry a tag that nothing here has: it is shown, so that it can be taken away.
  const all = [...keys, ...Object.keys(tags).flatMap((key) => (known.has(key) ? [] : [{ key, values: [] }]))];
  return (
    <div className="filters" role="group" aria-label={texts.filter.label}>
      {all.map(({ key, values }) => {
        const chosen = tags[key];
        const listed = chosen === undefined || values.includes(chosen) ? values : [chosen, ...values];
        return (
          <div className="field" key={key}>
            <label htmlFor={`${id}-${key}`}>{key}</label>
            {/* Values can be any text: the option's value is its place in the list. */}
            <select
              className="usa-select select"
              id={`${id}-${key}`}
              value={chosen === undefined ? '' : listed.indexOf(chosen)}
              onChange={(e) =>
                setTag(key, e.target.value === '' ? undefined : listed[Number(e.target.value)])
              }
            >
              <option value="">{texts.filter.all}</option>
              {listed.map((value, i) => (
                <option key={value} value={i}>
                  {value === '' ? texts.filter.none : value}
                </option>
              ))}
            </select>
          </div>
        );
      })}
      {Object.keys(tags).length > 0 && (
        <Button look="quiet" onClick={() => Object.keys(tags).forEach((key) => setTag(key, undefined))}>
          {texts.filter.clear}
        </Button>
      )}
    </div>
  );
}
