import { judged } from '../lib/format';
import type { Announcement } from '../live/alerts';
import { conditionText } from '../lib/units';
import { limitOf } from '../live/thresholds';
import { useAlerts } from '../live/use-live';
import { texts } from '../texts';
import { tagText } from './tag-list';

function words({ first, count }: Announcement): string {
  const text = texts.alerts;
  const one = text.announce(
    first.state,
    first.rule,
    judged(first.value, limitOf(first.condition)),
    conditionText(first.condition, '') ?? '',
    tagText(first.tags),
  );
  return count > 1 ? one + text.announceMore(count - 1) : one;
}

/** Reads alerts out to a screen reader, and nothing else: a critical one at once. */
export function Announcer() {
  const { announced } = useAlerts();
  const urgent = announced?.worst === 'critical';
  return (
    <>
      <div className="usa-sr-only" aria-live="assertive" aria-atomic="true" data-testid="announce-critical">
        {announced && urgent ? words(announced) : ''}
      </div>
      <div className="usa-sr-only" aria-live="polite" aria-atomic="true" data-testid="announce">
        {announced && !urgent ? words(announced) : ''}
      </div>
    </>
  );
}
