/** The page of raw metrics. Numbers and times come formatted. */
import type { State } from '../../api/types';
import type { RangeId } from '../../live/ranges';
import { plural, rangeLong, rangeShort, span, stateWord } from './common';

const stateLower = (state: State) => (state === 'ok' ? stateWord('ok') : stateWord(state).toLowerCase());

export const metrics = {
  metricCount: (n: string, one: boolean) => `${n} ${one ? 'metric' : 'metrics'}`,

  perMinute: (n: string, one: boolean) => `${n} ${one ? 'event' : 'events'} in the last minute`,

  headline: {
    none: 'Receiving events',
    waiting: (n: number) => `${n} ${plural(n, 'threshold', 'thresholds')} waiting for a first value`,
    allOk: (n: number) => (n === 1 ? 'The one threshold is OK' : `All ${n} thresholds are OK`),
    states: (critical: number, warning: number, ok: number, waiting: number) =>
      [
        critical > 0 && `${critical} critical`,
        warning > 0 && `${warning} warning`,
        ok > 0 && `${ok} OK`,
        waiting > 0 && `${waiting} without a value`,
      ]
        .filter(Boolean)
        .join(', '),
  },

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

  rates: {
    heading: 'Events per metric',
    every: (step: number) => `count every ${span(step)}`,
    per: (step: number) => `per ${span(step)}`,
    none: (range: RangeId) => `No events in ${rangeLong(range)}.`,
    noneHint: (last: string) => `The newest event stored is of ${last}.`,
    showAll: 'Show all that is stored',
    summary: (range: RangeId, total: string, names: number, top: string, n: string) =>
      `Line chart of events per metric over ${rangeLong(range)}: ${total} events of ${names} ${plural(names, 'metric', 'metrics')}, most of them ${top} with ${n}.`,
    choose: 'Metrics in the chart',
    find: 'Find a metric',
    noMatch: 'No metric has this in its name.',
    metric: 'Metric',
    lastMinute: 'Last minute',
    inRange: (range: RangeId) => (range === 'all' ? 'Stored' : `Last ${rangeShort(range)}`),
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
    limit: (state: State, condition: string) => `${stateWord(state)} ${condition}`,
  },

  alerts: {
    heading: 'Alerts',
    none: 'No threshold has changed state yet.',
    was: (previous: State) => `was ${stateLower(previous)}`,
    value: (value: string, condition: string) => (condition ? `${value}, ${condition}` : value),
    recovered: 'Recovered',
    recent: 'Latest changes',
    earlier: 'Show earlier alerts',
    loading: 'Loading…',
    announce: (state: State, rule: string, value: string, condition: string, tags: string) =>
      `${stateWord(state)}: ${rule}${tags ? ` (${tags})` : ''} is ${value}${condition ? `, ${condition}` : ''}.`,
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
};
