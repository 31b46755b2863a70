// The control room against the real server: what it shows is what the API says, live, filtered, paused, on the wall.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, noServer, openPage, startServer } from './lib.mjs';

const config = `
kpis:
  - {name: cases.resolved.per.hour, title: Cases resolved per hour, type: throughput, event: case.resolved,
     per: 1h, window: 1h, by: [office, queue], thresholds: {warning: 5, critical: 2}}
`;

const hour = 3_600_000;

/** Two offices: cases of the last days, some late, answers to surveys, and edits that collide. */
function history(now) {
  const events = [];
  const add = (metricName, timestamp, tags, value = 1) => events.push({ metricName, value, timestamp, tags });
  for (let i = 0; i < 60; i++) {
    const office = i % 3 === 0 ? 'north' : 'south';
    const tags = { caseId: `C-${i}`, office, queue: i % 2 ? 'permits' : 'records' };
    const opened = now - 100 * hour + i * hour;
    add('case.opened', opened, tags);
    if (i % 10 !== 9)
      add('case.resolved', Math.min(now - 2000, opened + (i % 6 === 0 ? 60 : 20) * hour), tags);
    add('survey.sent', now - i * hour, { surveyId: `S-${i}`, office, instrument: 'nps' });
    if (i % 2) {
      add('survey.answered', now - i * hour, { surveyId: `S-${i}`, office, instrument: 'nps' }, i % 11);
    }
  }
  for (let i = 0; i < 8; i++) {
    for (const agentId of ['a1', 'a2']) {
      add('case.edited', now - 60_000 + i * 1000, { caseId: `C-${i}`, office: 'north', agentId });
    }
  }
  for (let i = 0; i < 12; i++) {
    add('case.resolved', now - i * 60_000 - 5000, {
      caseId: `D-${i}`,
      office: i < 4 ? 'north' : 'south',
      queue: 'permits',
    });
  }
  return events;
}

describe('the control room', { skip: noServer }, () => {
  let browser;
  let server;
  const api = async (path) => (await fetch(server.url + path)).json();
  const resolved = (n, office = 'north') =>
    Array.from({ length: n }, (_, i) => ({
      metricName: 'case.resolved',
      value: 1,
      tags: { caseId: `X-${office}-${i}-${Math.random()}`, office, queue: 'permits' },
    }));
  const shown = (page, kpi) =>
    page
      .locator(`[data-kpi="${kpi}"] data`)
      .first()
      .evaluate((e) => e.value);
  const arrives = (page, kpi, value) =>
    page.waitForFunction(
      ([name, wanted]) =>
        Math.abs(Number(document.querySelector(`[data-kpi="${name}"] data`)?.value) - wanted) < 1e-9,
      [kpi, value],
    );

  before(async () => {
    browser = await launch();
    server = await startServer(config);
    await server.post(history(Date.now()));
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  it('shows the number that the API gives, of every KPI', async () => {
    const { page, context, faults } = await openPage(browser, server.url);
    await page.locator('.kpi').first().waitFor();
    await page.locator('[data-phase=live]').waitFor();
    const { kpis } = await api('/api/kpis?value=true');
    assert.ok(kpis.length >= 8);
    for (const { name, value } of kpis) {
      const tile = page.locator(`[data-kpi="${name}"]`).first();
      const [total] = value.series;
      if (total.value === null) assert.equal(await shown(page, name), '', name);
      else await arrives(page, name, total.value);
      assert.equal(await tile.getAttribute('data-state'), total.state, name);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });

  it('has the three main figures and the conflicts in sight without a click', async () => {
    const { page, context } = await openPage(browser, server.url);
    for (const name of ['cases.resolved.per.hour', 'case.sla', 'caller.satisfaction', 'case.conflicts']) {
      const tile = page.locator(`.kpi[data-kpi="${name}"]`);
      await tile.waitFor();
      assert.ok((await tile.boundingBox()).y < 900, `${name} is below the fold`);
    }
    await page.locator('.panel--conflicts canvas').waitFor();
    await context.close();
  });

  it('follows what happens, by itself', async () => {
    const { page, context } = await openPage(browser, server.url);
    await page.locator('[data-phase=live]').waitFor();
    await page.locator('.kpi').first().waitFor();
    await server.post(resolved(7));
    const { series } = await api('/api/kpis/cases.resolved.per.hour/value');
    await arrives(page, 'cases.resolved.per.hour', series[0].value);
    await context.close();
  });

  it('filters by one tag and by several, and the address says so', async () => {
    const { page, context } = await openPage(browser, server.url);
    await page.getByRole('combobox', { name: 'office' }).selectOption({ label: 'north' });
    await page.waitForURL(/tag\.office=north/);
    const value = async (by, tags) => {
      const { series } = await api(`/api/kpis/cases.resolved.per.hour/value?by=${by}`);
      return series.find((s) => Object.entries(tags).every(([k, v]) => s.tags[k] === v)).value;
    };
    await arrives(page, 'cases.resolved.per.hour', await value('office', { office: 'north' }));
    await page.getByRole('combobox', { name: 'queue' }).selectOption({ label: 'permits' });
    await arrives(
      page,
      'cases.resolved.per.hour',
      await value('office,queue', { office: 'north', queue: 'permits' }),
    );
    const url = page.url();
    await context.close();

    const again = await openPage(browser, url);
    await again.page.locator('.kpi').first().waitFor();
    assert.equal(
      await again.page.getByRole('combobox', { name: 'queue' }).locator('option:checked').innerText(),
      'permits',
    );
    await again.page.getByRole('button', { name: 'Clear filters' }).click();
    await again.page.waitForURL((u) => !u.search.includes('tag.'));
    await again.context.close();
  });

  it('switches the figure of adherence, with the counts that the API gives', async () => {
    const { page, context } = await openPage(browser, server.url);
    const { series } = await api('/api/kpis/case.sla/value');
    const { figures } = series[0];
    assert.ok(figures.due.total > 0 && figures.due.met < figures.due.total);
    for (const [label, id] of [
      ['Closed and overdue', 'closed_and_overdue'],
      ['Closed', 'closed'],
      ['Due', 'due'],
    ]) {
      await page.getByRole('radio', { name: label, exact: true }).check();
      const now = page.locator(`.trend__now[data-figure=${id}]`);
      await now.getByText(`${figures[id].met} of ${figures[id].total} cases`).waitFor();
    }
    await page.getByRole('radio', { name: 'Open now' }).check();
    await page.waitForURL(/sla=live/);
    const words = await page.locator('.trend__now[data-figure=live]').innerText();
    assert.match(words, new RegExp(`^${figures.live.breached} breached`));
    await page.getByText('Divided by: ').or(page.getByText('Not divided')).first().waitFor();
    await context.close();
  });

  it('lists the cases in the order of the API', async () => {
    const { page, context } = await openPage(browser, server.url);
    await page.locator('.panel--next .row').first().waitFor();
    const ids = await page
      .locator('.panel--next .row')
      .evaluateAll((rows) => rows.map((r) => r.dataset.case));
    const { cases } = await api('/api/cases?limit=8');
    assert.deepEqual(
      ids,
      cases.map((c) => c.caseId),
    );
    await context.close();
  });

  it('has in the table behind a chart what the API says', async () => {
    const { page, context } = await openPage(browser, `${server.url}/?range=24h`);
    const panel = page.locator('.panel--backlog');
    await panel.locator('summary').click();
    await panel.locator('tbody tr').nth(5).waitFor();
    const step = hour / 4;
    const from = Math.floor(Date.now() / step - 12) * step;
    const { series } = await api(`/api/kpis/case.backlog/history?step=15m&window=1d&from=${from}`);
    const told = series[0].points.slice(0, -1).at(-1);
    const cell = await panel.locator('tbody tr').nth(1).locator('td').innerText();
    assert.equal(Number.parseFloat(cell), told[1]);
    await context.close();
  });

  it('holds still while paused, goes on when resumed', async () => {
    const { page, context } = await openPage(browser, server.url);
    await page.locator('[data-phase=live]').waitFor();
    await page.locator('.kpi').first().waitFor();
    await page.getByRole('button', { name: /^Pause/ }).click();
    await page.waitForURL(/paused=1/);
    const before = await shown(page, 'cases.resolved.per.hour');
    await server.post(resolved(5, 'south'));
    const { series } = await api('/api/kpis/cases.resolved.per.hour/value');
    await page.waitForTimeout(1500);
    assert.equal(await shown(page, 'cases.resolved.per.hour'), before);
    await page.getByRole('button', { name: /^Resume/ }).click();
    await arrives(page, 'cases.resolved.per.hour', series[0].value);
    await context.close();
  });

  it('speaks Spanish when asked, and says so to the browser', async () => {
    const { page, context } = await openPage(browser, server.url);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('radio', { name: 'Español' }).click();
    await page.getByRole('heading', { name: 'Próximos a vencer' }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'es');
    await page.reload();
    await page.getByRole('link', { name: 'Sala de control' }).waitFor();
    await context.close();
  });

  it('is a display for the wall, that turns by itself and stops on demand', async () => {
    const { page, context } = await openPage(browser, `${server.url}/?wall=1`, {
      viewport: { width: 1920, height: 1080 },
    });
    const value = page.locator('.wall__value').first();
    await value.waitFor();
    const size = await value.evaluate((e) => Number.parseFloat(getComputedStyle(e).fontSize));
    assert.ok(size >= 1080 / 12, `the figure is ${size} px high`);
    await page.keyboard.press('ArrowRight');
    await page.locator('.wall[data-slide=work]').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.waitForURL(/paused=1/);
    await context.close();
  });

  it('loads less than 250 KB of compressed JavaScript', async (t) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const sizes = [];
    page.on('response', async (answer) => {
      if (!answer.url().endsWith('.js')) return;
      sizes.push(
        answer
          .request()
          .sizes()
          .then((s) => s.responseBodySize),
      );
    });
    await page.goto(server.url);
    await page.locator('.panel--conflicts canvas').waitFor();
    const total = (await Promise.all(sizes)).reduce((a, b) => a + b, 0);
    t.diagnostic(`${(total / 1024).toFixed(0)} KB in ${sizes.length} files`);
    assert.ok(total > 50_000 && total < 250_000, `${total} bytes`);
    await context.close();
  });

  it('does not jump while it loads', async (t) => {
    const { page, context } = await openPage(browser, 'about:blank');
    await page.addInitScript(() => {
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await page.goto(server.url);
    await page.locator('.panel--conflicts canvas').waitFor();
    await page.waitForTimeout(2000);
    const shift = await page.evaluate(() => window.shift);
    t.diagnostic(`layout shift ${shift.toFixed(4)}`);
    assert.ok(shift < 0.05, `the layout shifted by ${shift}`);
    await context.close();
  });
});
