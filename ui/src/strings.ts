/** Every text of the page, in one place for translation. Numbers and times come formatted. */
import type { State } from './api/types';
import type { Phase } from './live/link';
import type { RangeId } from './live/ranges';

const plural = (n: number, one: string, many: string): string => (n === 1 ? one : many);

const states: Record<State, string> = { ok: 'OK', warning: 'Warning', critical: 'Critical' };

const ranges: Record<RangeId, { short: string; long: string }> = {
  '15m': { short: '15 min', long: 'the last 15 minutes' },
  '1h': { short: '1 hour', long: 'the last hour' },
  '6h': { short: '6 hours', long: 'the last 6 hours' },
  '24h': { short: '24 hours', long: 'the last 24 hours' },
  '7d': { short: '7 days', long: 'the last 7 days' },
  all: { short: 'All', long: 'all that is stored' },
};

const units: [number, string, string][] = [
  [86_400_000, 'day', 'days'],
  [3_600_000, 'hour', 'hours'],
  [60_000, 'minute', 'minutes'],
  [1000, 'second', 'seconds'],
];

/** "10 seconds", "minute", "2 hours": fits after "every" and "per". */
function span(ms: number): string {
  for (const [size, one, many] of units) {
    if (ms >= size && ms % size === 0) return ms === size ? one : `${ms / size} ${many}`;
  }
  return `${ms} ms`;
}

const link: Record<Exclude<Phase, 'stale'>, string> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
};

export const strings = {
  product: 'HMS Monitor',
  skip: 'Skip to the figures',
  controls: 'Page controls',

  link: (phase: Exclude<Phase, 'stale'>) => link[phase],
  stale: (since: string) => `Stale since ${since}`,
  paused: 'Paused',
  pause: 'Pause',
  resume: 'Resume',
  pauseHint: 'updates of the charts and tables; alerts keep coming',
  theme: 'Theme',
  themes: { light: 'Light', dark: 'Dark', system: 'System' },
  signOut: 'Sign out',
  signedInAs: (name: string) => `Signed in as ${name}`,

  state: (state: State) => states[state],
  title: (critical: number, warning: number) =>
    [critical > 0 && `${critical} critical`, warning > 0 && `${warning} warning`, 'HMS Monitor']
      .filter(Boolean)
      .join(' · '),

  headline: {
    none: 'Receiving events',
    waiting: (n: number) => `${n} ${plural(n, 'threshold', 'thresholds')} waiting for a first value`,
    allOk: (n: number) => (n === 1 ? 'The one threshold is OK' : `All ${n} thresholds are OK`),
    states: (critical: number, warning: number, ok: number, waiting = 0) =>
      [
        critical > 0 && `${critical} critical`,
        warning > 0 && `${warning} warning`,
        ok > 0 && `${ok} OK`,
        waiting > 0 && `${waiting} without a value`,
      ]
        .filter(Boolean)
        .join(', '),
  },
  perMinute: (n: string, one: boolean) => `${n} ${one ? 'event' : 'events'} in the last minute`,
  metricCount: (n: string, one: boolean) => `${n} ${one ? 'metric' : 'metrics'}`,
  zone: (zone: string) => `Times in ${zone}`,

  thresholds: {
    heading: 'Thresholds',
    none: 'No thresholds are set. Add them to the configuration file to have values judged as they arrive:',
    example: 'thresholds:\n  case.resolved.rate: {warning: 5, critical: 2}',
    noValue: 'No value yet',
    since: (time: string) => `since ${time}`,
    limits: (warning: string | undefined, critical: string | undefined) =>
      [warning && `Warning ${warning}`, critical && `critical ${critical}`]
        .filter(Boolean)
        .join(', ')
        .replace(/^./, (c) => c.toUpperCase()),
    ofAll: (states: string) => `of all: ${states}`,
    more: (n: number) => `Show ${n} more`,
    fewer: 'Show fewer',
  },

  range: {
    label: 'Time span of the charts',
    short: (id: RangeId) => ranges[id].short,
  },

  rates: {
    heading: 'Events per metric',
    every: (step: number) => `count every ${span(step)}`,
    per: (step: number) => `per ${span(step)}`,
    none: (range: RangeId) => `No events in ${ranges[range].long}.`,
    noneHint: (last: string) => `The newest event stored is of ${last}.`,
    showAll: 'Show all that is stored',
    summary: (range: RangeId, total: string, names: number, top: string, n: string) =>
      `Line chart of events per metric over ${ranges[range].long}: ${total} events of ${names} ${plural(names, 'metric', 'metrics')}, most of them ${top} with ${n}.`,
    choose: 'Metrics in the chart',
    find: 'Find a metric',
    noMatch: 'No metric has this in its name.',
    metric: 'Metric',
    lastMinute: 'Last minute',
    inRange: (range: RangeId) => (range === 'all' ? 'Stored' : `Last ${ranges[range].short}`),
    atMost: (n: number) => `The chart shows at most ${n} metrics. Clear one to choose another.`,
    table: 'Show this chart as a table',
    time: 'Step ending',
    running: 'so far',
  },

  values: {
    heading: 'Values',
    metric: 'Metric',
    summary: (metric: string, n: string, min: string, max: string, last: string) =>
      `Line chart of the values of ${metric}: ${n} values between ${min} and ${max}, the last one ${last}.`,
    none: (metric: string) => `No values of ${metric} in this span of time.`,
    partial: (n: string) => `From the newest ${n} values of this span.`,
    mean: 'Mean',
    band: 'Lowest to highest',
    low: 'Lowest',
    high: 'Highest',
    count: 'Values',
    table: 'Show this chart as a table',
    time: 'Time',
    limit: (state: State, condition: string) => `${states[state]} ${condition}`,
  },

  alerts: {
    heading: 'Alerts',
    none: 'No threshold has changed state yet.',
    was: (previous: State) => `was ${previous === 'ok' ? states.ok : states[previous].toLowerCase()}`,
    value: (value: string, condition: string) => (condition ? `${value}, ${condition}` : value),
    earlier: 'Show earlier alerts',
    loading: 'Loading…',
    announce: (state: State, rule: string, value: string, condition: string, tags: string) =>
      `${states[state]}: ${rule}${tags ? ` (${tags})` : ''} is ${value}${condition ? `, ${condition}` : ''}.`,
    announceMore: (n: number) => ` And ${n} more ${plural(n, 'alert', 'alerts')}.`,
  },

  points: {
    heading: 'Latest points',
    filter: 'Metric',
    all: 'All metrics',
    caption: (limit: number) => `The newest ${limit} points, newest first`,
    time: 'Time',
    metric: 'Metric',
    value: 'Value',
    tags: 'Tags',
    none: 'No points yet.',
  },

  empty: {
    heading: 'Waiting for the first event',
    lead: 'Send one in any of these ways. This page goes live by itself when it arrives.',
    curl: 'From a terminal',
    crossing: (rule: string) => `Its value crosses the threshold ${rule}, so an alert comes with it.`,
    js: 'From JavaScript',
    demo: 'Or watch a simulated office at work',
    token: 'Put a token with the role ingest in place of TOKEN.',
    copy: 'Copy',
    copied: 'Copied',
    copyFailed: 'Select the text to copy it',
    copyWhat: (what: string) => `the text “${what}”`,
  },

  signIn: {
    heading: 'Sign in',
    lead: 'This server shows its figures to holders of an access token with the role read.',
    token: 'Access token',
    hint: 'Whoever runs the server makes one with',
    command: 'hms-monitor token new --name NAME --role read',
    show: 'Show token',
    hide: 'Hide token',
    submit: 'Sign in',
    empty: 'Enter your access token',
    refused: 'This token is not accepted. Check that it is complete and has the role read.',
    failed: (why: string) => `Signing in did not work: ${why}`,
  },

  errors: {
    heading: 'There is a problem',
    unreachable: 'The server does not answer',
    unreachableLead: 'This page keeps trying and goes on by itself when the server is back.',
    refused: 'The server refused the figures',
    panel: (why: string) => `What is stored could not be read. ${why}`,
    tryNow: 'Try now',
    notReady: 'The server is not ready',
    notFound: 'Page not found',
    notFoundLead: 'There is no page at this address. If you typed it, check that it is right.',
    home: 'Go to the dashboard',
    crash: 'This page stopped working',
    crashLead: 'A fault in the page itself. What is stored on the server is not affected.',
    reload: 'Load the page again',
  },
};
