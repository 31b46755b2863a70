/** Words that every page uses: the frame, states, faults, signing in. */
import type { Phase } from '../../live/link';
import type { RangeId } from '../../live/ranges';

export const plural = (n: number, one: string, many: string): string => (n === 1 ? one : many);

const states: Record<StateWord, string> = {
  ok: 'OK',
  warning: 'Warning',
  critical: 'Critical',
  undetermined: 'Undetermined',
  no_data: 'No data',
};

export type StateWord = 'ok' | 'warning' | 'critical' | 'undetermined' | 'no_data';

const ranges: Record<RangeId, { short: string; long: string }> = {
  '15m': { short: '15 min', long: 'the last 15 minutes' },
  '1h': { short: '1 hour', long: 'the last hour' },
  '6h': { short: '6 hours', long: 'the last 6 hours' },
  '24h': { short: '24 hours', long: 'the last 24 hours' },
  '7d': { short: '7 days', long: 'the last 7 days' },
  all: { short: 'All', long: 'all that is stored' },
};

export const rangeLong = (id: RangeId): string => ranges[id].long;
export const rangeShort = (id: RangeId): string => ranges[id].short;
export const stateWord = (state: StateWord): string => states[state];

const units: [number, string, string][] = [
  [86_400_000, 'day', 'days'],
  [3_600_000, 'hour', 'hours'],
  [60_000, 'minute', 'minutes'],
  [1000, 'second', 'seconds'],
];

/** "10 seconds", "minute", "2 hours": fits after "every" and "per". */
export function span(ms: number): string {
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

const unitWords: Record<string, string> = {
  '1/h': 'per hour',
  '1/min': 'per minute',
  '1/d': 'per day',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
};

export const common = {
  language: 'English',
  product: 'HMS Monitor',
  skip: 'Skip to the figures',
  controls: 'Page controls',

  pages: {
    label: 'Pages',
    controlRoom: 'Control room',
    kpis: 'KPIs',
    cases: 'Cases',
    definitions: 'Definitions',
    alerts: 'Alerts',
    metrics: 'Metrics',
    explore: 'Explore',
    boards: 'Boards',
    reports: 'Reports',
  },

  link: (phase: Exclude<Phase, 'stale'>) => link[phase],
  stale: (since: string) => `Stale since ${since}`,
  paused: 'Paused',
  pause: 'Pause',
  resume: 'Resume',
  pauseHint: 'updates of the figures; alerts keep coming',
  signOut: 'Sign out',
  signedInAs: (name: string) => `Signed in as ${name}`,

  settings: {
    heading: 'Settings',
    theme: 'Theme',
    themes: { light: 'Light', dark: 'Dark', system: 'System' },
    language: 'Language',
    zone: 'Times',
    viewerZone: (zone: string) => `In your zone (${zone})`,
    agencyZone: (zone: string) => `In the agency’s zone (${zone})`,
    otherZone: (zone: string) => `In ${zone}`,
  },

  state: (state: StateWord) => states[state],
  title: (critical: number, warning: number) =>
    [critical > 0 && `${critical} critical`, warning > 0 && `${warning} warning`, 'HMS Monitor']
      .filter(Boolean)
      .join(' · '),
  zone: (zone: string) => `Times in ${zone}`,

  filter: {
    label: 'Filter by tag',
    all: 'All',
    clear: 'Clear filters',
    none: '(none)',
  },

  range: {
    label: 'Time span of the charts',
    short: rangeShort,
  },

  table: {
    show: 'Show this chart as a table',
    time: 'Time',
    n: 'n',
    lower: '95% from',
    upper: '95% to',
    noValue: 'no value',
    sortBy: 'Sort by',
    sort: (column: string) => `Sort by ${column}`,
    page: (from: string, to: string, total: string) => `${from} to ${to} of ${total}`,
    previous: 'Previous page',
    next: 'Next page',
    empty: 'Nothing to list.',
  },

  unit: (unit: string) => unitWords[unit] ?? unit,

  condition: (comparison: string, limit: string) => `${comparison} ${limit}`,

  dialog: { close: 'Close' },
  loading: 'Loading…',

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
    home: 'Go to the control room',
    crash: 'This page stopped working',
    crashLead: 'A fault in the page itself. What is stored on the server is not affected.',
    reload: 'Load the page again',
  },
};
