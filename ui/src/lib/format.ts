/** Numbers and times as the viewer's language and the chosen zone write them. */

/** `viewer`: the zone of the machine that shows the page. Otherwise the name of one, such as America/New_York. */
export type Zone = 'viewer' | (string & {});

function makeFormats(locale: string, zone: Zone) {
  const number = (options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options);
  const time = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...(zone !== 'viewer' && { timeZone: zone }), ...options });
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return {
    whole: number({ maximumFractionDigits: 0 }),
    exact: number({ maximumSignificantDigits: 15 }),
    short: number({ maximumSignificantDigits: 4 }),
    compact: number({ notation: 'compact', maximumSignificantDigits: 3 }),
    percent: number({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    digits: (n: number) => number({ minimumFractionDigits: n, maximumFractionDigits: n }),
    signed: number({ maximumSignificantDigits: 3, signDisplay: 'exceptZero' }),
    // Four digits are enough of a fraction; a whole number, and the whole part of one, keeps every digit.
    rounding: number({
      maximumSignificantDigits: 4,
      maximumFractionDigits: 1,
      roundingPriority: 'morePrecision',
    }),
    seconds: time({ ...clock, second: '2-digit' }),
    minutes: time(clock),
    date: time({ day: 'numeric', month: 'short', year: 'numeric' }),
    dayMonth: time({ day: 'numeric', month: 'short' }),
    weekday: time({ weekday: 'short', ...clock }),
    dated: time({ day: 'numeric', month: 'short', year: 'numeric', ...clock }),
    zoneLong: time({ timeZoneName: 'long' }),
    zoneOffset: time({ timeZoneName: 'longOffset' }),
    units: (unit: string, unitDisplay: 'long' | 'short' | 'narrow') =>
      number({ style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 }),
  };
}

let formats = makeFormats('en-US', 'viewer');
let viewerLocale = 'en-US';

/** Called when a language or a zone is chosen; whoever calls it renders the page anew. */
export function setFormats(locale: string, zone: Zone): void {
  viewerLocale = locale;
  formats = makeFormats(locale, zone);
}

export const locale = (): string => viewerLocale;

export const count = (n: number): string => formats.whole.format(n);
/** Every digit that the number has. */
export const value = (n: number): string => formats.exact.format(n);

/** A value as it is read, in two parts that line up at the decimal point. */
export function rounded(n: number): readonly [whole: string, fraction: string] {
  if (Number.isInteger(n)) return [value(n), ''];
  const parts = formats.rounding.formatToParts(n);
  const point = parts.findIndex((p) => p.type === 'decimal');
  const text = (some: typeof parts) => some.map((p) => p.value).join('');
  return point < 0 ? [text(parts), ''] : [text(parts.slice(0, point)), text(parts.slice(point))];
}
/** A value beside the limit it is compared with, which rounding must not make it equal to. */
export function judged(n: number | null, limit: number | undefined): string {
  if (n === null) return '–';
  const text = rounded(n).join('');
  return limit !== undefined && n !== limit && text === rounded(limit).join('') ? value(n) : text;
}
/** For a figure read at a glance or on an axis. */
export const figure = (n: number): string =>
  (Math.abs(n) >= 100_000 ? formats.compact : formats.short).format(n);

/** So many digits behind the point, zeros too: what stands beside each other is equally exact. */
export const fixed = (n: number, digits: number): string => formats.digits(digits).format(n);

export const percent = (share: number): string => formats.percent.format(share);
export const signed = (n: number): string => formats.signed.format(n);

export const timeOfDay = (ms: number): string => formats.seconds.format(ms);
export const hourMinute = (ms: number): string => formats.minutes.format(ms);

const nearby = 6 * 86_400_000;

/** The weekday and the time; further off than that says which day, the date and the time. */
export const weekdayTime = (ms: number, now = Date.now()): string =>
  (Math.abs(ms - now) < nearby ? formats.weekday : formats.dated).format(ms);

const sameDay = (a: number, b: number): boolean => formats.date.format(a) === formats.date.format(b);

/** Within so much of now, a day and a month say which year it is. */
const recent = 180 * 86_400_000;

/** The time, with its date where that is not today. */
export function moment(ms: number, now: number, precise = true): string {
  const time = precise ? timeOfDay(ms) : hourMinute(ms);
  if (sameDay(ms, now)) return time;
  const date = Math.abs(now - ms) < recent ? formats.dayMonth : formats.date;
  return `${date.format(ms)}, ${time}`;
}

const midnight = (ms: number): boolean =>
  /^0?0\D0?0$/.test(
    formats.minutes
      .formatToParts(ms)
      .filter((p) => p.type !== 'dayPeriod')
      .map((p) => p.value)
      .join('')
      .replace(/^24/, '00'),
  );

/** A time on an axis whose ticks are `increment` ms apart. */
export function tick(ms: number, increment: number): string {
  if (increment >= 28 * 86_400_000) return formats.date.format(ms);
  if (increment >= 86_400_000) return formats.dayMonth.format(ms);
  if (increment >= 3_600_000 && midnight(ms)) return formats.dayMonth.format(ms);
  return increment < 60_000 ? timeOfDay(ms) : hourMinute(ms);
}

const units: readonly [number, string][] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
];

/** A length of time in its two largest units: "2 days, 3 hours"; narrow: "2d 3h". */
export function duration(ms: number, style: 'long' | 'narrow' = 'narrow'): string {
  let rest = Math.max(0, Math.round(ms / 1000)) * 1000;
  const parts: string[] = [];
  for (const [size, unit] of units) {
    const n = Math.floor(rest / size);
    if (n > 0 && parts.length < 2) parts.push(formats.units(unit, style).format(n));
    else if (parts.length > 0) break;
    rest -= n * size;
  }
  return parts.join(style === 'long' ? ', ' : ' ') || formats.units('second', style).format(0);
}

/** The zone in force by name and offset: "Central European Standard Time (UTC+01:00)". */
export function zoneName(now: number): string {
  const part = (format: Intl.DateTimeFormat) =>
    format.formatToParts(now).find((p) => p.type === 'timeZoneName')?.value ?? '';
  const name = part(formats.zoneLong);
  const offset = part(formats.zoneOffset).replace('GMT', 'UTC');
  return /^(GMT|UTC)/.test(name) || /^UTC(\+00:00)?$/.test(offset)
    ? name.replace('GMT', 'UTC')
    : `${name} (${offset})`;
}

/** How far the clock of the zone in force is ahead of UTC, in ms. */
export function clockAhead(ms: number): number {
  const offset = formats.zoneOffset.formatToParts(ms).find((p) => p.type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /([+\-−])(\d{2}):(\d{2})/.exec(offset) ?? [];
  return sign === undefined ? 0 : (sign === '+' ? 1 : -1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

/** The zone of the machine that shows the page, such as America/New_York. */
export const machineZone = (): string => new Intl.DateTimeFormat().resolvedOptions().timeZone;

export const iso = (ms: number): string => new Date(ms).toISOString();
