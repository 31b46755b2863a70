// The package in clients/js, in a real page against the real server.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, noServer, startServer } from './lib.mjs';

const sources = fileURLToPath(new URL('../../clients/js/src/', import.meta.url));

describe('@hms-ops/track in a page', { skip: noServer }, () => {
  let server;
  let browser;
  let page;
  before(async () => {
    server = await startServer();
    browser = await launch();
    page = await browser.newPage();
    // The package as an application of the same origin would serve it.
    await page.route('**/track/*.js', (route) =>
      route.fulfill({
        path: sources + new URL(route.request().url()).pathname.slice('/track/'.length),
        contentType: 'text/javascript',
      }),
    );
    await page.goto(server.url);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  async function stored(metric) {
    const answer = await fetch(`${server.url}/api/events?metric=${metric}&limit=1000`);
    return (await answer.json()).events;
  }

  it('sends what was tracked, each once', async () => {
    const sent = await page.evaluate(async () => {
      const { track, flush } = await import('/track/index.js');
      for (let i = 0; i < 250; i++) track('case.resolved', i, { caseId: `C-${i}`, agentId: 'a7' });
      return flush();
    });
    assert.equal(sent, true);
    const events = await stored('case.resolved');
    assert.deepEqual(
      events.map((e) => e.value).sort((a, b) => a - b),
      Array.from({ length: 250 }, (_, i) => i),
    );
    assert.equal(events.find((e) => e.value === 7).tags.caseId, 'C-7');
  });

  it('sends what is left when the page is left', async () => {
    await page.evaluate(async () => {
      const { track } = await import('/track/index.js');
      track('page.left', 1);
    });
    await page.goto('about:blank');
    for (let tries = 0; (await stored('page.left')).length === 0; tries++) {
      assert.ok(tries < 100, 'nothing came within 10 s of leaving');
      await new Promise((r) => setTimeout(r, 100));
    }
    assert.equal((await stored('page.left')).length, 1);
  });

  it('keeps what it cannot send, and never throws into the page', async () => {
    await page.goto(server.url);
    await page.route('**/metrics', (route) => route.abort());
    const failed = await page.evaluate(async () => {
      const { createTracker } = await import('/track/index.js');
      globalThis.kept = createTracker({ minBackoff: 50, maxBackoff: 200, onError() {} });
      globalThis.kept.track('kept.offline', 1);
      globalThis.kept.track(undefined, 'no number', null);
      return Promise.race([globalThis.kept.flush(), new Promise((r) => setTimeout(r, 500, false))]);
    });
    assert.equal(failed, false);
    assert.equal((await stored('kept.offline')).length, 0);
    await page.unroute('**/metrics');
    await page.evaluate(() => globalThis.kept.flush());
    assert.equal((await stored('kept.offline')).length, 1);
  });
});
