import { judged } from '../lib/format';
import type { Announcement } from '../live/alerts';
import { limitOf } from '../live/thresholds';
import { strings } from '../strings';
import { tagText } from './tag-list';

function words({ first, count }: Announcement): string {
  const text = strings.alerts;
  const one = text.announce(
    first.state,
    first.rule,
    judged(first.value, limitOf(first.condition)),
    first.condition,
    tagText(first.tags),
  );
  return count > 1 ? one + text.announceMore(count - 1) : one;
}

/** Reads alerts out to a screen reader, and nothing else: a critical one at once. */
export function Announcer({ announced }: { announced: Announcement | undefined }) {
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
