// The pages of KPIs, held to the API: every figure shown is the server's at that instant.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { launch, noServer, openPage, startServer } from './lib.mjs';
import { fill, get, kpis, percent } from './office.mjs';

describe('the pages of KPIs', { skip: noServer }, () => {
  let browser, server, page, context, faults, now;
  const minute = 60_000;

  before(async () => {
    browser = await launch();
    server = await startServer(kpis);
    now = await fill(server);
    ({ page, context, faults } = await openPage(browser, `${server.url}/kpis`, { acceptDownloads: true }));
  });
  after(async () => {
    await context?.close();
    await server?.close();
    await browser?.close();
  });

  it('list every KPI with the value that the API gives', async () => {
    const cell = page.locator('[data-value="on.time"]');
    await cell.waitFor();
    const { series } = await get(server, '/api/kpis/on.time/value');
    assert.equal(await cell.getAttribute('value'), String(series[0].value));
    assert.equal(await cell.innerText(), percent(series[0].value));
    const all = (await get(server, '/api/kpis')).kpis.length;
    assert.equal(await page.locator('.panel--kpis tbody tr').count(), all);
  });

  it('lead to one, with its value, its verdict and what would settle it', async () => {
    await page.getByRole('link', { name: 'Cases in time' }).click();
    await page.locator('[data-testid=kpi-value][value]:not([value=""])').waitFor();
    const [total] = (await get(server, '/api/kpis/on.time/value')).series;
    assert.equal(await page.getByTestId('kpi-value').getAttribute('value'), String(total.value));
    assert.equal(await page.locator('[data-verdict]').getAttribute('data-verdict'), total.figures.verdict);
  });

  it('draw the history that the API gives, and have it in a table', async () => {
    const panel = page.locator('.panel--history');
    const asked = page.waitForResponse((r) => /resolved\/history.*detail=true/.test(r.url()) && r.ok());
    await page.goto(`${server.url}/kpis/resolved?span=${now - 240 * minute}-${now}&over=step`);
    // Asked once more: the browser need not keep the answer that the page had.
    const history = await (await fetch((await asked).url())).json();
    await panel.locator('canvas').waitFor();
    await panel.getByText('Show this chart as a table').click();
    const shown = history.series[0].points.filter((p) => p[1] !== null).length;
    await page.waitForFunction(() => document.querySelectorAll('.panel--history tbody tr').length > 0);
    const pager = panel.locator('.pager [role=status]');
    const rows = (await pager.count())
      ? Number(/of (\d+)/.exec(await pager.innerText())[1])
      : await panel.locator('tbody tr').count();
    assert.equal(rows, shown);
    assert.match(await panel.getByRole('img').getAttribute('aria-label'), /^Chart of Cases resolved from /);
  });

  it('zoom by drag and by key, and go back', async () => {
    const span = () => new URL(page.url()).searchParams.get('span')?.split('-').map(Number);
    const length = ([from, to]) => to - from;
    const begin = span();
    const box = await page.locator('.panel--history .u-over').boundingBox();
    await page.mouse.move(box.x + box.width * 0.25, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 40, { steps: 5 });
    await page.mouse.up();
    await page.waitForFunction((was) => !location.search.includes(was), begin.join('-'));
    const zoomed = span();
    assert.ok(Math.abs(length(zoomed) - length(begin) / 2) < length(begin) * 0.03, `${zoomed}`);
    await page.getByRole('button', { name: 'Zoom out' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction((was) => !location.search.includes(was), zoomed.join('-'));
    assert.ok(Math.abs(length(span()) - 2 * length(zoomed)) <= 2);
    await page.goBack();
    assert.deepEqual(span(), zoomed);
  });

  it('explain a change with the shares that the API gives', async () => {
    const mark = `${now - 120 * minute}-${now}`;
    await page.goto(`${server.url}/kpis/on.time?span=${now - 270 * minute}-${now}&mark=${mark}`);
    const words = page.getByTestId('explain-words');
    await words.waitFor();
    const told = await get(server, `/api/kpis/on.time/explain?from=${now - 120 * minute}&to=${now}`);
    const [tag] = told.tags;
    const [most] = tag.parts;
    assert.equal(most.value, 'south', 'the south is late by construction');
    assert.ok((await words.innerText()).includes(`office south holds ${percent(most.share)} of the change.`));
    for (const part of tag.parts) {
      const cell = page.locator(`[data-share="${part.value}"]`);
      assert.equal(await cell.innerText(), percent(part.share));
    }
  });

  it('mark a span by keyboard alone', async () => {
    await page.getByRole('button', { name: 'Clear' }).click();
    const from = page.locator('.explain__span select').first();
    await from.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => location.search.includes('mark='));
    await page.getByTestId('explain-words').waitFor();
  });

  it('break down by tag, as the API does', async () => {
    const to = Number(new URL(page.url()).searchParams.get('span').split('-')[1]);
    const table = page.locator('.panel--groups table');
    await table.getByRole('row', { name: /south/ }).waitFor();
    const { series } = await get(server, `/api/kpis/on.time/value?by=office&at=${to + 10 * minute}`);
    assert.equal(await table.locator('tbody tr').count(), series.length);
    assert.equal(await page.locator('.multiple').count(), series.length);
  });

  it('switch the figure of adherence, and say what it is divided by', async () => {
    await page.getByRole('radio', { name: 'Closed', exact: true }).check({ force: true });
    await page.getByText('Divided by: cases resolved.').waitFor();
    assert.equal(new URL(page.url()).searchParams.get('figure'), 'closed');
  });

  it('give what is drawn as CSV and PNG', async () => {
    const file = async (name) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name, exact: true }).click(),
      ]);
      return [download.suggestedFilename(), await readFile(await download.path())];
    };
    const [csvName, csv] = await file('CSV');
    assert.equal(csvName, 'on.time.csv');
    const [head, ...rows] = csv.toString().trim().split('\r\n');
    assert.equal(head, 'time,Closed,n');
    assert.ok(
      rows.length > 20 && rows.every((row) => /^\d{4}-\d\d-\d\dT[^,]*,[\d.]*,\d+$/.test(row)),
      rows[0],
    );
    const [pngName, png] = await file('PNG');
    assert.equal(pngName, 'on.time.png');
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
  });

  it('tell which cases a new version judges another way', async () => {
    await page.goto(`${server.url}/kpis/on.time`);
    const text = 'title: Cases in time\ntype: sla\ntarget: 40m\nobjective: 0.9\nwindow: 12h\nby: [office]\n';
    const put = await fetch(`${server.url}/api/kpis/on.time?why=more+time`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/yaml' },
      body: text,
    });
    assert.equal(put.status, 200);
    await page.reload();
    const versions = page.locator('.panel--versions');
    await versions.getByRole('cell', { name: 'more time' }).waitFor();
    await versions.getByRole('button', { name: 'Compare with 1' }).click();
    await page.getByTestId('flips').waitFor();
    const diff = await get(server, '/api/kpis/on.time/diff?a=1&b=2');
    assert.ok(diff.flipped > 0);
    assert.equal(
      await page.getByTestId('flips').innerText(),
      `${diff.flipped} of ${diff.compared} cases are judged another way.`,
    );
    await versions.locator('.diff__line--added', { hasText: 'target: 40m' }).waitFor();
  });

  it('say that there is no such KPI, and which is near', async () => {
    await page.goto(`${server.url}/kpis/on.tim`);
    await page.getByRole('heading', { name: 'There is no KPI called on.tim' }).waitFor();
    await page.getByText('on.time').first().waitFor();
  });

  it('threw nothing', () =>
    assert.deepEqual(
      faults.filter((f) => !/404/.test(f)),
      [],
    ));
});
