// A laptop that slept: the page is frozen and its connection cut while the office goes on; then it wakes. What it
// shows must be what a page that was loaded just now shows, and what the API says.
import { connect, createServer } from 'node:net';
import { openPage } from './lib.mjs';
import { send } from './soak-events.mjs';
import { tableBehind } from './shown.mjs';

const events = 200_000;
/** Longer than the page takes for a pause of its own timers. */
const asleep = 170_000;
const panels = ['throughput', 'satisfaction', 'sla', 'conflicts', 'backlog'];

/** A way to the server that can be cut, as when a lid is shut. */
async function wire(url) {
  const to = new URL(url);
  const sockets = new Set();
  let open = true;
  const proxy = createServer((near) => {
    if (!open) {
      near.destroy();
      return;
    }
    const far = connect(Number(to.port), to.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    open = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${proxy.address().port}`,
    cut,
    mend: () => (open = true),
    close: () => {
      cut();
      proxy.close();
    },
  };
}

/** What a control room shows: figures with their states, alerts, and cases about to breach. */
const stand = (page) =>
  page.evaluate(() => ({
    figures: Object.fromEntries(
      [...document.querySelectorAll('[data-kpi]')].map((tile) => [
        tile.dataset.kpi,
        [tile.querySelector('data').value, tile.dataset.state],
      ]),
    ),
    alerts: [...document.querySelectorAll('.rail__scroll li')].map((li) => [
      li.dataset.state,
      li.querySelector('.alert__what').textContent,
      li.querySelector('time').dateTime,
      li.querySelector('.alert__detail').textContent,
    ]),
    cases: [...document.querySelectorAll('.panel--next .row')].map((row) => [
      row.dataset.case,
      row.dataset.state,
    ]),
    headline: document.querySelector('h1').textContent,
  }));

/** The figures as the API has them, written as `stand` writes them. */
async function told(server) {
  const { kpis } = await (await fetch(`${server.url}/api/kpis?value=true`)).json();
  return Object.fromEntries(
    kpis.map(({ name, value: { series } }) => [name, [String(series[0].value ?? ''), series[0].state]]),
  );
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
/** The parts in which two objects differ, with both sides. */
const differences = (a, b) =>
  Object.keys({ ...a, ...b })
    .filter((key) => !same(a[key], b[key]))
    .map((key) => `${key}: ${JSON.stringify(a[key])} and ${JSON.stringify(b[key])}`);

/** Looks until the two agree, for so long; gives what is left to tell them apart. */
async function agree(one, other, ms) {
  for (const until = Date.now() + ms; ;) {
    const left = differences(await one(), await other());
    if (left.length === 0 || Date.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits until what was sent can be read. */
async function stored(server, metric, n) {
  for (let i = 0; i < 600; i++) {
    const { metrics } = await (await fetch(`${server.url}/api/metrics`)).json();
    if ((metrics.find((m) => m.metricName === metric)?.count ?? 0) >= n) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${n} events of ${metric} are not stored a minute after they were sent`);
}

/** The steps of a chart that were over before the instant; none where there is nothing to draw. */
async function drawn(page, panel, before) {
  const place = page.locator(`.panel--${panel}`);
  await place.locator('details:has(> summary), .nothing').first().waitFor();
  if ((await place.locator('details:has(> summary)').count()) === 0) return [];
  return (await tableBehind(page, `.panel--${panel}`)).filter(([at]) => at <= before);
}

/** More changes of state than the page reads at a time. */
async function alerting(server) {
  for (let i = 0; i < 150; i++) {
    await server.post({ metricName: 'soak.queue', value: [5, 50, 500][i % 3], tags: { queue: 'permits' } });
  }
}

async function goOn(server) {
  const begun = Date.now();
  await send(server, events / (asleep / 2000), asleep / 2);
  await alerting(server);
  await stored(server, 'soak.queue', 150);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, asleep - (Date.now() - begun))));
}

export async function sleep({ server, browser }) {
  const line = await wire(server.url);
  const { page, context } = await openPage(browser, `${line.url}/?range=1h`);
  await page.locator('[data-phase=live]').waitFor();
  await page.locator('.panel--conflicts canvas').waitFor();
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  const devtools = await context.newCDPSession(page);

  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  line.cut();
  const slept = Date.now();
  await goOn(server);
  line.mend();
  asked.length = 0;
  const woke = Date.now();
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });

  const figures = async () => (await stand(page)).figures;
  const leftOfFigures = await agree(figures, () => told(server), 60_000);
  const figuresAfter = Date.now() - woke;
  const { page: fresh, context: other } = await openPage(browser, `${server.url}/?range=1h`);
  await fresh.locator('[data-phase=live]').waitFor();
  await fresh.locator('.panel--conflicts canvas').waitFor();
  const leftOfPage = await agree(
    () => stand(page),
    () => stand(fresh),
    30_000,
  );
  const allAfter = Date.now() - woke;
  const stream = asked.filter((url) => url.includes('/metrics/stream')).at(-1) ?? '';

  const minute = 60_000;
  const settled = Math.floor(woke / minute) * minute;
  const leftOfCharts = [];
  let steps = 0;
  for (const panel of panels) {
    const [kept, anew] = [await drawn(page, panel, settled), await drawn(fresh, panel, settled)];
    const [a, b] = [Object.fromEntries(kept), Object.fromEntries(anew)];
    leftOfCharts.push(...differences(a, b).map((text) => `${panel} ${text}`));
    if (panel !== 'throughput') continue;
    const during = kept.filter(([at]) => at > slept && at <= settled);
    steps = during.length;
    if (steps < Math.floor((settled - slept) / minute))
      leftOfCharts.push(`throughput has ${steps} steps of the sleep`);
  }
  await other.close();
  await context.close();
  line.close();
  for (const text of [...leftOfFigures, ...leftOfPage, ...leftOfCharts])
    console.error(`after the sleep: ${text}`);
  const verdict = (left) => (left.length === 0 ? 'the same' : `${left.length} differ`);
  return [
    {
      what: `asleep while ${events.toLocaleString('en-US')} events came: figures, against the API`,
      measured: `${verdict(leftOfFigures)} ${(figuresAfter / 1000).toFixed(1)} s after waking`,
      target: 'the same within 5 s',
      met: leftOfFigures.length === 0 && figuresAfter <= 5000,
    },
    {
      what: 'figures, 150 alerts, cases, headline, against a page loaded then',
      measured: `${verdict(leftOfPage)} ${(allAfter / 1000).toFixed(1)} s after waking, with the time to load that page`,
      target: 'the same',
      met: leftOfPage.length === 0,
    },
    {
      what: `five charts, step by step; ${steps} whole minutes of the sleep`,
      measured: leftOfCharts.length === 0 ? 'the same, no gap' : `${leftOfCharts.length} differ`,
      target: 'no gap',
      met: leftOfCharts.length === 0 && steps > 0,
    },
    {
      what: 'the stream after waking',
      measured:
        stream === ''
          ? 'not opened again'
          : stream.includes('lastEventId')
            ? 'replayed'
            : 'goes on from now; the rest is read anew',
      target: 'no replay',
      met: stream !== '' && !stream.includes('lastEventId'),
    },
  ];
}
