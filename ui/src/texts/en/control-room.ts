/** The control room, and the tiles that other pages show as well. */
import { stateWord } from './common';

const slaNames: Record<string, string> = {
  due: 'Due',
  closed: 'Closed',
  closed_and_overdue: 'Closed and overdue',
  live: 'Open now',
};

const windowWords = (window: string): string =>
  window.replace(/^(\d+)([smhdw])$/, (_, n: string, unit: string) => {
    const [one, many] = {
      s: ['second', 'seconds'],
      m: ['minute', 'minutes'],
      h: ['hour', 'hours'],
      d: ['day', 'days'],
      w: ['week', 'weeks'],
    }[unit] ?? ['', ''];
    return n === '1' ? (one ?? '') : `${n} ${many}`;
  });

const slaFormulas: Record<string, (window: string) => string> = {
  due: (window) =>
    `Of the cases whose deadline passed in the last ${windowWords(window)}, the share resolved by it. Cases still open past their deadline count as missed.`,
  closed: (window) =>
    `Of the cases resolved in the last ${windowWords(window)}, the share resolved by their deadline. Cases open past their deadline do not show here.`,
  closed_and_overdue: (window) =>
    `Of the cases resolved in the last ${windowWords(window)} and those open past their deadline now, the share resolved in time.`,
  live: () => 'The open cases, by how they stand against their deadline now.',
};

const slaDenominators: Record<string, string> = {
  due: 'Divided by: cases whose deadline passed.',
  closed: 'Divided by: cases resolved.',
  closed_and_overdue: 'Divided by: cases resolved, and cases open and overdue.',
  live: 'Not divided: these are counts of cases.',
};

const verdicts: Record<'met' | 'missed' | 'undetermined', (needed: string) => string> = {
  met: () => 'The objective is met.',
  missed: () => 'The objective is missed.',
  undetermined: (needed) =>
    `Too few to say whether the objective is met: about ${needed} more cases would tell.`,
};

const levels: Record<string, string> = {
  L0: 'have it open at once',
  L1: 'work on it at once',
  L2: 'clashed when saving: one was refused',
  L3: 'overwrote each other',
  proxy: 'edited it shortly after each other',
};

const caseStates: Record<string, string> = {
  breached: 'Breached',
  at_risk: 'At risk',
  on_track: 'On track',
  paused: 'Paused',
  without_goal: 'Without a goal',
  closed: 'Closed',
  cancelled: 'Cancelled',
};

const spanWords: Record<string, string> = {
  '1h': '1 hour',
  '6h': '6 hours',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
};

export const controlRoom = {
  tile: {
    noTarget: 'No target set',
    objective: (share: string) => `Objective ${share}`,
    limits: (warning: string | undefined, critical: string | undefined) =>
      [warning && `Warning ${warning}`, critical && `critical ${critical}`]
        .filter(Boolean)
        .join(', ')
        .replace(/^./, (c) => c.toUpperCase()),
    sameAsLastWeek: 'As at this time last week',
    change: (by: string, up: boolean) => `${by} ${up ? 'above' : 'below'} this time last week`,
    points: (n: string) => `${n} percentage points`,
    noLastWeek: 'No value at this time last week',
    n: (n: string) => `n = ${n}`,
    interval: (low: string, high: string) => `95% interval ${low} to ${high}`,
    complete: 'complete',
    incomplete: 'still counting',
    backfill: (share: string) => `reading history, ${share} done`,
    window: (window: string) => `last ${windowWords(window)}`,
    notByTag: (keys: string) => `total: not broken down by ${keys}`,
  },

  controlRoom: {
    lead: 'Main figures',
    others: 'Other KPIs',
    headline: (critical: number, warning: number, of: number) =>
      critical + warning === 0
        ? `No KPI is ${stateWord('warning').toLowerCase()} or ${stateWord('critical').toLowerCase()}`
        : `${[critical > 0 && `${critical} critical`, warning > 0 && `${warning} warning`].filter(Boolean).join(', ')} of ${of} KPIs`,
    firing: (critical: number, warning: number) => {
      const kinds = [critical > 0 && `${critical} critical`, warning > 0 && `${warning} warning`].filter(
        Boolean,
      );
      return `Alerts: ${kinds.join(', ')}`;
    },
    span: (id: string) => spanWords[id] ?? id,
    over: (window: string) => `over the last ${windowWords(window)}`,
    noValues: 'No values in this span of time.',
    summary: (what: string, low: string, high: string, last: string | undefined) =>
      `Chart of ${what}: between ${low} and ${high}${last === undefined ? '' : `, ${last} at the end`}.`,
    allAlerts: 'All alerts',
    leaveWall: 'Leave the wall display',
    sla: {
      choose: 'Figure of adherence',
      figure: (id: string) => slaNames[id] ?? id,
      formula: (id: string, window: string) => slaFormulas[id]?.(window) ?? '',
      denominator: (id: string) => slaDenominators[id] ?? '',
      excludes: 'Left out:',
      of: (met: string, total: string) => `in time: ${met} of ${total} cases.`,
      live: (breached: string, atRisk: string, onTrack: string, paused: string) =>
        `${breached} breached, ${atRisk} at risk, ${onTrack} on track, ${paused} paused.`,
      verdict: (verdict: 'met' | 'missed' | 'undetermined', needed: string) => verdicts[verdict](needed),
      soFar: (share: string, total: string) => `${share} of ${total} closed so far in time`,
      breached: 'Breached',
      atRisk: 'At risk',
    },
    satisfaction: {
      value: 'Value',
      upper: '95% interval, upper end',
      lower: '95% interval, lower end',
      responses: (responses: string, sent: string) => `from ${responses} answers to ${sent} surveys.`,
    },
    conflicts: {
      heading: 'Conflicts begun',
      began: 'Conflicts begun',
      now: (open: string, started: string, window: string) =>
        `${open} open now; ${started} began in the last ${windowWords(window)}.`,
    },
    next: {
      heading: 'Breaching next',
      none: 'No case is open against a deadline.',
      state: (state: string) => caseStates[state] ?? state,
      left: (time: string) => `${time} left`,
      over: (time: string) => `Overdue by ${time}`,
      noDeadline: 'no deadline',
      due: (time: string) => `due ${time}`,
    },
    open: {
      heading: 'Conflicts open now',
      none: 'Nobody is in anybody’s way.',
      who: (agents: string, level: string) => `${agents} ${levels[level] ?? level}`,
      since: (time: string) => `since ${time}`,
    },
  },
};
