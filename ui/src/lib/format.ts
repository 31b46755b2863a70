/** Numbers and times as the viewer's own locale and zone write them. */

const locale = typeof navigator === 'undefined' ? 'en' : navigator.language;

const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const exact = new Intl.NumberFormat(locale, { maximumSignificantDigits: 15 });
const short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });
const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const seconds = new Intl.DateTimeFormat(locale, { ...clock, second: '2-digit' });
const minutes = new Intl.DateTimeFormat(locale, clock);
const date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const dayMonth = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });

export const count = (n: number): string => whole.format(n);
/** Every digit that the number has. */
export const value = (n: number): string => exact.format(n);
/** Four digits are enough of a fraction; a whole number, and the whole part of one, keeps every digit. */
const rounding = new Intl.NumberFormat(locale, {
  maximumSignificantDigits: 4,
  maximumFractionDigits: 1,
  roundingPriority: 'morePrecision',
});
/** A value as it is read, in two parts that line up at the decimal point. */
export function rounded(n: number): readonly [whole: string, fraction: string] {
  if (Number.isInteger(n)) return [value(n), ''];
  const parts = rounding.formatToParts(n);
  const point = parts.findIndex((p) => p.type === 'decimal');
  const text = (some: typeof parts) => some.map((p) => p.value).join('');
  return point < 0 ? [text(parts), ''] : [text(parts.slice(0, point)), text(parts.slice(point))];
}
/** A value beside the limit it is compared with, which rounding must not make it equal to. */
export function judged(n: number, limit: number | undefined): string {
  const text = rounded(n).join('');
  return limit !== undefined && n !== limit && text === rounded(limit).join('') ? value(n) : text;
}
/** For a figure read at a glance or on an axis. */
export const figure = (n: number): string => (Math.abs(n) >= 100_000 ? compact : short).format(n);

export const timeOfDay = (ms: number): string => seconds.format(ms);
export const hourMinute = (ms: number): string => minutes.format(ms);

const sameDay = (a: number, b: number): boolean => date.format(a) === date.format(b);

/** The time, with its date where that is not today. */
export function moment(ms: number, now: number, precise = true): string {
  const time = precise ? timeOfDay(ms) : hourMinute(ms);
  return sameDay(ms, now) ? time : `${date.format(ms)}, ${time}`;
}

/** A time on an axis whose ticks are `increment` ms apart. */
export function tick(ms: number, increment: number): string {
  if (increment >= 28 * 86_400_000) return date.format(ms);
  if (increment >= 86_400_000) return dayMonth.format(ms);
  if (hourMinute(ms) === hourMinute(new Date(2000, 0, 1).getTime()) && increment >= 3_600_000) {
    return dayMonth.format(ms);
  }
  return increment < 60_000 ? timeOfDay(ms) : hourMinute(ms);
}

/** The viewer's zone by name and offset: "Central European Standard Time (UTC+01:00)". */
export function zoneName(now: number): string {
  const part = (style: 'long' | 'longOffset') =>
    new Intl.DateTimeFormat(locale, { timeZoneName: style })
      .formatToParts(now)
      .find((p) => p.type === 'timeZoneName')?.value ?? '';
  const name = part('long');
  const offset = part('longOffset').replace('GMT', 'UTC');
  return /^(GMT|UTC)/.test(name) || offset === 'UTC' ? name.replace('GMT', 'UTC') : `${name} (${offset})`;
}

export const iso = (ms: number): string => new Date(ms).toISOString();
