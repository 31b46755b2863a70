// The control room, a KPI, cases and alerts while the simulated office works: what is shown is what the stream and the
// API say of the same instant, and what matters most is in sight without a click.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { binary, launch, noServer, openPage, startServer } from './lib.mjs';
import { get } from './office.mjs';
import { pointsOf, remember, tableBehind } from './shown.mjs';

const hour = 3_600_000;
const config = `
thresholds:
  case.resolved.rate: {warning: 100000, critical: 50000}
  call.wait.p90: {warning: "> 0.001", critical: "> 100000"}
`;
const lead = ['cases.resolved.per.hour', 'case.sla', 'caller.satisfaction', 'case.conflicts'];

describe('the demo', { skip: noServer }, () => {
  let browser, server, demo, page, context, faults, heard;
  const api = (path) => get(server, path);

  before(async () => {
    browser = await launch();
    server = await startServer(config);
    const args = ['demo', '--url', server.url, '--seed', '7', '--history', '96h', '--speed', '20'];
    demo = spawn(binary, args, { stdio: 'ignore' });
    // All of the past is there, and the office goes on from now.
    for (let i = 0; ; i++) {
      const { metrics } = await api('/api/metrics');
      const [sla] = (await api('/api/kpis/case.sla/value')).series;
      const newest = Math.max(0, ...metrics.map((m) => m.last));
      if (newest > Date.now() - 5000 && sla.value !== null) break;
      assert.ok(i < 600, 'the demo has not caught up within a minute');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    ({ page, context, faults } = await openPage(browser, 'about:blank'));
    heard = remember(page);
    // Every value that the stream tells the page of, in order.
    await page.addInitScript(() => {
      const Source = window.EventSource;
      window.frames_ = [];
      window.EventSource = class extends Source {
        constructor(...args) {
          super(...args);
          this.addEventListener('kpi', ({ data }) => window.frames_.push(JSON.parse(data)));
        }
      };
    });
  });
  after(async () => {
    await context?.close();
    await browser?.close();
    demo?.kill();
    await server?.close();
  });

  /** What the page shows of each KPI, and the frames that told it of that value, the newest last. */
  const stand = () =>
    page.evaluate(() => {
      const shown = {};
      for (const tile of document.querySelectorAll('[data-kpi]')) {
        const value = tile.querySelector('data').value;
        shown[tile.dataset.kpi] ??= { value: value === '' ? null : Number(value), state: tile.dataset.state };
      }
      const frames = {};
      for (const { kpi, at, series } of window.frames_) {
        const total = series.find((s) => Object.keys(s.tags).length === 0);
        if (total) (frames[kpi] ??= []).push({ at, value: total.value, state: total.state });
      }
      return { shown, frames };
    });

  it('has the three figures and conflicts in sight without a click', async () => {
    await page.goto(server.url);
    for (const name of lead) {
      const tile = page.locator(`.kpi[data-kpi="${name}"]`);
      await tile.waitFor();
      const box = await tile.boundingBox();
      assert.ok(box.y >= 0 && box.y + box.height <= 900, `${name} ends at ${Math.round(box.y + box.height)} px of 900`);
      await page.waitForFunction((kpi) => document.querySelector(`.kpi[data-kpi="${kpi}"] data`).value !== '', name);
      await tile.locator('.kpi__spark').waitFor({ state: 'attached' });
    }
    // A spike is a tall bar among the conflicts that began; its panel is there without a click, too.
    const bars = await tableBehind(page, '.panel--conflicts');
    assert.ok(bars.some(([, n]) => n > 0), 'no conflict in a day of the demo');
    assert.ok(await page.locator('.panel--conflicts canvas').isVisible());
  });

  it('shows the values of the stream while it flows, and the API says the same of that instant', async (t) => {
    await page.goto(server.url);
    await page.locator('[data-phase=live]').waitFor();
    await page.waitForFunction(
      (names) => names.every((name) => window.frames_.filter((f) => f.kpi === name).length >= 3),
      ['cases.resolved.per.hour', 'case.conflicts'],
    );
    let agreed = new Set();
    const names = (await api('/api/kpis')).kpis.map((kpi) => kpi.name);
    // An event that is on its way when the page is paused has its time before that instant, and counts in what is
    // asked after it: each figure has to agree in one of a few pauses, to the last digit.
    for (let round = 0; round < 8 && agreed.size < names.length; round++) {
      await page.getByRole('button', { name: /^Pause/ }).click();
      await page.waitForURL(/paused=1/);
      const { shown, frames } = await stand();
      for (const name of names) {
        const { value, state } = shown[name];
        const told = frames[name]?.findLast((f) => f.value === value);
        // The page also reads all values anew now and then: until the stream tells of one, its instant is not known here.
        if (frames[name] && !told) continue;
        if (told) assert.equal(state, told.state, name);
        const [series] = (await api(`/api/kpis/${name}/value${told ? `?at=${told.at}` : ''}`)).series;
        if (series.value === value && series.state === state) agreed.add(name);
      }
      await page.getByRole('button', { name: /^Resume/ }).click();
      await page.waitForURL((url) => !url.search.includes('paused'));
      const heardSoFar = await page.evaluate(() => window.frames_.length);
      await page.waitForFunction((n) => window.frames_.length > n + 10, heardSoFar);
    }
    t.diagnostic(`${agreed.size} of ${names.length} figures agreed`);
    assert.deepEqual(names.filter((name) => !agreed.has(name)), []);
  });

  it('has in its charts what the API says', async () => {
    await page.goto(`${server.url}/?range=24h`);
    await page.locator('.panel--backlog canvas').waitFor();
    await page.getByRole('button', { name: /^Pause/ }).click();
    for (const [panel, kpi, detail] of [
      ['.panel--throughput', 'cases.resolved.per.hour', false],
      ['.panel--backlog', 'case.backlog', false],
      ['.panel--sla', 'case.sla', true],
    ]) {
      const drawn = await tableBehind(page, panel);
      const { path } = await heard.newest(new RegExp(`${kpi.replaceAll('.', '\\.')}/history\\?(?!.*step=30m)`));
      // Steps that were not over may have changed since.
      const told = pointsOf(await api(path)).filter(([at]) => at < Date.now() - hour);
      const settled = drawn.filter(([at]) => at < Date.now() - hour).map((row) => [row[0], row.at(-1)]);
      assert.ok(told.length > 50, panel);
      assert.deepEqual(settled, told, `${panel} ${detail}`);
    }
  });

  it('lists the cases and conflicts that the API has', async () => {
    await page.goto(`${server.url}/cases`);
    await page.locator('tr[data-case]').first().waitFor();
    await page.getByRole('button', { name: /^Pause/ }).click();
    const { body } = await heard.newest(/^\/api\/cases\?/);
    assert.deepEqual(
      await page.locator('tr[data-case]').evaluateAll((all) => all.map((r) => [r.dataset.case, r.dataset.state])),
      body.cases.map((c) => [c.caseId, c.state]),
    );
    const { body: radar } = await heard.newest(/^\/api\/conflicts/);
    const words = await page.getByTestId('radar-words').innerText();
    assert.ok(words.startsWith(radar.conflicts.length ? `${radar.conflicts.length} ` : 'No'), words);
  });

  it('lists the alerts that fire', async () => {
    await page.goto(`${server.url}/alerts`);
    await page.locator('.firing').first().waitFor();
    for (let i = 0; ; i++) {
      const { alerts } = await api('/api/alerts');
      const shown = await page.locator('.firing').evaluateAll((all) => all.map((e) => e.dataset.alert));
      if (shown.length === alerts.length && alerts.every((a) => shown.includes(a.id))) break;
      assert.ok(i < 50, `shown ${shown}, the API has ${alerts.map((a) => a.id)}`);
      await page.waitForTimeout(100);
    }
    await page.goto(server.url);
    await page.locator('.panel--alerts-rail .alert').first().waitFor();
  });

  it('shows one KPI as it flows', async () => {
    await page.goto(`${server.url}/kpis/cases.resolved.per.hour?range=24h`);
    await page.locator('[data-testid=kpi-value][value]:not([value=""])').waitFor();
    await page.waitForFunction(() => window.frames_.some((f) => f.kpi === 'cases.resolved.per.hour'));
    const seen = new Set();
    for (let i = 0; seen.size < 2; i++) {
      assert.ok(i < 600, 'the value has stood still for a minute');
      const { value, told } = await page.evaluate(() => ({
        value: Number(document.querySelector('[data-testid=kpi-value]').value),
        told: window.frames_.filter((f) => f.kpi === 'cases.resolved.per.hour').map((f) => f.series[0].value),
      }));
      if (told.includes(value)) seen.add(value);
      await page.waitForTimeout(100);
    }
    const drawn = await tableBehind(page, '.panel--history');
    const { path } = await heard.newest(/cases\.resolved\.per\.hour\/history.*detail=true/);
    const settled = (rows) => rows.filter(([at]) => at < Date.now() - hour);
    assert.deepEqual(settled(drawn), settled(pointsOf(await api(path))));
  });

  it('threw nothing', () => assert.deepEqual(faults, []));
});
