// The page of metrics at every width and by keyboard, and signing in. What axe says of them is in wcag.test.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, noServer, openPage, run, startServer, thresholds } from './lib.mjs';

describe('access', { skip: noServer }, () => {
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  describe('of the live page', () => {
    let server;
    before(async () => {
      server = await startServer(thresholds);
      await server.post([
        ...Array.from({ length: 60 }, (_, i) => ({
          metricName: `case.step.${i % 12}`,
          value: i,
          tags: { caseId: `C-${i}`, office: 'benefits', reason: 'waiting for the citizen' },
        })),
        { metricName: 'case.resolved.rate', value: 1 },
        { metricName: 'call.wait.p90', value: 70 },
        { metricName: 'survey.score', value: 4 },
      ]);
    });
    after(() => server?.close());

    for (const width of [360, 1280, 2560]) {
      it(`has all in sight at ${width} px`, async () => {
        const viewport = { width, height: 900 };
        const { page, context } = await openPage(browser, `${server.url}/explore/metrics`, { viewport });
        await page.locator('.alert').first().waitFor();
        for (const summary of await page.locator('summary').all()) await summary.click();
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(overflow, 0, 'the page scrolls sideways');
        const hidden = await page
          .locator('.panel--points .scroll')
          .evaluate((e) => e.scrollWidth - e.clientWidth);
        assert.equal(hidden, 0, 'the latest points scroll sideways');
        const row = page
          .getByRole('table', { name: /newest first/ })
          .getByRole('row')
          .nth(1);
        assert.equal(await row.getByRole('cell').count(), 4, 'a row has lost its cells');
        await context.close();
      });
    }

    it('lets the keyboard reach every control, and shows where it is', async () => {
      const { page, context } = await openPage(browser, `${server.url}/explore/metrics`);
      await page.locator('.alert').first().waitFor();
      const controls = await page.evaluate(() => {
        const all = document.querySelectorAll('a[href], button, select, summary, input, [tabindex="0"]');
        let n = 0;
        for (const e of all) {
          if (e.disabled || !e.checkVisibility()) continue;
          // A group of radio buttons is one stop: that of the chosen one.
          if (e.type === 'radio' && !e.checked) continue;
          e.dataset.stop = String(n++);
        }
        return n;
      });
      const reached = new Set();
      const unseen = [];
      for (let i = 0; i < controls * 2 && reached.size < controls; i++) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate(() => {
          const e = document.activeElement;
          const drawn = e.closest('.segments__item') ?? e;
          const style = getComputedStyle(drawn);
          const box = drawn.getBoundingClientRect();
          return {
            stop: e.dataset.stop,
            what: e.outerHTML.slice(0, 80),
            seen: style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2 && box.width > 0,
            inView: box.bottom > 0 && box.top < innerHeight,
          };
        });
        if (at.stop === undefined) continue;
        reached.add(at.stop);
        if (!at.seen || !at.inView) unseen.push(at.what);
      }
      assert.equal(reached.size, controls, 'controls that Tab does not reach');
      assert.deepEqual(unseen, []);
      await context.close();
    });

    it('is worked by keys alone', async () => {
      const { page, context } = await openPage(browser, `${server.url}/explore/metrics`);
      await page.locator('.alert').first().waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
      await page.getByRole('button', { name: 'Settings' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('radio', { name: 'System' }).focus();
      await page.keyboard.press('ArrowLeft');
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
      await page.reload();
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
      await page.getByRole('radio', { name: '15 min' }).focus();
      await page.keyboard.press('ArrowRight');
      await page.getByText('count every minute').waitFor();
      await page.locator('.panel--rates summary').focus();
      await page.keyboard.press('Enter');
      await page.locator('.panel--rates details[open]').waitFor();
      await context.close();
    });
  });

  describe('by token', () => {
    let server;
    let token;
    before(async () => {
      const out = await run(['token', 'new', '--name', 'operations', '--role', 'read', '--role', 'ingest']);
      token = /^\s{4}(\S{20,})$/m.exec(out)[1];
      const entry = /- (\{name: .*\})/.exec(out)[1];
      server = await startServer(`${thresholds}\nauth:\n  tokens:\n    - ${entry}\n`);
    });
    after(() => server?.close());

    it('signs in with a token and out again', async () => {
      const { page, context } = await openPage(browser, `${server.url}/explore/metrics`);
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();

      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('Enter your access token').waitFor();

      const field = page.getByRole('textbox', { name: 'Access token' });
      await field.fill('wrong');
      await page.keyboard.press('Enter');
      await page.getByText('This token is not accepted').waitFor();
      assert.ok(await field.evaluate((e) => e === document.activeElement), 'the focus is not in the field');

      await field.fill(token);
      await page.keyboard.press('Enter');
      await page.getByText('Waiting for the first event').waitFor();
      const [cookie] = await context.cookies();
      assert.ok(cookie.httpOnly && cookie.sameSite === 'Strict', JSON.stringify({ ...cookie, value: '' }));

      await server.post({ metricName: 'case.opened', value: 1 }, { Authorization: `Bearer ${token}` });
      await page.locator('.panel--points tbody tr').waitFor();

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      assert.equal(await page.locator('.panel--points').count(), 0);
      await context.close();
    });
  });
});
