import { memo, useId, useState } from 'react';
import { useKpis } from '../../api/kpis';
import type { Point } from '../../api/types';
import { moment } from '../../lib/format';
import { conditionText, valueText } from '../../lib/units';
import { seriesValues } from '../../live/sparks';
import type { Tile } from '../../live/thresholds';
import { useSparks } from '../../live/use-feed';
import { texts } from '../../texts';
import { Figure } from '../../components/figure';
import { Name } from '../../components/name';
import { StateShape } from '../../components/shapes';
import { TagList } from '../../components/tag-list';

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

interface CardProps {
  readonly tile: Tile;
  readonly points: readonly Point[];
  readonly now: number;
  /** That of the KPI which is judged; without one the values are a metric's. */
  readonly unit: string;
}

function TileCard({ tile, points, now, unit }: CardProps) {
  const { rule, state, worst, counts } = tile;
  const text = texts.thresholds;
  return (
    <li className={`tile tile--${state ?? 'none'}`} data-rule={rule.rule} data-state={state ?? 'none'}>
      <h3 className="tile__rule">
        <Name>{rule.rule}</Name>
      </h3>
      <p className="tile__state">
        <StateShape state={state} />
        {state ? texts.state(state) : text.noValue}
        {worst?.since !== undefined && (
          <span className="tile__since">{text.since(moment(worst.since, now, false))}</span>
        )}
      </p>
      <div className="tile__figures">
        <p className="tile__value">{worst ? <Worst value={worst.value} unit={unit} /> : '–'}</p>
        {worst && <Spark values={seriesValues(points, worst.tags)} />}
      </div>
      <p className="tile__limits">
        {text.limits(conditionText(rule.warning, unit), conditionText(rule.critical, unit))}
      </p>
      {worst && rule.by && rule.by.length > 0 && (
        <p className="tile__series">
          <TagList tags={worst.tags} />
          {rule.series.length > 1 && (
            <span className="tile__others">
              {text.ofAll(texts.headline.states(counts.critical, counts.warning, counts.ok, 0))}
            </span>
          )}
        </p>
      )}
    </li>
  );
}

function Worst({ value, unit }: { value: number; unit: string }) {
  if (!unit) return <Figure>{value}</Figure>;
  return (
    <data value={value} title={String(value)}>
      {valueText(value, unit)}
    </data>
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
  const text = texts.thresholds;
  const kpis = useKpis().data;
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
              unit={kpis?.find((k) => k.name === tile.rule.metricName)?.unit ?? ''}
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
