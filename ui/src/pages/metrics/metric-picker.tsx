import { useId, useState } from 'react';
import { count } from '../../lib/format';
import { leadBy } from '../../live/charted';
import type { RangeId } from '../../live/ranges';
import type { RateRow } from '../../live/rates';
import { texts } from '../../texts';
import { Name } from '../../components/name';
import { Swatch } from '../../components/shapes';

/** More lines than this nobody tells apart. */
export const maxCharted = 6;
const searchFrom = 9;
const listedAtMost = 200;

const dashes: readonly (readonly number[])[] = [[], [], [8, 3], [2, 3], [10, 3, 2, 3], [4, 4]];

export function seriesStyle(i: number) {
  return { colour: `--series-${(i % 6) + 1}`, dash: dashes[i % 6] ?? [] };
}

interface Props {
  readonly rows: readonly RateRow[];
  readonly charted: readonly string[];
  readonly perMinute: ReadonlyMap<string, number>;
  readonly range: RangeId;
  readonly onChange: (names: readonly string[]) => void;
  /** The metric the viewer looks at in the legend: its line is to stand out. */
  readonly onPoint: (name: string | undefined) => void;
}

/** The chart's legend, and the choice of what is in it. */
export function MetricPicker({ rows, charted, perMinute, range, onChange, onPoint }: Props) {
  const text = texts.rates;
  const id = useId();
  const [search, setSearch] = useState('');
  const full = charted.length >= maxCharted;
  const wanted = search.trim().toLowerCase();
  // Rows keep their place while the viewer is ticking them.
  const [held, setHeld] = useState<readonly string[]>();
  const listed = leadBy(rows, held ?? charted);
  const found = wanted ? listed.filter((row) => row.name.toLowerCase().includes(wanted)) : listed;

  function toggle(name: string) {
    setHeld(held ?? charted);
    onChange(charted.includes(name) ? charted.filter((n) => n !== name) : [...charted, name]);
  }

  return (
    <div className="picker">
      {rows.length >= searchFrom && (
        <div className="field picker__search">
          <label htmlFor={id}>{text.find}</label>
          <input
            className="usa-input input"
            id={id}
            type="search"
            value={search}
            onChange={(e) => setSearch(e.target.value)}
          />
        </div>
      )}
      <div className="scroll picker__list">
        <table className="usa-table usa-table--borderless table table--picker">
          <caption className="usa-sr-only">{text.choose}</caption>
          <thead>
            <tr>
              <th scope="col">{text.metric}</th>
              <th scope="col" className="cell--number">
                {text.lastMinute}
              </th>
              <th scope="col" className="cell--number">
                {text.inRange(range)}
              </th>
            </tr>
          </thead>
          <tbody
            onMouseLeave={() => setHeld(undefined)}
            onBlur={(e) => e.currentTarget.contains(e.relatedTarget) || setHeld(undefined)}
          >
            {found.slice(0, listedAtMost).map((row) => {
              const place = charted.indexOf(row.name);
              return (
                <tr
                  key={row.name}
                  onMouseEnter={() => onPoint(row.name)}
                  onMouseLeave={() => onPoint(undefined)}
                  onFocus={() => onPoint(row.name)}
                  onBlur={() => onPoint(undefined)}
                >
                  <th scope="row">
                    <label className="picker__name">
                      <input
                        type="checkbox"
                        checked={place >= 0}
                        disabled={full && place < 0}
                        onChange={() => toggle(row.name)}
                      />
                      {place >= 0 ? <Swatch {...seriesStyle(place)} /> : <span className="swatch" />}
                      <span className="picker__text">
                        <Name>{row.name}</Name>
                      </span>
                    </label>
                  </th>
                  <td className="cell--number">{count(perMinute.get(row.name) ?? 0)}</td>
                  <td className="cell--number">{count(row.total)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
        {found.length === 0 && <p className="panel__empty">{text.noMatch}</p>}
      </div>
      {full && rows.length > charted.length && <p className="picker__note">{text.atMost(maxCharted)}</p>}
    </div>
  );
}
