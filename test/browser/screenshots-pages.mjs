// What is pictured: every page with its views and states. `at` is the address, or finds it in what the server
// holds; `act` does what has to be done first; `ready` is what has to be there.
const open = 10_000;

const firstCase = async ({ ask }) =>
  `/cases/${encodeURIComponent((await ask('/api/cases?state=open&limit=1')).cases[0].caseId)}`;
const worstAlert = ({ worst }) => `/alerts/${worst.id}`;
const hours = (from, to) => `${Date.now() - from * 3_600_000}-${Date.now() - to * 3_600_000}`;
const explained = () => `/kpis/case.sla.same.day?range=7d&mark=${hours(30, 6)}`;
const press = (name) => (page) => page.getByRole('button', { name }).first().click({ timeout: open });
const opened = `SELECT time_bucket(INTERVAL 1 HOUR, time) AS hour, count(*) AS opened
FROM events
WHERE metric = 'case.opened' AND time >= now() - INTERVAL 3 DAY
GROUP BY ALL
ORDER BY hour`;

const runSql = async (page) => {
  await page.locator('.cm-content').waitFor();
  await page.locator('.panel--sql .usa-button').first().click();
  await page.locator('[data-testid=sql-answer]').waitFor();
};
const runBacktest = async (page) => {
  await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('critical'));
  await page.locator('form button[type=submit]').click();
  await page.locator('.behind, .panel--refusal').first().waitFor();
};

/** One of each page; what it shows in Spanish as well. */
const views = [
  { name: 'control-room', at: '/', ready: '.kpi' },
  { name: 'kpis', at: '/kpis' },
  { name: 'kpi', at: '/kpis/case.sla.same.day?range=7d', ready: '.panel canvas' },
  { name: 'kpi-explained', at: explained, ready: '.explain__tags' },
  { name: 'cases', at: '/cases?kpi=case.sla.same.day' },
  { name: 'case', at: firstCase },
  { name: 'alerts', at: '/alerts', ready: '.firing' },
  { name: 'alerts-history', at: '/alerts/history', ready: 'tbody tr' },
  { name: 'alert', at: worstAlert, ready: '.ladder__message', act: press(/^(Explain|Explicar)/) },
  { name: 'silences', at: '/alerts/silences' },
  { name: 'rules', at: '/alerts/rules', ready: '.panel--group' },
  { name: 'backtest', at: '/alerts/backtest?of=threshold:case.resolved.rate', act: runBacktest },
  { name: 'deliveries', at: '/alerts/deliveries', ready: '.panel--receivers tbody tr' },
  { name: 'events', at: '/explore?span=24h', ready: 'tr[data-seq]' },
  { name: 'sql', at: `/explore?view=sql&sql=${encodeURIComponent(opened)}`, act: runSql },
  { name: 'metrics', at: '/explore/metrics', ready: '.chart canvas' },
  { name: 'boards', at: '/boards', ready: '.board-card' },
  { name: 'board', at: '/boards/operations', ready: '.board-kpi', tall: true },
  { name: 'board-edit', at: '/boards/operations?edit=1', ready: '.board-kpi', tall: true },
  { name: 'reports', at: '/reports?span=yesterday', ready: 'main table' },
  { name: 'definitions', at: '/definitions', ready: 'main table' },
  { name: 'definition', at: '/definitions/case.sla.same.day?preview=7d' },
  {
    name: 'settings',
    at: '/',
    ready: '.kpi',
    act: (page) => page.locator('.settings > button').click(),
    screen: true,
  },
  { name: 'sign-in', at: '/', office: 'closed' },
  { name: 'not-found', at: '/nowhere' },
];

const variants = [
  { name: 'control-room-office', at: '/?tag.office=housing', ready: '.kpi' },
  { name: 'control-room-paused', at: '/?paused=1&range=7d', ready: '.kpi' },
  ...['figures', 'work', 'cases', 'alerts'].map((slide) => ({
    name: `wall-${slide}`,
    at: `/?wall=1&slide=${slide}`,
    ready: '.wall',
    screen: true,
  })),
  {
    name: 'reports-print',
    at: '/reports?span=yesterday',
    ready: 'main table',
    print: true,
    widths: ['medium'],
  },
  { name: 'definition-yaml', at: '/definitions/case.sla.same.day?as=yaml', widths: ['medium'] },
  { name: 'kpi-unknown', at: '/kpis/case.sl', widths: ['medium'] },
  {
    name: 'silence',
    at: '/alerts',
    ready: '.firing',
    act: press(/^Silence/),
    screen: true,
    widths: ['medium', 'narrow'],
  },
];

const spanish = views.map((view) => ({
  ...view,
  name: `${view.name}-es`,
  language: 'es',
  widths: ['medium'],
}));

/** The pages that read something of their own, in the states that reading has. */
const reading = [
  '/',
  '/kpis',
  '/kpis/case.sla',
  '/cases',
  '/alerts',
  '/explore',
  '/explore/metrics',
  '/boards',
  '/boards/operations',
  '/reports',
  '/definitions',
];
const nameOf = (path) => path.slice(1).replaceAll('/', '-') || 'control-room';
const but = (page, answer) =>
  page.route((url) => url.pathname.startsWith('/api/') && url.pathname !== '/api/session', answer);
const fault = {
  status: 503,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    status: 503,
    title: 'Service Unavailable',
    detail: 'The store is being opened: try again in a moment.',
  }),
};
const states = reading.flatMap((at) => {
  const widths = at === '/' ? undefined : ['medium', 'narrow'];
  return [
    { name: `empty-${nameOf(at)}`, at, office: 'empty', widths },
    {
      name: `loading-${nameOf(at)}`,
      at,
      before: (page) => but(page, () => {}),
      ready: '.loading',
      loading: true,
      widths,
    },
    {
      name: `error-${nameOf(at)}`,
      at,
      before: (page) => but(page, (route) => route.fulfill(fault)),
      ready: 'main',
      loading: true,
      widths,
    },
  ];
});

export const pages = [
  ...views,
  ...variants,
  ...spanish,
  ...states,
  {
    name: 'unreachable',
    at: '/',
    before: (page) => page.route('**/api/**', (route) => route.abort()),
    ready: 'h1',
  },
  ...['/', '/explore', '/explore/metrics'].map((at) => ({
    name: `busy-${nameOf(at)}`,
    at,
    floods: true,
    ready: 'main h1',
  })),
];
