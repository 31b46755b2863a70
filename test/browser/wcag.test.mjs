// WCAG 2.2 A and AA by axe on every page, in its states and with its dialogs open, in both themes at three widths.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { violations } from './access.mjs';
import { launch, noServer, openPage, run, startServer } from './lib.mjs';
import { nameOf, pathOf, routes, show, startOffice, views } from './views.mjs';

const widths = [1280, 2560, 360];

describe('WCAG 2.2 A and AA', { skip: noServer }, () => {
  let browser, office, page, context;
  before(async () => {
    browser = await launch();
    office = await startOffice();
    ({ page, context } = await openPage(browser, 'about:blank'));
  });
  after(async () => {
    await context?.close();
    await browser?.close();
    await office?.close();
  });

  it('is looked at on every route', () => {
    const paths = views.map((view) => pathOf(view, office).split('?')[0].split('/'));
    const missing = routes().filter((route) => {
      const parts = route.split('/');
      return !paths.some((path) => path.length === parts.length && parts.every((p, i) => p === path[i] || p[0] === ':'));
    });
    assert.deepEqual(missing, []);
  });

  /** What is wrong in each theme at each width; the page is not read anew between them. */
  async function faults(page, where) {
    const found = [];
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.waitForFunction((scheme) => getComputedStyle(document.documentElement).colorScheme === scheme, colorScheme);
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        // What the bar at the top half covers would count as a target too small.
        await page.evaluate(() => {
          scrollTo(0, 0);
          return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        });
        for (const fault of await violations(page)) found.push(`${where}, ${colorScheme}, ${width} px: ${fault}`);
        const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (beyond > 0) found.push(`${where}: ${beyond} px wider than the ${width} px of the screen`);
      }
    }
    await page.setViewportSize({ width: widths[0], height: 900 });
    return found;
  }

  for (const view of views) {
    const name = nameOf(view);
    it(name, async () => {
      await show(page, office, view);
      assert.deepEqual(await faults(page, name), []);
    });
  }

  it('while it loads, and when the server is away', async () => {
    const own = await openPage(browser, 'about:blank');
    await own.page.route('**/api/kpis*', () => {});
    await own.page.goto(office.url);
    await own.page.locator('.loading').first().waitFor();
    const found = await faults(own.page, 'loading');
    await own.page.unroute('**/api/kpis*');
    await own.page.route('**/api/**', (route) => route.abort());
    await own.page.goto(office.url);
    await own.page.locator('h1').waitFor();
    assert.deepEqual([...found, ...(await faults(own.page, 'unreachable'))], []);
    await own.context.close();
  });

  it('of a server without events, and of signing in', async () => {
    const out = await run(['token', 'new', '--name', 'operations', '--role', 'read']);
    const entry = /- (\{name: .*\})/.exec(out)[1];
    const server = await startServer(`auth:\n  tokens:\n    - ${entry}\n`);
    const empty = await startServer();
    try {
      await page.goto(server.url);
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      const found = await faults(page, 'sign-in');
      await page.getByRole('textbox', { name: 'Access token' }).fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByText('This token is not accepted').waitFor();
      found.push(...(await faults(page, 'sign-in refused')));
      for (const path of ['/', '/explore/metrics', '/cases', '/alerts', '/boards', '/reports']) {
        await page.goto(empty.url + path);
        await page.locator('h1').waitFor();
        await page.waitForFunction(() => !document.querySelector('main .loading'));
        found.push(...(await faults(page, `${path} without events`)));
      }
      assert.deepEqual(found, []);
    } finally {
      await server.close();
      await empty.close();
    }
  });
});
