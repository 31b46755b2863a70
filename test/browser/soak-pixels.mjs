// From POST to pixels on the control room: a case is resolved, and its tile says so.
import { openPage } from './lib.mjs';

const points = 100;
const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

/** Posts from inside the page, so that both moments have one clock. Two frames after the change it is on the screen. */
function measure(page) {
  return page.evaluate(async (wanted) => {
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const figure = () => Number(document.querySelector('[data-kpi="cases.resolved.per.hour"] data').value);
    const higherThan = (before) =>
      new Promise((resolve) => {
        const end = (seen) => {
          clearTimeout(timer);
          observer.disconnect();
          resolve(seen);
        };
        const observer = new MutationObserver(() => figure() > before && end(true));
        const timer = setTimeout(() => end(false), 2000);
        observer.observe(document.querySelector('main'), {
          subtree: true,
          attributes: true,
          attributeFilter: ['value'],
        });
      });
    const times = [];
    let unseen = 0;
    for (let i = 0; times.length + unseen < wanted; i++) {
      // Cases of the past leave the hour that the figure looks back: at rest it may fall, not rise.
      await pause(250 + Math.random() * 250);
      const begun = performance.now();
      const seen = higherThan(figure());
      const answer = await fetch('/metrics', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({
          metricName: 'case.resolved',
          value: 1,
          tags: { caseId: `soak-${begun}-${i}`, office: 'north', queue: 'permits' },
        }),
      });
      if (!answer.ok) throw new Error(`POST /metrics: ${answer.status}`);
      if (!(await seen)) {
        unseen++;
        continue;
      }
      await frame();
      await frame();
      times.push(performance.now() - begun);
    }
    return { times: times.sort((a, b) => a - b), unseen };
  }, points);
}

export async function pixels({ server, browser }) {
  const { page, context } = await openPage(browser, server.url);
  await page.locator('[data-phase=live]').waitFor();
  await page.locator('.panel--conflicts canvas').waitFor();
  await page.waitForTimeout(3000);
  const { times, unseen } = await measure(page);
  await context.close();
  const [p50, p95] = [0.5, 0.95].map((q) => quantile(times, q));
  return [
    {
      what: `POST to pixels, ${points} points, the tile of resolved cases`,
      measured: `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms${unseen ? `, ${unseen} not seen` : ''}`,
      target: 'p95 ≤ 100 ms',
      met: p95 <= 100 && unseen === 0,
    },
  ];
}
