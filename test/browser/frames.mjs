// How smoothly a page is drawn, and what that costs: shared by the tests of speed and the soak.
import { cpus } from 'node:os';

/** Scrolls for four seconds, and gives the time between frames in ms. */
function scroll(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const gaps = [];
        let last = performance.now();
        const until = last + 4000;
        const step = (now) => {
          gaps.push(now - last);
          last = now;
          window.scrollBy(0, 14);
          if (now < until) requestAnimationFrame(step);
          else resolve(gaps.slice(2));
        };
        requestAnimationFrame(step);
      }),
  );
}

const rate = (gaps) => 1000 / (gaps.reduce((a, b) => a + b, 0) / gaps.length);

/** The share of the machine's time in which it had nothing to do. */
function idleSince(before) {
  const sum = (all, pick) => all.reduce((total, { times }) => total + pick(times), 0);
  const whole = (times) => Object.values(times).reduce((a, b) => a + b);
  const now = cpus();
  const idle = sum(now, (t) => t.idle) - sum(before, (t) => t.idle);
  return idle / (sum(now, whole) - sum(before, whole));
}

/** The counters that Chromium keeps of a page, by name; times are of its main thread alone, in seconds. */
export async function counters(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
}

/**
 * Frames a second while the page scrolls, ms of work for each, the share of the time in which the machine was idle,
 * and what it has to give just now: the frames a second of a tall page with nothing on it.
 */
export async function smoothness(page) {
  const bare = await page.context().newPage();
  await bare.setContent('<div style="height:20000px"></div>');
  const empty = rate(await scroll(bare));
  await bare.close();
  await page.bringToFront();
  const count = await counters(page);
  const begun = (await count()).TaskDuration;
  const machine = cpus();
  const gaps = await scroll(page);
  const idle = idleSince(machine);
  const work = (1000 * ((await count()).TaskDuration - begun)) / gaps.length;
  return { fps: rate(gaps), work, empty, idle };
}

/** Two hundred panels: figures, charts, tables and texts. */
export async function putLargeBoard(server, chart) {
  const types = [
    'type: kpi, kpi: cases.resolved.per.hour',
    `type: chart, kpi: cases.resolved.per.hour, ${chart}`,
    'type: table, kpi: cases.resolved.per.hour, by: office',
    'type: text, text: "A *note*"',
  ];
  const place = (i) => `x: ${(i % 4) * 3}, y: ${Math.floor(i / 4) * 3}, w: 3, h: 3`;
  const panels = Array.from({ length: 200 }, (_, i) => `  - {${types[i % 4]}, ${place(i)}}`);
  const answer = await fetch(`${server.url}/api/boards/many?why=test`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/yaml' },
    body: `name: many\npanels:\n${panels.join('\n')}\n`,
  });
  if (!answer.ok) throw new Error(`PUT /api/boards/many: ${answer.status} ${await answer.text()}`);
}
