// Pictures of every state of the page, for eyes: npm run screenshots [folder]
// They are taken of the built page with the development mock behind it, which
// can be put into any state at once.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { serveMock } from '../../ui/dev/mock-server.mjs';
import { launch } from './lib.mjs';

const folder = process.argv[2] ?? 'screenshots';
const only = process.argv[3];
await mkdir(folder, { recursive: true });

const states = {
  empty: { options: {}, ready: 'text=Waiting for the first event' },
  live: { options: { demo: true }, ready: '.chart canvas', settle: 2500 },
  alert: {
    options: { history: true },
    ready: '.chart canvas',
    async then({ mock }, page) {
      mock.accept({ metricName: 'case.resolved.rate', value: 1.4 });
      mock.accept({ metricName: 'call.wait.p90', value: 340, tags: { office: 'harbor' } });
      mock.accept({ metricName: 'call.wait.p90', value: 75, tags: { office: 'airport' } });
      await page.waitForSelector('.tile--critical');
    },
    settle: 500,
  },
  many: {
    options: { history: true },
    ready: '.chart canvas',
    async then({ mock }) {
      for (let i = 0; i < 40; i++) {
        for (let n = 0; n < 40 - i; n++) mock.accept({ metricName: `permit.step.${i}`, value: n });
      }
      mock.accept({
        metricName: 'a.metric.with.a.very.long.name.'.repeat(4),
        value: 1234567.891,
        tags: { note: 'x'.repeat(300) },
      });
    },
    settle: 1200,
  },
  old: {
    options: {},
    ready: '.panel--rates',
    before: ({ mock }) => mock.accept({ metricName: 'case.opened', value: 1, timestamp: 1_320_000_000_000 }),
  },
  paused: {
    options: { history: true },
    ready: '.chart canvas',
    then: (_, page) => page.click('text=Pause'),
  },
  table: {
    options: { history: true },
    ready: '.chart canvas',
    then: (_, page) => page.click('.panel--rates summary'),
  },
  'not-ready': {
    options: { history: true },
    ready: '.banner',
    before: ({ mock }) => (mock.state.ready = false),
  },
  reconnecting: {
    options: { history: true },
    ready: '.chart canvas',
    async then(server, page) {
      server.stop();
      await page.waitForSelector('[data-phase=reconnecting]');
    },
  },
  'sign-in': {
    options: { token: 'secret' },
    ready: 'text=Access token',
    async then(_, page) {
      await page.fill('input[type=password]', 'wrong');
      await page.click('button[type=submit]');
      await page.waitForSelector('.form--fault');
    },
  },
  'not-found': { options: {}, path: '/nowhere', ready: 'text=Page not found' },
  unreachable: {
    options: {},
    ready: 'text=does not answer',
    route: (page) => page.route('**/api/**', (route) => route.abort()),
  },
};

const sizes = { narrow: [360, 740], medium: [1280, 900], wide: [2560, 1300] };
const browser = await launch();
for (const [state, plan] of Object.entries(states)) {
  if (only && !only.split(',').includes(state)) continue;
  for (const [size, [width, height]] of Object.entries(sizes)) {
    for (const colorScheme of ['light', 'dark']) {
      const server = await serveMock(plan.options);
      plan.before?.(server);
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      const page = await context.newPage();
      page.on(
        'console',
        (m) => m.type() === 'error' && /Content Security/.test(m.text()) && console.log(state, m.text()),
      );
      page.on('pageerror', (e) => console.log(state, String(e)));
      await plan.route?.(page);
      await page.goto(server.url + (plan.path ?? '/'));
      await page.waitForSelector(plan.ready);
      await plan.then?.(server, page);
      await page.waitForTimeout(plan.settle ?? 300);
      await page.screenshot({
        path: join(folder, `${state}-${size}-${colorScheme}.png`),
        fullPage: size !== 'wide',
      });
      await context.close();
      server.stop();
    }
  }
  console.log(state);
}
await browser.close();
