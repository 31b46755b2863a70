// The pages of cases, held to the API.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, noServer, openPage, startServer } from './lib.mjs';
import { fill, get, kpis } from './office.mjs';

describe('the pages of cases', { skip: noServer }, () => {
  let browser, server, page, context, faults;

  before(async () => {
    browser = await launch();
    server = await startServer(kpis);
    await fill(server);
    ({ page, context, faults } = await openPage(browser, `${server.url}/cases?kpi=on.time`));
    await page.locator('[data-case]').first().waitFor();
  });
  after(async () => {
    await context?.close();
    await server?.close();
    await browser?.close();
  });
  const shown = () =>
    page.locator('.panel--cases tr[data-case]').evaluateAll((all) => all.map((r) => r.dataset.case));

  it('list what breaches next first, as the API orders it', async () => {
    const { cases } = await get(server, '/api/cases?kpi=on.time&limit=50');
    assert.ok(cases.length >= 2);
    assert.deepEqual(
      await shown(),
      cases.map((c) => c.caseId),
    );
    for (const c of cases) {
      assert.equal(
        await page.locator(`.panel--cases tr[data-case="${c.caseId}"]`).getAttribute('data-state'),
        c.state,
      );
    }
  });

  it('filter by state and by tag, with all of it in the address', async () => {
    await page.getByRole('radio', { name: 'Closed', exact: true }).check({ force: true });
    await page.getByLabel('office').selectOption('south');
    await page.waitForFunction(
      () => location.search.includes('tag.office=south') && location.search.includes('state=closed'),
    );
    const { cases } = await get(server, '/api/cases?kpi=on.time&state=closed&limit=50&tag.office=south');
    await page.waitForFunction(
      (n) => document.querySelectorAll('.panel--cases tr[data-case]').length === n,
      cases.length,
    );
    assert.deepEqual(
      await shown(),
      cases.map((c) => c.caseId),
    );
    await page.reload();
    await page.locator('[data-case]').first().waitFor();
    assert.deepEqual(
      await shown(),
      cases.map((c) => c.caseId),
    );
  });

  it('count down for the eye, and tell nobody of the ticks', async () => {
    await page.goto(`${server.url}/cases?kpi=on.time`);
    const left = page.locator('tr[data-case="C-39"] .case-left');
    await left.waitFor();
    const before = await left.innerText();
    await page.waitForFunction(
      (was) => document.querySelector('tr[data-case="C-39"] .case-left').innerText !== was,
      before,
    );
    assert.equal(
      await left.evaluate((e) => e.closest('[aria-live]:not([aria-live=off]), [role=status], [role=timer]')),
      null,
    );
  });

  it('hold the countdown while paused', async () => {
    await page.getByRole('button', { name: /^Pause/ }).click();
    const left = page.locator('tr[data-case="C-39"] .case-left');
    const before = await left.innerText();
    await page.waitForTimeout(2100);
    assert.equal(await left.innerText(), before);
    await page.getByRole('button', { name: /^Resume/ }).click();
  });

  it('show who is on which case, as it happens', async () => {
    const radar = page.locator('.panel--radar');
    await radar.locator('[data-case="P-1"]').waitFor();
    assert.match(await radar.locator('[data-case="P-1"]').innerText(), /ann, bob/);
    const tags = (agentId) => ({ caseId: 'C-39', agentId, office: 'south' });
    await server.post([
      { metricName: 'case.edited', value: 1, tags: tags('cid') },
      { metricName: 'case.edited', value: 1, tags: tags('dan') },
    ]);
    await radar.locator('[data-case="C-39"]').waitFor({ timeout: 5000 });
    const { conflicts } = await get(server, '/api/conflicts');
    await page.waitForFunction(
      (n) => document.querySelector('[data-testid=radar-words]').innerText.startsWith(`${n} `),
      conflicts.length,
    );
  });

  it('account for every span of the clock of one case', async () => {
    await page.getByRole('link', { name: 'P-1' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Case P-1' }).waitFor();
    await page.goto(`${server.url}/cases/P-1?kpi=on.time`);
    await page.locator('[data-span]').first().waitFor();
    const { cycles, timeline } = await get(server, '/api/cases/P-1?kpi=on.time');
    const states = await page.locator('[data-span]').evaluateAll((all) => all.map((e) => e.dataset.span));
    assert.deepEqual(
      states,
      cycles[0].spans.map((s) => s.state),
    );
    assert.ok(states.includes('paused') && states.includes('running'));
    const fills = await page
      .locator('[data-span]')
      .evaluateAll((all) => all.map((e) => `${e.dataset.span} ${getComputedStyle(e).fill}`));
    assert.equal(new Set(fills).size, new Set(states).size, `states look alike: ${fills}`);
    assert.ok(!fills.some((f) => f.endsWith('rgb(0, 0, 0)')), `${fills}`);
    await page.getByText('Show this chart as a table').click();
    assert.equal(await page.locator('.panel--clock tbody tr').count(), cycles[0].spans.length);
    assert.equal(await page.locator('.panel--timeline tbody tr').count(), timeline.length);
    assert.match(
      await page.locator('.clock svg[role=img]').getAttribute('aria-label'),
      /^The clock ran .*paused 15m/,
    );
  });

  it('say that a case is not known', async () => {
    await page.goto(`${server.url}/cases/nobody?kpi=on.time`);
    await page.getByText('No event of this case has been heard of.').waitFor();
  });

  it('threw nothing', () =>
    assert.deepEqual(
      faults.filter((f) => !/404/.test(f)),
      [],
    ));
});
