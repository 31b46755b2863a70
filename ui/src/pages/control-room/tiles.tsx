import { KpiTile } from '../../components/kpi-tile';
import { KpiBadge } from '../../components/state-badge';
import { figureOf, valueText } from '../../lib/units';
import { titleOf } from '../../lib/title';
import { pageAddress } from '../address';
import { texts } from '../../texts';
import type { Shown } from './use-values';
import { changeOf, intervalOf, notesOf, targetOf } from './words';

/** The KPIs that a room is run by. */
export function Tiles({ shown }: { shown: readonly Shown[] }) {
  return (
    <ul className="kpis" aria-label={texts.controlRoom.lead}>
      {shown.map((one) => (
        <li key={one.kpi.name}>
          <Tile shown={one} />
        </li>
      ))}
    </ul>
  );
}

function Tile({ shown }: { shown: Shown }) {
  const { kpi, series } = shown;
  const value = series?.value ?? null;
  const [figure, unit] = value === null ? [undefined, ''] : figureOf(value, kpi.unit);
  const interval = intervalOf(shown);
  return (
    <KpiTile
      name={kpi.name}
      title={titleOf(kpi)}
      state={series?.state ?? 'no_data'}
      figure={figure}
      unit={unit}
      exact={value}
      target={targetOf(kpi)}
      change={changeOf(shown)}
      notes={interval ? [interval, ...notesOf(shown)] : notesOf(shown)}
      spark={shown.course}
      href={pageAddress(`/kpis/${encodeURIComponent(kpi.name)}`)}
    />
  );
}

/** All other KPIs, a line each. */
export function OtherKpis({ shown }: { shown: readonly Shown[] }) {
  if (shown.length === 0) return null;
  return (
    <ul className="others" aria-label={texts.controlRoom.others}>
      {shown.map((one) => {
        const { kpi, series } = one;
        const href = pageAddress(`/kpis/${encodeURIComponent(kpi.name)}`);
        return (
          <li className="other" key={kpi.name} data-kpi={kpi.name} data-state={series?.state ?? 'no_data'}>
            <span className="other__title">{href ? <a href={href}>{titleOf(kpi)}</a> : titleOf(kpi)}</span>
            <data className="other__value" value={series?.value ?? ''}>
              {series?.value == null ? '–' : valueText(series.value, kpi.unit)}
            </data>
            <KpiBadge state={series?.state ?? 'no_data'} target={targetOf(kpi)} />
            <span className="other__notes">{notesOf(one).slice(0, 2).join(' · ')}</span>
          </li>
        );
      })}
    </ul>
  );
}
