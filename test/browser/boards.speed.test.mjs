// A board of two hundred panels, scrolled from top to bottom.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { putLargeBoard, smoothness } from './frames.mjs';
import { launch, noServer, openPage, startServer } from './lib.mjs';

describe('boards', { skip: noServer }, () => {
  let browser;
  let server;

  before(async () => {
    browser = await launch();
    server = await startServer();
    const now = Date.now();
    const events = Array.from({ length: 60 }, (_, i) => {
      const tags = { caseId: `C-${i}`, office: i % 3 ? 'north' : 'south' };
      return { metricName: 'case.resolved', value: 1, timestamp: now - 1000 - i * 120_000, tags };
    });
    await server.post(events);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  it('stay smooth with two hundred panels', async (t) => {
    await putLargeBoard(server, 'by: office, range: 6h');
    const { page, context } = await openPage(browser, `${server.url}/boards/many`);
    await page.locator('.board-kpi data').first().waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.board-panel__body > :not(.loading)').length >= 16);
    await page.waitForTimeout(1000);
    const shown = await page.locator('.board-panel__body > :not(.loading)').count();
    assert.ok(shown < 100, `${shown} of 200 panels are rendered`);
    // Other work on the machine only ever takes frames away, so the best of three rounds says what the page gives.
    let best = { share: 0, work: Infinity, idle: 0 };
    for (let round = 1; round <= 3 && best.share < 1; round++) {
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.waitForTimeout(1000);
      const { fps, work, empty, idle } = await smoothness(page);
      t.diagnostic(
        `${fps.toFixed(1)} frames a second, ${work.toFixed(1)} ms of work for each; an empty page has ${empty.toFixed(1)}; the machine was idle ${(100 * idle).toFixed(0)} % of the time`,
      );
      // Fifty, where an empty page reaches all that a screen shows; as large a share of what it reaches elsewhere.
      const share = fps / (empty >= 58 ? 50 : (50 / 60) * empty);
      if (share > best.share) best = { share, work, idle };
    }
    // Fifty frames a second leave 20 ms for each. A machine without time left says nothing more of the page.
    assert.ok(best.work <= 20, `a frame takes ${best.work.toFixed(1)} ms of work`);
    // `make soak` asks for all of them, of a machine that has nothing else to do.
    if (best.idle > 0.3)
      assert.ok(best.share >= 0.8, `${(100 * best.share).toFixed(0)} % of the frames that are asked for`);
    await context.close();
  });
});
