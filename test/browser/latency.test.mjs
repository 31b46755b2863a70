// From POST to pixels: the moment before the request to the frame that shows the point.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { launch, noServer, openPage, startServer, thresholds } from './lib.mjs';

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

// Sends 80 points one after the other and gives the sorted times in ms. Timed
// inside the page, where both moments have one clock.
async function postToPixels(page) {
  const times = await page.evaluate(async () => {
    const body = document.querySelector('.panel--points tbody');
    const frame = () => new Promise((r) => requestAnimationFrame(() => setTimeout(r)));
    const out = [];
    for (let i = 1; i <= 80; i++) {
      const begun = performance.now();
      const shown = new Promise((resolve) => {
        const look = () => {
          if (body.querySelector('tr td.cell--number')?.textContent !== String(100 + i)) return;
          observer.disconnect();
          resolve();
        };
        const observer = new MutationObserver(look);
        observer.observe(body, { childList: true, subtree: true, characterData: true });
      });
      fetch('/metrics', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ metricName: 'speed', value: 100 + i }),
      });
      await shown;
      await frame();
      out.push(performance.now() - begun);
      await new Promise((r) => setTimeout(r, 20 + Math.random() * 60));
    }
    return out;
  });
  return times.sort((a, b) => a - b);
}

describe('speed', { skip: noServer }, () => {
  it('shows a point within 100 ms of its POST (p95)', async (t) => {
    const server = await startServer(thresholds);
    const browser = await launch();
    try {
      await server.post({ metricName: 'warm.up', value: 0 });
      const { page } = await openPage(browser, `${server.url}/explore/metrics`);
      await page.locator('.panel--points tbody tr').first().waitFor();
      await page.locator('[data-phase=live]').waitFor();
      // Other work on the machine only ever adds to a time, so the quietest of
      // three rounds says what the page takes.
      let best = Infinity;
      for (let round = 1; round <= 3 && best >= 100; round++) {
        const times = await postToPixels(page);
        const [p50, p95] = [0.5, 0.95].map((q) => quantile(times, q));
        t.diagnostic(`POST to pixels: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`);
        best = Math.min(best, p95);
      }
      assert.ok(best < 100, `p95 is ${best} ms`);
    } finally {
      await browser.close();
      await server.close();
    }
  });

  it('stays smooth and bounded at a thousand events a second', async (t) => {
    const server = await startServer();
    const browser = await launch();
    try {
      await server.post({ metricName: 'warm.up', value: 0 });
      const { page } = await openPage(browser, `${server.url}/explore/metrics`);
      await page.locator('[data-phase=live]').waitFor();
      const frames = page.evaluate(
        () =>
          new Promise((resolve) => {
            const gaps = [];
            let last = performance.now();
            const begun = last;
            const step = () => {
              const now = performance.now();
              gaps.push(now - last);
              last = now;
              if (now - begun < 5000) requestAnimationFrame(step);
              else resolve(gaps);
            };
            requestAnimationFrame(step);
          }),
      );
      let sent = 0;
      const begun = Date.now();
      while (Date.now() - begun < 5000) {
        const due = Math.floor(Date.now() - begun - sent);
        if (due >= 50) {
          await server.post(
            Array.from({ length: due }, (_, i) => ({
              metricName: `flood.${(sent + i) % 20}`,
              value: i,
              tags: { caseId: `C-${sent + i}` },
            })),
          );
          sent += due;
        } else await new Promise((r) => setTimeout(r, 20));
      }
      const gaps = (await frames).sort((a, b) => a - b);
      t.diagnostic(
        `${sent} events in 5 s: frame p50 ${quantile(gaps, 0.5).toFixed(0)} ms, p95 ${quantile(gaps, 0.95).toFixed(0)} ms, worst ${gaps.at(-1).toFixed(0)} ms`,
      );
      assert.ok(quantile(gaps, 0.95) < 200, 'frames are late');
      assert.ok((await page.locator('.panel--points tbody tr').count()) <= 100);
      const total = sent + 1;
      await page.waitForFunction((n) => {
        const cells = [...document.querySelectorAll('.table--picker td:last-child')];
        return cells.reduce((sum, c) => sum + Number(c.textContent.replaceAll(',', '')), 0) === n;
      }, total);
    } finally {
      await browser.close();
      await server.close();
    }
  });
});
