import { memo, useId, useState } from 'react';
import type { Point } from '../api/types';
import { moment } from '../lib/format';
import { seriesValues } from '../live/sparks';
import type { Tile } from '../live/thresholds';
import { useSparks } from '../live/use-feed';
import { strings } from '../strings';
import { Figure } from './figure';
import { Name } from './name';
import { StateShape } from './shapes';
import { TagList } from './tag-list';

const shownAtFirst = 8;

function Spark({ values }: { values: readonly number[] }) {
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const at = (v: number, i: number) =>
    `${((i / (values.length - 1)) * 100).toFixed(1)},${(22 - ((v - low) / span) * 20).toFixed(1)}`;
  return (
    <svg className="spark" viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true">
      {values.length > 1 && <polyline points={values.map(at).join(' ')} />}
    </svg>
  );
}

function TileCard({ tile, points, now }: { tile: Tile; points: readonly Point[]; now: number }) {
  const { rule, state, worst, counts } = tile;
  const text = strings.thresholds;
  return (
    <li className={`tile tile--${state ?? 'none'}`} data-rule={rule.rule} data-state={state ?? 'none'}>
      <h3 className="tile__rule">
        <Name>{rule.rule}</Name>
      </h3>
      <p className="tile__state">
        <StateShape state={state} />
        {state ? strings.state(state) : text.noValue}
        {worst?.since !== undefined && (
          <span className="tile__since">{text.since(moment(worst.since, now, false))}</span>
        )}
      </p>
      <div className="tile__figures">
        <p className="tile__value">{worst ? <Figure>{worst.value}</Figure> : '–'}</p>
        {worst && <Spark values={seriesValues(points, worst.tags)} />}
      </div>
      <p className="tile__limits">{text.limits(rule.warning, rule.critical)}</p>
      {worst && rule.by && rule.by.length > 0 && (
        <p className="tile__series">
          <TagList tags={worst.tags} />
          {rule.series.length > 1 && (
            <span className="tile__others">
              {text.ofAll(strings.headline.states(counts.critical, counts.warning, counts.ok))}
            </span>
          )}
        </p>
      )}
    </li>
  );
}

const nothing: readonly Point[] = [];

interface Props {
  readonly tiles: readonly Tile[];
  readonly sparks: ReadonlyMap<string, readonly Point[]>;
  readonly now: number;
}

/** How each threshold stands now, the worst first. */
export const Tiles = memo(function Tiles({ tiles, sparks, now }: Props) {
  const id = useId();
  const [all, setAll] = useState(false);
  const text = strings.thresholds;
  const shown = all ? tiles : tiles.slice(0, shownAtFirst);
  useSparks([...new Set(shown.map((tile) => tile.rule.metricName))]);
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
            <TileCard
              key={tile.rule.rule}
              tile={tile}
              points={sparks.get(tile.rule.metricName) ?? nothing}
              now={now}
            />
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
