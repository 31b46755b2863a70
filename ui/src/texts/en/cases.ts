/** The pages of cases. */
const levels: Record<string, string> = {
  L0: 'have it open at once',
  L1: 'work on it at once',
  L2: 'clashed when saving: one was refused',
  L3: 'overwrote each other',
  proxy: 'edited it shortly after each other',
};

const states: Record<string, string> = { open: 'Open', closed: 'Closed', all: 'All' };
const spanStates: Record<string, string> = {
  running: 'Running',
  overdue: 'Overdue',
  paused: 'Paused',
  closed: 'Outside of hours',
};
const verdicts: Record<string, string> = {
  met: 'met',
  missed: 'missed',
  pending: 'not decided yet',
  excluded: 'not counted',
};

export const cases = {
  cases: {
    heading: 'Cases',
    listHeading: (order: string): string => (order === 'age' ? 'Oldest first' : 'Next breach first'),
    against: (kpi: string, version: number) => `held against ${kpi}, version ${version}`,
    clock: 'Clock',
    which: 'Which cases',
    states: (state: string) => states[state] ?? state,
    order: 'Order',
    orders: (order: string): string => (order === 'age' ? 'Oldest' : 'Next breach'),
    onlyAtRisk: 'At risk only',
    none: 'No case matches. Choose other cases or fewer filters.',
    caption: 'Cases held against a clock',
    page: (n: number) => `Page ${n}`,
    case: 'Case',
    state: 'State',
    left: 'Time left',
    deadline: 'Deadline',
    opened: 'Opened',
    goal: 'Goal',
    tags: 'Tags',
    notJudged: 'not judged',
    met: (left: string) => `in time${left && `, ${left} left`}`,
    missed: (over: string) => `late${over && ` by ${over}`}`,
    radar: {
      heading: 'Conflict radar',
      summary: (n: string, plain: number, cases: string) =>
        plain === 0
          ? 'No conflict is open now.'
          : `${n} ${plain === 1 ? 'conflict' : 'conflicts'} open now, on ${cases} ${cases === '1' ? 'case' : 'cases'}.`,
      level: (level: string) => levels[level] ?? level,
    },
    one: {
      all: 'All cases',
      heading: (id: string) => `Case ${id}`,
      heldBy: 'Held against',
      version: (n: number) => `version ${n} of its definition`,
      unknown: 'No event of this case has been heard of.',
      noClock: 'No clock has run for this case.',
      timeline: 'Timeline',
      timelineCaption: 'The events of the case, the oldest first',
      more: 'There are older events; these are the newest 1,000.',
      event: 'Event',
      value: 'Value',
    },
    account: {
      heading: (cycle: number, goal: string | undefined) =>
        [goal ?? 'Clock account', cycle > 1 && `cycle ${cycle}`].filter(Boolean).join(', '),
      verdict: (verdict: string) => verdicts[verdict] ?? verdict,
      noDeadline: 'none while it stands',
      used: 'Time used',
      target: 'Allowed',
      givenBy: (tag: string) => `given by the tag ${tag}`,
      calendar: 'Business hours',
      endedBy: 'Ended by',
      summary: (running: string, paused: string, closed: string, overdue: string) =>
        `The clock ran ${running}, was paused ${paused}, stood outside of hours ${closed}, and was overdue ${overdue}.`,
      caption: 'Spans of the clock',
      from: 'From',
      to: 'To',
      state: (state: string) => spanStates[state] ?? state,
      length: 'Length',
      counted: 'Counted',
      why: 'Why',
      now: 'now',
    },
  },
};
