import type { KpiState } from '../api/types';
import { texts } from '../texts';
import { StateShape } from './shapes';

/** The state of a KPI; one that is held to nothing is not called OK. */
export function KpiBadge({ state, target }: { state: KpiState; target: string | undefined }) {
  if (state !== 'ok' || target !== undefined) return <StateBadge state={state} quiet={state === 'ok'} />;
  return (
    <span className="badge badge--quiet" data-state={state}>
      {texts.tile.noTarget}
    </span>
  );
}

/** A state in a word, a shape and a colour: none of them alone. */
export function StateBadge({ state, quiet = false }: { state: KpiState; quiet?: boolean }) {
  return (
    <span className={`badge badge--${state}${quiet ? ' badge--quiet' : ''}`} data-state={state}>
      <StateShape state={state} />
      {texts.state(state)}
    </span>
  );
}
