// The page against the real server, as its users meet it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, noServer, openPage, startServer, thresholds } from './lib.mjs';

describe('the page of metrics', { skip: noServer }, () => {
  let browser;
  let server;

  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  describe('from nothing', () => {
    let page;
    let context;
    let faults;

    before(async () => {
      server = await startServer(thresholds);
      ({ page, context, faults } = await openPage(browser, `${server.url}/explore/metrics`));
    });
    after(async () => {
      await context?.close();
      await server?.close();
    });

    it('says how to send the first event, with its own address', async () => {
      await page.getByRole('heading', { level: 1, name: 'Waiting for the first event' }).waitFor();
      const curl = await page.locator('pre').first().innerText();
      assert.match(curl, new RegExp(`curl .*${server.url}/metrics`));
      await page.locator('[data-phase=live]').waitFor();
    });

    it('copies the curl line', async () => {
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.getByRole('button', { name: /Copy.*terminal/ }).click();
      await page.getByText('Copied', { exact: true }).waitFor();
      assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^curl /);
    });

    it('goes live by itself when the shown event arrives, and the alert with it', async () => {
      await page.evaluate(() => (window.notReloaded = true));
      const curl = await page.locator('pre').first().innerText();
      const body = JSON.parse(/-d '(.*)'$/m.exec(curl)[1]);
      await server.post(body);
      await page.locator('.panel--points tbody tr', { hasText: body.metricName }).waitFor();
      await page.locator('.chart canvas').first().waitFor();
      assert.ok(await page.evaluate(() => window.notReloaded), 'the page was loaded again');
      await page.locator('.alert[data-state=critical]').waitFor();
      assert.match(await page.title(), /1 critical/);
    });

    it('shows and announces an alert, and only alerts', async () => {
      await server.post({ metricName: 'call.wait.p90', value: 75, tags: { office: 'north' } });
      const tile = page.locator('[data-rule="call.wait.p90"]');
      await tile.locator('text=Warning').first().waitFor();
      assert.equal(await tile.getAttribute('data-state'), 'warning');
      const polite = page.getByTestId('announce');
      await page.waitForFunction(
        (e) => /^Warning: call\.wait\.p90 is 75, /.test(e.textContent),
        await polite.elementHandle(),
      );
      await server.post({ metricName: 'call.wait.p90', value: 301 });
      await page.waitForFunction(
        (e) => /^Critical: call\.wait\.p90 is 301, /.test(e.textContent),
        await page.getByTestId('announce-critical').elementHandle(),
      );
      const live = await page.locator('[aria-live]:not([aria-live=off])').evaluateAll((all) => all.length);
      assert.equal(live, 2, 'other live regions would speak up as well');
    });

    it('counts what came', async () => {
      const before = await page.locator('.panel--points tbody tr').count();
      await server.post(Array.from({ length: 30 }, (_, i) => ({ metricName: 'case.opened', value: i })));
      const row = page.locator('.table--picker tr', { hasText: 'case.opened' });
      await row.getByRole('cell', { name: '30', exact: true }).first().waitFor();
      assert.equal(await page.locator('.panel--points tbody tr').count(), before + 30);
    });

    it('charts what an office is run by before what comes most', async () => {
      const names = page.locator('.table--picker tbody tr');
      await server.post([
        ...Array.from({ length: 50 }, () => ({ metricName: 'presence.beat', value: 1 })),
        { metricName: 'case.resolved', value: 1 },
        { metricName: 'call.offered', value: 1 },
      ]);
      await names.filter({ hasText: 'presence.beat' }).waitFor();
      const [first, second] = await names.allInnerTexts();
      assert.match(first, /case\.\s*resolved\s/);
      assert.match(second, /case\.\s*opened/);
      const charted = names.filter({ has: page.locator(':checked') });
      assert.equal(await charted.count(), 4);
      assert.equal(await charted.filter({ hasText: 'presence.beat' }).count(), 0);

      // A row stays under the pointer while it is ticked, and moves up once the pointer is gone.
      const beat = names.filter({ hasText: 'presence.beat' });
      const place = () => beat.evaluate((row) => [...row.parentNode.children].indexOf(row));
      assert.equal(await place(), 4);
      await charted.first().getByRole('checkbox').uncheck();
      assert.equal(await names.first().innerText(), first);
      await page.mouse.move(0, 0);
      await page.waitForFunction(
        () => !/resolved\s/.test(document.querySelector('.table--picker tbody tr').innerText),
      );
      await names
        .filter({ hasText: /^case\.resolved(?!\.)/ })
        .getByRole('checkbox')
        .check();
    });

    it('rounds a long fraction, and has the exact value behind it', async () => {
      await server.post({ metricName: 'call.wait', value: 56.045884246 });
      const cell = page.locator('.panel--points tr', { hasText: 'call.wait' }).first().locator('data');
      await page.locator('.panel--points tr', { hasText: '56.05' }).waitFor();
      assert.equal(await cell.innerText(), '56.05');
      assert.equal(await cell.getAttribute('value'), '56.045884246');
      assert.equal(await cell.getAttribute('title'), '56.045884246');
    });

    it('does not count again what the stream repeats', async () => {
      await page.reload();
      const stored = (await (await fetch(`${server.url}/api/metrics`)).json()).metrics;
      const row = page.locator('.table--picker tr', { hasText: 'presence.beat' });
      const { count } = stored.find((m) => m.metricName === 'presence.beat');
      await row
        .getByRole('cell', { name: String(count), exact: true })
        .first()
        .waitFor();
    });

    it('filters the latest points by metric', async () => {
      const panel = page.locator('.panel--points');
      await panel.getByRole('combobox').selectOption({ label: 'case.opened' });
      await page.waitForFunction(() => document.querySelectorAll('.panel--points tbody tr').length === 30);
      await server.post({ metricName: 'case.opened', value: 4711 });
      await panel.getByRole('cell', { name: '4,711' }).waitFor();
      await panel.getByRole('combobox').selectOption({ label: 'All metrics' });
      await panel.locator('tbody tr', { hasText: 'call.wait.p90' }).first().waitFor();
    });

    it('has the numbers of each chart in a table behind it', async () => {
      for (const name of ['rates', 'values']) {
        const panel = page.locator(`.panel--${name}`);
        await panel.locator('summary').click();
        assert.ok((await panel.locator('details tbody tr').count()) > 0, name);
        assert.match(await panel.getByRole('img').getAttribute('aria-label'), /^Line chart of /);
      }
    });

    it('shows hostile names and tags as text', async () => {
      const hostile = '<img src=x onerror=alert(1)>"\'&';
      await server.post({ metricName: hostile, value: 1, tags: { [hostile]: '</script><b>' } });
      await page.locator('.panel--points td', { hasText: 'onerror' }).first().waitFor();
      assert.equal(await page.locator('.panel--points img, .panel--points b').count(), 0);
    });

    it('holds still while paused, but for alerts', async () => {
      const first = page.locator('.panel--points tbody tr').first();
      await page.getByRole('button', { name: /^Pause/ }).click();
      await page.locator('[data-phase=paused]').waitFor();
      const shown = await first.innerText();
      await server.post({ metricName: 'while.paused', value: 1 });
      await server.post({ metricName: 'survey.score', value: 2.5 });
      await page.locator('.alert', { hasText: 'survey.score' }).waitFor();
      assert.equal(await first.innerText(), shown);
      await page.getByRole('button', { name: /^Resume/ }).click();
      await page.locator('.panel--points tbody tr', { hasText: 'while.paused' }).waitFor();
    });

    it('reads earlier alerts page by page, all of them and each once', async () => {
      await server.post(
        Array.from({ length: 120 }, (_, i) => ({ metricName: 'survey.score', value: i % 2 ? 5 : 1 })),
      );
      const history = await (await fetch(`${server.url}/api/alerts/history?limit=1000`)).json();
      const total = history.alerts.length;
      assert.ok(total > 100);
      await page.reload();
      const alerts = page.locator('.alert');
      await alerts.first().waitFor();
      const earlier = page.getByRole('button', { name: 'Show earlier alerts' });
      for (let shown = 50; shown < total; shown = await alerts.count()) {
        assert.equal(await alerts.count(), shown);
        await earlier.click();
        await page.waitForFunction((n) => document.querySelectorAll('.alert').length > n, shown);
      }
      assert.equal(await alerts.count(), total);
      await earlier.waitFor({ state: 'detached' });
    });

    it('fills the gap after the server was away', async () => {
      await server.stop('SIGKILL');
      await page.locator('[data-phase=reconnecting]').waitFor();
      await server.start();
      await server.post({ metricName: 'after.restart', value: 1 });
      await page.locator('[data-phase=live]').waitFor();
      await page.locator('.panel--points tbody tr', { hasText: 'after.restart' }).waitFor();
      const rows = await page.locator('.panel--points tbody tr', { hasText: 'after.restart' }).count();
      assert.equal(rows, 1);
    });

    it('is served under a strict content security policy', async () => {
      const policy = (await fetch(server.url)).headers.get('content-security-policy');
      for (const rule of [
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
      ]) {
        assert.ok(policy.split('; ').includes(rule), `${rule} is not in ${policy}`);
      }
    });

    it('broke no rule of its content security policy and threw nothing', () => {
      // What the browser says of the server being away is no fault of the page.
      const away =
        /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|503/;
      assert.deepEqual(
        faults.filter((f) => !away.test(f)),
        [],
      );
    });
  });

  it('says what is not found', async () => {
    server = await startServer();
    try {
      const { page, context } = await openPage(browser, `${server.url}/nowhere`);
      await page.getByRole('heading', { name: 'Page not found' }).waitFor();
      await page.getByRole('link', { name: 'Go to the control room' }).click();
      await page.getByRole('heading', { name: 'Waiting for the first event' }).waitFor();
      await context.close();
    } finally {
      await server.close();
    }
  });

  it('says that the server does not answer, and goes on when it does', async () => {
    server = await startServer();
    try {
      const context = await browser.newContext();
      const page = await context.newPage();
      let away = true;
      await page.route('**/api/**', (route) => (away ? route.abort() : route.continue()));
      await page.goto(server.url);
      await page.getByRole('heading', { name: 'The server does not answer' }).waitFor();
      away = false;
      await page.getByRole('button', { name: 'Try now' }).click();
      await page.getByRole('heading', { name: 'Waiting for the first event' }).waitFor();
      await context.close();
    } finally {
      await server.close();
    }
  });
});
