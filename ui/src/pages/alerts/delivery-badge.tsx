import type { DeliveryState } from '../../api/deliveries';
import { StateShape } from '../../components/shapes';
import { texts } from '../../texts';

const shapes = { delivered: 'ok', pending: 'undetermined', dead: 'critical' } as const;

/** How a message stands, in a word and a shape. */
export function DeliveryBadge({ state }: { state: DeliveryState }) {
  return (
    <span className={`badge badge--${state === 'dead' ? 'critical' : 'quiet'}`} data-delivery={state}>
      <StateShape state={shapes[state]} />
      {texts.alerting.ladder.state(state)}
    </span>
  );
}
