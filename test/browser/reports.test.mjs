// Reports against the real server: what the page shows is what /api/reports/summary answers, and it prints on A4 and Letter.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, noServer, openPage, startServer } from './lib.mjs';

const hour = 3_600_000;

/** Cases of the last days: some late, some open and overdue, some in time. */
function history(now) {
  const events = [];
  const add = (metricName, timestamp, tags) => events.push({ metricName, value: 1, timestamp, tags });
  for (let i = 0; i < 40; i++) {
    const tags = { caseId: `C-${i}`, office: i % 3 ? 'north' : 'south' };
    const opened = now - (50 + i) * hour;
    add('case.opened', opened, tags);
    if (i % 4) add('case.resolved', Math.min(now - 1000, opened + (i % 5 ? 20 : 49) * hour), tags);
  }
  return events;
}

describe('reports', { skip: noServer }, () => {
  let browser;
  let server;
  before(async () => {
    browser = await launch();
    server = await startServer();
    await server.post(history(Date.now()));
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  it('show what the API answers', async () => {
    const { page, context, faults } = await openPage(browser, 'about:blank');
    const answer = page.waitForResponse((r) => r.url().includes('/api/reports/summary?'));
    await page.goto(`${server.url}/reports?span=last-7-days`);
    const summary = await (await answer).json();
    await page.locator('.report__table tr[data-kpi]').first().waitFor();
    const shown = await page
      .locator('tr[data-kpi]')
      .evaluateAll((rows) => rows.map((r) => [r.dataset.kpi, r.dataset.state, r.querySelector('data').value]));
    assert.deepEqual(
      shown,
      summary.kpis.map((k) => [k.name, k.state, k.value === null ? '' : String(k.value)]),
    );
    // What is held to nothing is not called OK.
    const free = summary.kpis.filter((k) => k.objective === undefined && !k.warning && !k.critical && k.state === 'ok');
    assert.ok(free.length > 0, 'no KPI is without a target');
    for (const { name } of free) {
      const row = page.locator(`tr[data-kpi="${name}"]`);
      assert.equal(await row.locator('.badge').innerText(), 'No target set');
    }
    assert.ok(summary.cases.count > 8 && summary.cases.open > 0, JSON.stringify(summary.cases));
    const cases = await page
      .locator('tr[data-case]')
      .evaluateAll((rows) => rows.map((r) => [r.dataset.case, Number(r.querySelector('data').value)]));
    assert.deepEqual(
      cases,
      summary.cases.shown.map((c) => [c.caseId, c.overrunMs]),
    );
    await page.getByText(`${summary.cases.count} in this time, ${summary.cases.open} still open`).waitFor();
    // Each value is that of the KPI itself over the same time.
    for (const k of summary.kpis) {
      const value = await (
        await fetch(`${server.url}/api/kpis/${k.name}/value?at=${summary.to}&window=${summary.to - summary.from}`)
      ).json();
      assert.equal(k.value, value.series[0].value, k.name);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });

  it('switch their time, and the address says so', async () => {
    const { page, context } = await openPage(browser, `${server.url}/reports`);
    await page.locator('tr[data-kpi]').first().waitFor();
    for (const [name, span] of [
      ['This shift', 'this-shift'],
      ['Last week', 'last-week'],
    ]) {
      await page.getByRole('radio', { name, exact: true }).check({ force: true });
      await page.waitForURL(new RegExp(`span=${span}`));
      await page.locator('tr[data-kpi]').first().waitFor();
      const [from, to] = await page
        .locator('.report__span time')
        .evaluateAll((all) => all.map((t) => Date.parse(t.dateTime)));
      if (span === 'this-shift') assert.ok(from <= Date.now() && to > Date.now() && to - from === 8 * hour);
      const { kpis } = await (await fetch(`${server.url}/api/reports/summary?from=${from}&to=${to}`)).json();
      assert.equal(await page.locator('tr[data-kpi]').count(), kpis.length);
      if (span === 'last-week') assert.ok(to - from > 166 * hour && to - from < 170 * hour);
    }
    await page.getByRole('radio', { name: 'Other', exact: true }).check({ force: true });
    await page.waitForURL(/span=own.*from=\d+.*to=\d+/);
    await context.close();
  });

  it('print on A4 and Letter without what is for the screen', async () => {
    const { page, context } = await openPage(browser, `${server.url}/reports?span=last-7-days`, { colorScheme: 'dark' });
    await page.locator('tr[data-case]').first().waitFor();
    await page.emulateMedia({ media: 'print' });
    for (const hidden of ['.bar', '.report__tools', '.report__choice']) {
      assert.equal(await page.locator(hidden).first().isVisible(), false, hidden);
    }
    const ink = await page.locator('.report h1').evaluate((e) => getComputedStyle(e).color);
    assert.equal(ink, 'rgb(0, 0, 0)');
    for (const [format, width] of [
      ['A4', 718],
      ['Letter', 725],
    ]) {
      const pdf = await page.pdf({ format });
      assert.ok(pdf.length > 5000 && pdf.subarray(0, 4).toString() === '%PDF', format);
      await page.setViewportSize({ width, height: 1000 });
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(beyond <= 0, `${format}: ${beyond} px are cut off`);
    }
    await context.close();
  });

  it('are a mail without scripts, and plain text', async () => {
    const now = Date.now();
    const query = `from=${now - 100 * hour}&to=${now}&zone=America/New_York`;
    const html = await (await fetch(`${server.url}/api/reports/summary.html?${query}`)).text();
    const { page, context, faults } = await openPage(browser, `${server.url}/api/reports/summary.html?${query}`);
    await page.getByRole('heading', { name: 'Cases that missed their deadline' }).waitFor();
    assert.match(html, /style="/);
    assert.doesNotMatch(html, /<script|<style|<img|ZgotmplZ/);
    assert.deepEqual(faults.filter((f) => !f.includes('favicon')), []);
    await context.close();
    const text = await (await fetch(`${server.url}/api/reports/summary.txt?${query}`)).text();
    assert.match(text, /Cases that missed their deadline: \d+/);
  });
});
