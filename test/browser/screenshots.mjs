// Pictures of every page for review: `npm run screenshots -- FOLDER [PAGE,PAGE… [SIZE,SIZE…]]`. They are of the real
// server with the simulated office at work, in both themes and three widths. `error-*` takes all that begin so.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch } from './lib.mjs';
import { openOffices } from './screenshots-offices.mjs';
import { pages } from './screenshots-pages.mjs';

const [folder = 'shots', only = '*', inSizes = ''] = process.argv.slice(2);
const sizes = { medium: [1280, 900], narrow: [360, 740], wide: [2560, 1300] };
const means = (one) => (one.endsWith('*') ? (name) => name.startsWith(one.slice(0, -1)) : (name) => name === one);
const named = only.split(',').map(means);
const asked = pages.filter(({ name }) => named.some((is) => is(name)));
const began = Date.now();
const faults = [];
let pictures = 0;

/** Nothing is still being read, and what moves has come to rest. */
async function settled(page, loading) {
  if (!loading) {
    const read = () => !document.querySelector('main .loading') && document.fonts.status === 'loaded';
    await page.waitForFunction(read, undefined, { timeout: 15_000 });
  }
  await page.waitForTimeout(500);
}

async function shoot(browser, offices, { name, at, office = 'busy', language = 'en', widths, ...how }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(20_000);
  try {
    await context.addInitScript((code) => localStorage.setItem('hms-language', code), language);
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(`${name}: ${error}`));
    await how.before?.(page);
    await page.goto(offices[office].url + (typeof at === 'function' ? await at(offices[office]) : at));
    await page.waitForSelector(how.ready ?? 'main h1');
    await how.act?.(page);
    for (const size of (widths ?? Object.keys(sizes)).filter((one) => !inSizes || inSizes.includes(one))) {
      const [width, height] = sizes[size];
      await page.setViewportSize({ width, height });
      // Panels of a board are drawn where they are in sight.
      if (how.tall)
        await page.setViewportSize({ width, height: await page.evaluate(() => document.body.scrollHeight) });
      await settled(page, how.loading);
      await page.evaluate(() => window.scrollTo(0, 0));
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (over > 0) faults.push(`${name}: ${over} px wider than a screen of ${width}`);
      for (const colorScheme of how.print ? ['light'] : ['light', 'dark']) {
        await page.emulateMedia({ colorScheme, media: how.print ? 'print' : 'screen' });
        await page.waitForTimeout(120);
        const path = join(folder, `${name}-${size}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: !how.screen, animations: 'disabled' });
        pictures++;
      }
    }
  } catch (error) {
    faults.push(`${name}: ${String(error).split('\n')[0]}`);
  } finally {
    await context.close();
  }
}

await mkdir(folder, { recursive: true });
const offices = await openOffices();
const browser = await launch();
console.log(`ready after ${Math.round((Date.now() - began) / 1000)} s; ${asked.length} pages`);
try {
  // Two at a time, in order; what changes the office for the others stands last and begins when they are done.
  for (const last of [false, true]) {
    const queue = asked.filter(({ floods = false }) => floods === last);
    if (last && queue.length > 0) offices.busy.flood();
    const work = async () => {
      for (let one = queue.shift(); one; one = queue.shift()) await shoot(browser, offices, one);
    };
    await Promise.all([work(), work()]);
  }
} finally {
  await offices.close();
  await browser.close();
}
console.log(`${pictures} pictures in ${folder} after ${Math.round((Date.now() - began) / 1000)} s`);
for (const fault of faults) console.log(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
