import type { Zone } from '../../lib/format';

const dayLength = 86_400_000;

/** How far the zone's clock is ahead of UTC at an instant, in ms. */
function ahead(ms: number, zone: Zone): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    ...(zone !== 'viewer' && { timeZone: zone }),
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(ms);
  const part = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  const clock = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return clock - Math.floor(ms / 1000) * 1000;
}

/** When a day such as 2026-01-31 begins in a zone; undefined where none is given. */
export function dayStart(day: string, zone: Zone, daysLater = 0): number | undefined {
  const utc = Date.parse(`${day}T00:00:00Z`);
  if (day === '' || Number.isNaN(utc)) return undefined;
  const local = utc + daysLater * dayLength;
  const guess = local - ahead(local, zone);
  // The clock may have been put forward or back between the two.
  return local - ahead(guess, zone);
}
