// A thousand events a second on the control room: memory, the main thread, frames.
import { readFile } from 'node:fs/promises';
import { counters } from './frames.mjs';
import { openPage } from './lib.mjs';
import { send } from './soak-events.mjs';

const perSecond = 1000;
const mb = (bytes) => (bytes / 2 ** 20).toFixed(0);

/** What the largest renderer holds of the machine's memory, in bytes: resident, and of that its own alone. */
async function rendererMemory(browser) {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(async ({ id }) => {
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      const of = (name) => 1024 * Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
      return { resident: of('VmRSS'), own: of('RssAnon') };
    });
  return (await Promise.all(sizes)).reduce((a, b) => (b.resident > a.resident ? b : a));
}

/** Frames a second over two seconds. */
const frames = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        let n = 0;
        let begun;
        const step = (now) => {
          begun ??= now;
          if (now - begun >= 2000) resolve((1000 * n) / (now - begun));
          else {
            n++;
            requestAnimationFrame(step);
          }
        };
        requestAnimationFrame(step);
      }),
  );

export async function flood({ server, browser, minutes }) {
  const { page, context } = await openPage(browser, 'about:blank');
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longTasks.push(duration);
    }).observe({ type: 'longtask' });
  });
  await page.goto(server.url);
  await page.locator('[data-phase=live]').waitFor();
  await page.locator('.panel--conflicts canvas').waitFor();
  const devtools = await context.newCDPSession(page);
  const count = await counters(page);
  const settled = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    return count();
  };

  // What the load brings into sight at first is there once: growth is counted after the first tenth.
  const whole = minutes * 60_000;
  const warmUp = await send(server, perSecond, whole / 10);
  const first = await settled();
  await page.evaluate(() => (window.longTasks.length = 0));
  const begun = Date.now();
  const sending = send(server, perSecond, whole - whole / 10);
  let busy = true;
  sending.finally(() => (busy = false)).catch(() => undefined);
  let heap = 0;
  let memory = { resident: 0, own: 0 };
  const weigh = async () => {
    const now = await rendererMemory(browser);
    memory = { resident: Math.max(memory.resident, now.resident), own: Math.max(memory.own, now.own) };
  };
  const rates = [];
  for (let i = 1; busy; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    heap = Math.max(heap, (await count()).JSHeapUsedSize);
    if (i % 10 !== 0) continue;
    await weigh();
    rates.push(await frames(page));
  }
  const sent = warmUp + (await sending);
  const seconds = (Date.now() - begun) / 1000;
  const last = await settled();
  const long = await page.evaluate(() => window.longTasks);
  await weigh();
  await context.close();

  const share = (last.TaskDuration - first.TaskDuration) / seconds;
  const grew = (name) => last[name] <= 1.1 * first[name] + 100;
  return [
    {
      what: `${sent.toLocaleString('en-US')} events in ${minutes} min: main thread busy`,
      measured: `${(100 * share).toFixed(0)} %; ${long.length} long tasks, the longest ${Math.max(0, ...long).toFixed(0)} ms`,
      target: '< 50 %',
      met: share < 0.5,
    },
    {
      what: 'JavaScript heap after garbage collection: first, last; the most in between',
      measured: `${mb(first.JSHeapUsedSize)}, ${mb(last.JSHeapUsedSize)}; ${mb(heap)} MB`,
      target: '< 200 MB',
      met: heap < 200 * 2 ** 20,
    },
    {
      what: "memory of the page's process, the most: its own, and with Chromium's code",
      measured: `${mb(memory.own)} MB, ${mb(memory.resident)} MB`,
      target: '< 200 MB of its own',
      met: memory.own < 200 * 2 ** 20,
    },
    {
      what: 'DOM nodes and listeners: first, last',
      measured: `${first.Nodes}, ${last.Nodes}; ${first.JSEventListeners}, ${last.JSEventListeners}`,
      target: 'no growth',
      met: grew('Nodes') && grew('JSEventListeners'),
    },
    {
      what: 'frames a second meanwhile: mean, least',
      measured: rates.length
        ? `${(rates.reduce((a, b) => a + b, 0) / rates.length).toFixed(0)}, ${Math.min(...rates).toFixed(0)}`
        : 'too short to tell',
    },
  ];
}
