import { useEffect } from 'react';
import type { State } from '../../api/types';
import { count, zoneName } from '../../lib/format';
import type { Tile } from '../../live/thresholds';
import { texts } from '../../texts';
import { StateShape } from '../../components/shapes';

interface Props {
  readonly tiles: readonly Tile[];
  readonly perMinute: ReadonlyMap<string, number>;
  readonly metricCount: number;
  readonly now: number;
}

/** The page's one-glance answer: how the thresholds stand, and that events flow. */
export function Headline({ tiles, perMinute, metricCount, now }: Props) {
  const of = (state: State) => tiles.filter((tile) => tile.state === state).length;
  const critical = of('critical');
  const warning = of('warning');
  const ok = of('ok');
  useEffect(() => {
    document.title = texts.title(critical, warning);
  }, [critical, warning]);

  const worst: State | undefined = critical ? 'critical' : warning ? 'warning' : ok ? 'ok' : undefined;
  const words =
    tiles.length === 0
      ? texts.headline.none
      : worst === undefined
        ? texts.headline.waiting(tiles.length)
        : ok === tiles.length
          ? texts.headline.allOk(ok)
          : texts.headline.states(critical, warning, ok, tiles.length - critical - warning - ok);
  const total = [...perMinute.values()].reduce((a, b) => a + b, 0);
  return (
    <div className="headline">
      <h1 className="headline__words">
        {tiles.length > 0 && <StateShape state={worst} />}
        {words}
      </h1>
      <p className="headline__note">
        <span className="headline__fact">{texts.perMinute(count(total), total === 1)}</span>
        <span className="headline__fact">{texts.metricCount(count(metricCount), metricCount === 1)}</span>
        <span className="headline__fact">{texts.zone(zoneName(now))}</span>
      </p>
    </div>
  );
}
