// What a page shows, read from its tables and tiles, to be held against the API.

/** The rows of the table behind a chart, the oldest first: when, and the exact values of its lines. */
export async function tableBehind(page, panel) {
  const details = page.locator(`${panel} details:has(> summary)`).first();
  if (!(await details.evaluate((e) => e.open))) await details.locator('> summary').click();
  await details.locator('tbody tr').first().waitFor();
  // The table may stand at any of its pages.
  const previous = details.getByRole('button', { name: 'Previous' });
  while ((await previous.count()) > 0 && !(await previous.isDisabled())) await previous.click();
  const rows = [];
  const next = details.getByRole('button', { name: 'Next' });
  for (;;) {
    const shown = await details.locator('tbody tr').evaluateAll((all) =>
      all.map((row) => [
        Date.parse(row.querySelector('time').dateTime),
        ...[...row.querySelectorAll('td')].map((cell) => {
          const value = cell.querySelector('data')?.value;
          return value === undefined ? null : Number(value);
        }),
      ]),
    );
    rows.push(...shown);
    if ((await next.count()) === 0 || (await next.isDisabled())) break;
    const first = shown[0][0];
    await next.click();
    await page.waitForFunction(
      ([selector, was]) => Date.parse(document.querySelector(`${selector} details tbody time`).dateTime) !== was,
      [panel, first],
    );
  }
  return rows.reverse();
}

/** The same of a history that the API answered: a point stands at the end of its step; what is empty is left out. */
export const pointsOf = ({ series, step, to }, pick = ({ points }) => points.map((p) => [p[1]])) => {
  const columns = pick(series[0]);
  return series[0].points
    .map(([at], i) => [Math.min(at + step, to), ...columns[i]])
    .filter(([, ...values]) => values.some((v) => v !== null));
};

/** Remembers the newest answer to each request that the page makes: what it shows is made of these. */
export function remember(page) {
  const answers = [];
  page.on('response', (response) => {
    const url = new URL(response.url());
    if (url.pathname.startsWith('/api/') && response.ok()) answers.push({ url, body: response.json().catch(() => undefined) });
  });
  return {
    /** The newest answer whose address fits. */
    async newest(fits) {
      const found = answers.findLast(({ url }) => fits.test(url.pathname + url.search));
      if (!found) throw new Error(`the page has asked for nothing like ${fits}`);
      return { path: found.url.pathname + found.url.search, body: await found.body };
    },
  };
}

/** The exact values behind what is written, in order. */
export const values = (locator) =>
  locator.evaluateAll((all) => all.map((e) => (e.value === '' ? null : Number(e.value))));
