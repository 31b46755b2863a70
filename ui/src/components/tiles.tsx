import { memo, useId, useState } from 'react';
import { figure, moment, value } from '../lib/format';
import type { Tile } from '../live/thresholds';
import { strings } from '../strings';
import { StateShape } from './shapes';
import { TagList } from './tag-list';

const shownAtFirst = 8;

function TileCard({ tile, now }: { tile: Tile; now: number }) {
  const { rule, state, worst, counts } = tile;
  const text = strings.thresholds;
  return (
    <li className={`tile tile--${state ?? 'none'}`} data-rule={rule.rule} data-state={state ?? 'none'}>
      <h3 className="tile__rule">{rule.rule}</h3>
      <p className="tile__state">
        <StateShape state={state} />
        {state ? strings.state(state) : text.noValue}
        {worst && <span className="tile__since">{text.since(moment(worst.since, now, false))}</span>}
      </p>
      <p className="tile__value" title={worst && value(worst.value)}>
        {worst ? figure(worst.value) : '–'}
      </p>
      <p className="tile__limits">{text.limits(rule.warning, rule.critical)}</p>
      {worst && rule.by && rule.by.length > 0 && (
        <p className="tile__series">
          <TagList tags={worst.tags} />
          {rule.series.length > 1 && (
            <span>{strings.headline.states(counts.critical, counts.warning, counts.ok)}</span>
          )}
        </p>
      )}
    </li>
  );
}

/** How each threshold stands now, the worst first. */
export const Tiles = memo(function Tiles({ tiles, now }: { tiles: readonly Tile[]; now: number }) {
  const id = useId();
  const [all, setAll] = useState(false);
  const text = strings.thresholds;
  const shown = all ? tiles : tiles.slice(0, shownAtFirst);
  return (
    <section className="thresholds" aria-labelledby={id}>
      <h2 className="usa-sr-only" id={id}>
        {text.heading}
      </h2>
      {tiles.length === 0 ? (
        <div className="hint">
          <p>{text.none}</p>
          <pre className="code">{text.example}</pre>
        </div>
      ) : (
        <ul className="tiles">
          {shown.map((tile) => (
            <TileCard key={tile.rule.rule} tile={tile} now={now} />
          ))}
        </ul>
      )}
      {tiles.length > shownAtFirst && (
        <button
          className="usa-button usa-button--unstyled button button--quiet"
          type="button"
          onClick={() => setAll(!all)}
        >
          {all ? text.fewer : text.more(tiles.length - shownAtFirst)}
        </button>
      )}
    </section>
  );
});
