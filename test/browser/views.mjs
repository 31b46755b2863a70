// Every page of the dashboard, in the states that it can be brought into: what the suites of WCAG and of the keyboard
// go through, on a server that has something to show on each.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, thresholds } from './lib.mjs';
import { fill, kpis } from './office.mjs';

const minute = 60_000;

// The receiver is not there: messages to it are tried again, and stand in the page of deliveries.
const routing = `route: {receiver: duty, group_by: [alertname], group_wait: 0s}
receivers:
  - name: duty
    webhook_configs: [{url: "http://127.0.0.1:9/duty"}]
`;
const rules = `groups:
  - name: office
    rules:
      - record: office:opened:count5m
        expr: sum by (office) (count_over_time({"case.opened"}[5m]))
      - alert: IntakeBurst
        expr: sum by (office) (count_over_time({"case.opened"}[5m])) > 3
        labels: {severity: warning}
`;
const board = `name: desk
title: Intake desk
panels:
  - {id: rate, type: kpi, kpi: resolved, x: 0, y: 0, w: 3, h: 2}
  - {id: trend, type: chart, kpi: resolved, by: office, range: 6h, x: 3, y: 0, w: 6, h: 4}
  - {id: offices, type: table, kpi: on.time, by: office, x: 0, y: 2, w: 3, h: 4}
  - {id: sum, type: sql, title: Events by office, sql: "SELECT office, count(*) AS n FROM events GROUP BY office ORDER BY n DESC", show: bar, x: 9, y: 0, w: 3, h: 4}
  - {id: alerts, type: alerts, x: 3, y: 4, w: 6, h: 4}
  - {id: note, type: text, text: "Call the **lead**.", x: 9, y: 4, w: 3, h: 2}
`;

async function send(url, method, path, body, type = 'application/json') {
  const answer = await fetch(url + path, { method, headers: { 'Content-Type': type }, body });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** A server with cases, conflicts, answers to surveys, alerts that fire, a silence and a board. */
export async function startOffice() {
  const folder = await mkdtemp(join(tmpdir(), 'hms-views-'));
  await writeFile(join(folder, 'rules.yaml'), rules);
  await writeFile(join(folder, 'alertmanager.yml'), routing);
  const alerting = `
alerting:
  rules: ["${folder}/rules.yaml"]
  detectors: [{name: sla-breach, type: sla_breach, kpi: on.time}]
  alertmanager: "${folder}/alertmanager.yml"
`;
  const server = await startServer(kpis + thresholds + alerting);
  const now = await fill(server);
  const event = (metricName, value, tags) => ({ metricName, value, tags });
  await server.post([
    ...Array.from({ length: 5 }, (_, i) => event('case.opened', 1, { caseId: `D-${i}`, office: 'south' })),
    ...Array.from({ length: 20 }, (_, i) => [
      event('survey.sent', 1, { surveyId: `S-${i}`, office: 'north', instrument: 'nps' }),
      event('survey.answered', i % 11, { surveyId: `S-${i}`, office: 'north', instrument: 'nps' }),
    ]).flat(),
    ...Array.from({ length: 12 }, (_, i) => event(`case.step.${i}`, i, { office: 'north' })),
    event('case.resolved.rate', 1),
    event('call.wait.p90', 70),
    event('survey.score', 4),
  ]);
  await send(server.url, 'PUT', '/api/boards/desk?why=first', board, 'application/yaml');
  await send(server.url, 'PUT', '/api/boards/desk?why=second', board.replace('Call', 'Ask'), 'application/yaml');
  const text = 'title: Cases in time\ntype: sla\ntarget: 40m\nobjective: 0.9\nwindow: 12h\nby: [office]\n';
  await send(server.url, 'PUT', '/api/kpis/on.time?why=more+time', text, 'application/yaml');
  await send(
    server.url,
    'POST',
    '/api/v2/silences',
    JSON.stringify({
      matchers: [{ name: 'alertname', value: 'survey.score', isRegex: false, isEqual: true }],
      startsAt: new Date(now).toISOString(),
      endsAt: new Date(now + 60 * minute).toISOString(),
      createdBy: 'Rosa',
      comment: 'a drill',
    }),
  );
  const alert = await firing(server.url, 'case.resolved.rate');
  return {
    ...server,
    now,
    alert,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function firing(url, rule) {
  for (let i = 0; i < 150; i++) {
    const { alerts } = await (await fetch(`${url}/api/alerts`)).json();
    const found = alerts.find((alert) => alert.rule === rule);
    if (found && new Set(alerts.map((a) => a.rule)).size >= 4) return found.id;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the alerts did not fire within 15 s');
}

const button = (page, name, options) => page.getByRole('button', { name, ...options });
const tables = async (page) => {
  await page.evaluate(() => document.querySelectorAll('main details:not([open]) > summary').forEach((s) => s.click()));
};
const dialog = (name, ...then) => async (page) => {
  await button(page, name).first().click();
  await page.getByRole('dialog').waitFor();
  for (const step of then) await step(page);
};
const query = encodeURIComponent('SELECT office, count(*) AS n FROM events GROUP BY office');

/** Each with its path, what is there once it is ready, and what is done then to bring it into its state. */
export const views = [
  { path: '/?range=24h&sla=closed', ready: '.panel--conflicts canvas', open: (page) => page.locator('.panel--sla summary').click() },
  { path: '/?tag.office=north&sla=live', ready: '.panel--conflicts canvas', name: 'control room, settings open', open: (page) => button(page, 'Settings').click() },
  { path: '/?wall=1&slide=figures', ready: '.wall__value' },
  { path: '/?wall=1&slide=work', ready: '.wall__value' },
  { path: '/?wall=1&slide=cases', ready: '.wall .row' },
  { path: '/?wall=1&slide=alerts', ready: '.wall .alert' },
  { path: '/kpis', ready: '[data-value]' },
  {
    path: ({ now }) => `/kpis/on.time?span=${now - 270 * minute}-${now}&mark=${now - 60 * minute}-${now}`,
    ready: '[data-testid=explain-words]',
    name: 'a KPI, explained, its versions compared',
    open: async (page) => {
      await button(page, 'Compare with 1').click();
      await page.getByTestId('flips').waitFor();
      await tables(page);
    },
  },
  { path: '/kpis/resolved?range=7d', ready: '.panel--history canvas' },
  { path: '/kpis/nothing', ready: 'h1' },
  { path: '/cases?kpi=on.time', ready: '[data-case]' },
  { path: '/cases?kpi=on.time&state=closed&order=age', ready: '[data-case]' },
  { path: '/cases/P-1?kpi=on.time', ready: '[data-span]', open: tables },
  { path: '/cases/nobody?kpi=on.time', ready: '.nothing' },
  { path: '/alerts', ready: '.firing' },
  { path: '/alerts', ready: '.firing', name: 'acknowledge', open: dialog(/^Acknowledge/) },
  {
    path: '/alerts',
    ready: '.firing',
    name: 'silence, with its preview',
    open: dialog(/^Silence/, (page) => page.getByTestId('preview-past').waitFor()),
  },
  { path: '/alerts/history', ready: 'tbody [data-state]' },
  { path: '/alerts/silences', ready: '.panel' },
  { path: '/alerts/rules', ready: '.panel--group', open: tables },
  {
    path: '/alerts/backtest?of=threshold%3Acase.resolved.rate',
    ready: 'textarea',
    name: 'a backtest that has run',
    open: async (page) => {
      await page.waitForFunction(() => document.querySelector('textarea').value !== '');
      await button(page, 'Run over the past').click();
      await page.locator('.panel--backtest').waitFor();
      await tables(page);
    },
  },
  { path: '/alerts/deliveries', ready: '.panel--receivers tbody tr' },
  {
    path: ({ alert }) => `/alerts/${alert}`,
    ready: '.panel--evidence',
    name: 'an alert, explained',
    open: async (page) => {
      await button(page, 'Explain').click();
      await page.getByTestId('verdict').waitFor();
      await tables(page);
    },
  },
  { path: '/explore?span=24h', ready: 'tr[data-seq]' },
  { path: '/explore?span=24h&metric=case.opened', ready: 'tr[data-seq]', name: 'save as a panel', open: dialog('Save as a panel') },
  {
    path: `/explore?view=sql&sql=${query}`,
    ready: '.cm-content',
    name: 'a query that was answered',
    open: async (page) => {
      await button(page, 'Run').click();
      await page.locator('[data-testid=sql-answer]').waitFor();
      await tables(page);
    },
  },
  {
    path: '/explore?view=sql&sql=SELECT%20nothing%20FROM%20nowhere',
    ready: '.cm-content',
    name: 'a query that was refused',
    open: async (page) => {
      await button(page, 'Run').click();
      await page.locator('.fault').waitFor();
    },
  },
  { path: '/explore/metrics', ready: '.panel--points tbody tr' },
  { path: '/boards', ready: '.board-card' },
  { path: '/boards', ready: '.board-card', name: 'new board', open: dialog('New board') },
  {
    path: '/boards',
    ready: '.board-card',
    name: 'import, reviewed',
    open: dialog('Import YAML', async (page) => {
      await page.getByLabel('Or its text').fill(board.replace('Intake desk', 'Front desk'));
      await button(page, 'Review the difference').click();
      await page.getByText('Of the board itself: title').waitFor();
    }),
  },
  { path: '/boards/desk', ready: '.board-kpi', open: tables },
  { path: '/boards/desk', ready: '.board-kpi', name: 'versions of a board', open: dialog('Versions') },
  { path: '/boards/desk', ready: '.board-kpi', name: 'delete a board', open: dialog(/^Delete/) },
  { path: '/boards/desk?edit=1', ready: '.board-tool--move' },
  { path: '/boards/desk?edit=1', ready: '.board-tool--move', name: 'a panel configured', open: dialog(/^Configure/) },
  { path: '/boards/nothing', ready: 'h1' },
  { path: '/reports?span=last-7-days', ready: 'tr[data-kpi]' },
  { path: '/reports?span=own', ready: 'tr[data-kpi]' },
  { path: '/definitions', ready: 'tbody tr' },
  { path: '/definitions/on.time', ready: '[data-testid=preview-value] data' },
  { path: '/definitions/on.time?as=yaml', ready: '[data-testid=preview-value] data' },
  {
    path: '/definitions/on.time',
    ready: '[data-testid=preview-value] data',
    name: 'a definition reviewed',
    open: async (page) => {
      await page.locator('[data-field=target] input').fill('50m');
      await page.waitForFunction(() => !document.querySelector('.define__actions .button--primary').disabled);
      await dialog('Review and save')(page);
    },
  },
  { path: '/definitions/+new', ready: '[data-field=name] input' },
  { path: '/nowhere', ready: 'h1' },
];

export const pathOf = ({ path }, office) => (typeof path === 'function' ? path(office) : path);

/** What a view is called in a list of tests. */
export const nameOf = ({ name, path }) => name ?? (typeof path === 'string' ? path : path({ now: 0, alert: 'ID' }));

/** The routes of the dashboard, as its source has them. */
export function routes() {
  const source = readFileSync(new URL('../../ui/src/pages/index.ts', import.meta.url), 'utf8');
  return [...source.matchAll(/path: '([^']+)'/g)].map(([, path]) => path);
}

/** Opens a view in a page that is there already, up to the state that it is about. */
export async function show(page, office, view) {
  await page.goto(office.url + pathOf(view, office));
  await page.locator(view.ready).first().waitFor();
  await page.waitForFunction(() => !document.querySelector('main .loading'));
  await view.open?.(page);
}
