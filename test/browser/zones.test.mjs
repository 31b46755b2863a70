// Times stand in the zone that the page names: the viewer's own or the agency's. Choosing another changes all of them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, noServer, openPage, startServer } from './lib.mjs';
import { fill, get, kpis } from './office.mjs';

const zones = {
  viewer: { id: 'America/New_York', words: /Times in Eastern (Standard|Daylight) Time \(UTC-0[45]:00\)/ },
  agency: { id: 'Asia/Kolkata', words: /Times in India Standard Time \(UTC\+05:30\)/ },
};
const config = `${kpis}
time_zone: Asia/Kolkata
thresholds:
  call.wait.p90: {warning: "> 60", critical: "> 300"}
`;
const pages = {
  '/': '.room time',
  '/cases': 'main tbody time',
  '/cases/P-1': '.panel--timeline time',
  '/kpis/on.time': '.panel--versions time',
  '/alerts': '.firing time',
  '/alerts/history': 'main tbody time',
  '/explore': 'main tbody time',
  '/explore/metrics': '.panel--points time',
  '/reports': '.report__span time',
};

describe('the zone of the times', { skip: noServer }, () => {
  let browser, server, page, context, faults;

  before(async () => {
    browser = await launch();
    server = await startServer(config);
    await fill(server);
    await server.post({ metricName: 'call.wait.p90', value: 400 });
    ({ page, context, faults } = await openPage(browser, `${server.url}/kpis`, {
      timezoneId: zones.viewer.id,
    }));
  });
  after(async () => {
    await context?.close();
    await browser?.close();
    await server?.close();
  });

  /** Goes to a page without loading it anew. */
  async function go(path) {
    await page.evaluate((to) => {
      history.pushState(null, '', to);
      dispatchEvent(new PopStateEvent('popstate'));
    }, path);
  }

  async function choose(zone) {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.locator('[data-setting=zone] select').selectOption(zone);
    await page.waitForFunction((is) => localStorage.getItem('hms-zone') === is, zone);
    await page.keyboard.press('Escape');
  }

  /** Each time that is written is that of the instant behind it, on the zone's clock. */
  async function follow({ id, words }, path, times) {
    await page.locator(times).first().waitFor();
    await page.getByText(words).first().waitFor();
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: id,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    const shown = await page
      .locator('main time')
      .evaluateAll((all) => all.map((t) => [Date.parse(t.dateTime), t.innerText]));
    const clocks = shown.filter(([, text]) => /\d\d:\d\d/.test(text));
    assert.ok(clocks.length > 0, `${path} shows no time`);
    for (const [at, text] of clocks)
      assert.ok(text.includes(format.format(at)), `${path}: ${text} is not ${format.format(at)} in ${id}`);
  }

  it('is that of the viewer until the agency’s is chosen, on each page', async () => {
    assert.equal((await get(server, '/api/settings')).timeZone, zones.agency.id);
    for (const zone of ['viewer', 'agency']) {
      await choose(zone);
      for (const [path, times] of Object.entries(pages)) {
        await go(path);
        await follow(zones[zone], path, times);
      }
    }
    assert.deepEqual(faults, []);
  });

  it('is that of the wall and of boards, too', async () => {
    await choose('agency');
    await go('/?wall=1&slide=figures');
    await page.locator('.wall__zone', { hasText: 'India Standard Time (UTC+05:30)' }).waitFor();
    await page.getByRole('link', { name: 'Leave the wall display' }).click();
    await go('/boards/operations');
    await page.getByText(zones.agency.words).waitFor();
  });

  it('is that in which days begin, and in which times are typed', async () => {
    await choose('agency');
    const midnight = Date.parse('2026-03-02T00:00:00+05:30');
    for (const [path, api] of [
      ['/explore', '/api/events'],
      ['/alerts/history', '/api/alerts/history'],
    ]) {
      const asked = page.waitForRequest(
        (r) => new URL(r.url()).pathname === api && r.url().includes('from='),
      );
      await go(`${path}?from=2026-03-02`);
      assert.equal(Number(new URL((await asked).url()).searchParams.get('from')), midnight, path);
    }
    await go(`/reports?span=own&from=${midnight}&to=${midnight + 3_600_000}`);
    const from = page.getByLabel('From', { exact: true });
    assert.equal(await from.inputValue(), '2026-03-02T00:00');
    await from.fill('2026-03-01T23:30');
    await page.waitForURL((url) => url.searchParams.get('from') === String(midnight - 1_800_000));
    assert.deepEqual(faults, []);
  });
});
