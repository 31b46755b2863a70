/** The spans of time that reports are made of: shifts of a day, and weeks. */
import type { ReportSpan } from '../../api/reports';

export const presets = ['this-shift', 'last-shift', 'yesterday', 'last-week', 'last-7-days'] as const;
export type Preset = (typeof presets)[number] | 'own';

/** When shifts begin, by the hours of the clock; the last goes on past midnight. */
export const shiftStarts = [6, 14, 22] as const;

const hour = 3_600_000;
const day = 24 * hour;

export interface Clock {
  /** The instant at which that day's clock shows that hour, so many days from the day of `now`. */
  at(now: number, days: number, hours: number): number;
  /** The day of the week of `now`, Monday being 0. */
  weekday(now: number): number;
}

function parts(now: number, zone: string | undefined) {
  const format = new Intl.DateTimeFormat('en-US', {
    ...(zone !== undefined && { timeZone: zone }),
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  });
  const of = Object.fromEntries(format.formatToParts(now).map((p) => [p.type, Number(p.value)]));
  return Date.UTC(
    of['year'] ?? 0,
    (of['month'] ?? 1) - 1,
    of['day'] ?? 1,
    of['hour'] ?? 0,
    of['minute'] ?? 0,
    of['second'] ?? 0,
  );
}

/** The clock of a zone, days of 23 and 25 hours included; undefined for that of this machine. */
export function clockOf(zone: string | undefined): Clock {
  const offset = (ms: number) => parts(ms, zone) - Math.floor(ms / 1000) * 1000;
  return {
    at(now, days, hours) {
      const local = parts(now, zone);
      const wanted = Math.floor(local / day) * day + days * day + hours * hour;
      const guess = wanted - offset(wanted);
      return wanted - offset(guess);
    },
    weekday: (now) => (new Date(parts(now, zone)).getUTCDay() + 6) % 7,
  };
}

/** The starts of shifts around now, in order. */
function starts(now: number, clock: Clock): readonly number[] {
  return [-2, -1, 0].flatMap((days) => shiftStarts.map((hours) => clock.at(now, days, hours)));
}

export function spanOf(preset: Exclude<Preset, 'own'>, now: number, clock: Clock): ReportSpan {
  const before = starts(now, clock).filter((start) => start <= now);
  const [previous = now - 16 * hour, current = now - 8 * hour] = before.slice(-2);
  switch (preset) {
    case 'this-shift': {
      const at = shiftStarts.map((hours) => clock.at(now, 0, hours)).find((start) => start > now);
      return { from: current, to: at ?? clock.at(now, 1, shiftStarts[0]) };
    }
    case 'last-shift':
      return { from: previous, to: current };
    case 'yesterday':
      return { from: clock.at(now, -1, 0), to: clock.at(now, 0, 0) };
    case 'last-week': {
      const monday = -clock.weekday(now);
      return { from: clock.at(now, monday - 7, 0), to: clock.at(now, monday, 0) };
    }
    case 'last-7-days':
      return { from: now - 7 * day, to: now };
  }
}
