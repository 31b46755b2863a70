/** The pages of KPIs. */
const ranges: Record<string, string> = {
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  '1y': 'Last year',
  all: 'All that is stored',
};

const moves: Record<string, string> = {
  earlier: 'Earlier',
  in: 'Zoom in',
  out: 'Zoom out',
  later: 'Later',
};

const origins: Record<string, string> = {
  default: 'built in',
  file: 'configuration file',
  api: 'set in the dashboard or over the API',
};

const verdicts: Record<string, string> = {
  met: 'Met',
  missed: 'Missed',
  pending: 'Not due yet',
  excluded: 'Left out',
  '': 'Not counted',
};

const methods: Record<string, string> = {
  difference: 'The parts add up to the change.',
  mix_and_rate: 'Each part holds what comes of its weight and of its own figure.',
  none: 'The whole does not follow from the parts: ranked by their own change.',
};

/** Titles of the built-in KPIs, as the server gives them: known by them, they are shown in the page's language. */
const kpiTitles: Readonly<Record<string, string>> = {
  'cases.resolved.per.hour': 'Cases resolved per hour',
  'case.sla': 'Cases resolved within 48 hours',
  'case.backlog': 'Open cases',
  'caller.satisfaction': 'Callers who would recommend us (NPS)',
  'caller.stars': 'Satisfaction in stars',
  'caller.csat': 'Satisfied callers (CSAT)',
  'caller.effort': 'Ease of getting help (CES)',
  'case.conflicts': 'Agents on the same case',
};

export const kpis = {
  kpiTitles,
  diff: { label: 'Difference of the definitions', added: 'added', removed: 'removed' },
  kpis: {
    asOf: (time: string) => `as of ${time}`,
    all: 'All KPIs',
    notThere: (name: string) => `There is no KPI called ${name}`,
    upper: '95% interval, upper end',
    lower: '95% interval, lower end',
    backfill: (version: number, share: string, other: boolean) =>
      `Version ${version} reads history, ${share} done.${other ? ' The version before it stays in force until then.' : ''}`,
    verdict: (verdict: string, needed: string | undefined, late: string | undefined) => {
      if (verdict === 'met') return 'The objective is met.';
      if (verdict === 'missed') return 'The objective is missed.';
      const ways = [
        needed && `about ${needed} more, all in time, would settle it as met`,
        late && `${late} late would settle it as missed`,
      ].filter(Boolean);
      return `Undetermined: too few to say whether the objective is met${ways.length ? `; ${ways.join(', ')}` : ''}.`;
    },
    list: {
      heading: 'KPIs',
      caption: 'Every KPI as it stands now',
      define: 'Create or change KPIs',
      none: 'No KPI is defined.',
      title: 'KPI',
      state: 'State',
      value: 'Value',
      target: 'Target',
      window: 'Looks back',
      by: 'Broken down by',
      version: 'Version',
    },
    history: {
      heading: 'History',
      step: (step: string) => `a point each ${step}`,
      over: 'What each point looks back over',
      overStep: 'its step alone',
      range: (id: string) => ranges[id] ?? id,
      zoomed: 'Zoomed',
      move: 'Move and zoom',
      moves: (how: string) => moves[how] ?? how,
      back: 'Back to now',
      drag: 'Dragging across the chart',
      drags: (how: 'zoom' | 'explain'): string => (how === 'zoom' ? 'Drag to zoom' : 'Drag to explain'),
      reading: (done: string, total: string) => `History is being read: ${done} of ${total} events.`,
      summary: (
        title: string,
        from: string,
        to: string,
        low: string,
        high: string,
        last: string,
        alerts: number,
      ) =>
        `Chart of ${title} from ${from} to ${to}: between ${low} and ${high}, ${last} at the end${alerts > 0 ? `, ${alerts} changes of state` : ''}.`,
      alerts: (n: string, one: boolean) => `${n} ${one ? 'change' : 'changes'} of state in this span`,
      allAlerts: (n: string, first: string) => `Show all ${n}, back to ${first}`,
    },
    files: { csv: 'CSV', png: 'PNG', link: 'Copy link', noPicture: 'There is no chart to save.' },
    explain: {
      heading: 'Explain a change',
      clear: 'Clear',
      hint: 'Mark a span: choose its ends here, or choose “Drag to explain” and drag across the chart. It is compared with the span of the same length right before it.',
      noTags:
        'This KPI is not broken down by any tag, so a change cannot be traced. Add tags to “by” in its definition.',
      ends: (end: 'from' | 'to'): string => (end === 'from' ? 'From' : 'to'),
      change: (before: string, now: string, change: string, nBefore: string, n: string) =>
        `From ${before} (n = ${nBefore}) before to ${now} (n = ${n}) in the marked span: ${change}.`,
      most: (tag: string, value: string, share: string) => `${tag} ${value} holds ${share} of the change.`,
      by: (tag: string) => `By ${tag}`,
      caption: (tag: string) => `Shares of the change by ${tag}`,
      method: (method: string) => methods[method] ?? '',
      share: 'Share of the change',
      contribution: (points: boolean): string => (points ? 'Percentage points' : 'Contribution'),
      before: 'Before',
      now: 'Marked span',
      rest: (n: string, share: string) => `Others (${n}): ${share} together.`,
    },
    groups: {
      heading: 'Breakdown',
      by: 'By',
      total: 'Total',
      more: (n: string) => `Show ${n} more`,
      interval: '95% interval',
      caption: (tag: string) => `Values by ${tag}`,
    },
    definition: {
      heading: 'Definition',
      version: (n: number, origin: string) => `version ${n}, ${origin}`,
      origin: (origin: string) => origins[origin] ?? origin,
      change: 'Change it',
      formula: 'What it is',
      excludes: 'What is left out',
      looksBack: 'Looks back',
      yaml: 'The definition as YAML',
    },
    versions: {
      heading: 'Versions',
      caption: 'Every version of the definition, the newest first',
      version: 'Version',
      when: 'When',
      who: 'Who',
      why: 'Why',
      noWhy: 'no reason given',
      change: 'Change',
      first: 'the first',
      compare: (n: number) => `Compare with ${n}`,
      between: (a: number, b: number) => `What changed from version ${a} to ${b}`,
      noCases: 'This type gives no verdicts on cases, so there are none to compare.',
      flipped: (n: string, of: string) => `${n} of ${of} cases are judged another way.`,
      flippedCaption: 'Cases that are judged another way',
      case: 'Case',
      before: 'Before',
      after: 'After',
      deadline: 'New deadline',
      verdict: (verdict: string) => verdicts[verdict] ?? verdict,
    },
  },
};
