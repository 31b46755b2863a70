// Boards against the real server: every type of panel, editing by keyboard and pointer, versions, conflicts, import.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, noServer, openPage, startServer } from './lib.mjs';


const desk = `name: desk
title: Intake desk
panels:
  - {id: rate, type: kpi, kpi: cases.resolved.per.hour, x: 0, y: 0, w: 3, h: 2}
  - {id: north, type: kpi, kpi: cases.resolved.per.hour, tags: {office: north}, x: 3, y: 0, w: 3, h: 2}
  - {id: day, type: kpi, kpi: cases.resolved.per.hour, window: 1d, x: 6, y: 0, w: 3, h: 2}
  - {id: counted, type: kpi, kpi: cases.resolved.per.hour, figure: count, x: 9, y: 0, w: 3, h: 2}
  - {id: trend, type: chart, kpi: cases.resolved.per.hour, by: office, range: 6h, x: 0, y: 2, w: 6, h: 4}
  - {id: opened, type: chart, metric: case.opened, range: 6h, style: bar, x: 6, y: 2, w: 6, h: 4}
  - {id: offices, type: table, kpi: cases.resolved.per.hour, by: office, order: worst, x: 0, y: 6, w: 4, h: 4}
  - {id: sum, type: sql, title: Events by office, sql: "SELECT office, count(*) AS n FROM events GROUP BY office ORDER BY n DESC", show: bar, x: 4, y: 6, w: 4, h: 4}
  - {id: alerts, type: alerts, x: 8, y: 6, w: 4, h: 4}
  - {id: note, type: text, text: "Call the **lead**. <b id=html>no</b> <script>window.bad = 1</script> [x](javascript:window.bad=1)", x: 0, y: 10, w: 12, h: 1}
`;

describe('boards', { skip: noServer }, () => {
  let browser;
  let server;
  const api = async (path) => (await fetch(server.url + path)).json();
  const put = async (name, body, query = 'why=test') => {
    const answer = await fetch(`${server.url}/api/boards/${name}?${query}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/yaml' },
      body,
    });
    assert.ok(answer.ok, await answer.clone().text());
  };
  const panel = (page, id) => page.locator(`[data-panel="${id}"]`);
  const value = (page, id) => panel(page, id).locator('data').first().evaluate((e) => e.value);

  before(async () => {
    browser = await launch();
    server = await startServer();
    const now = Date.now();
    const events = [];
    for (let i = 0; i < 60; i++) {
      const tags = { caseId: `C-${i}`, office: i % 3 ? 'north' : 'south' };
      events.push({ metricName: 'case.opened', value: 1, timestamp: now - 2 * 3_600_000 - i * 60_000, tags });
      events.push({ metricName: 'case.resolved', value: 1, timestamp: now - 1000 - i * 120_000, tags });
    }
    await server.post(events);
    await put('desk', desk);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  it('show every type of panel with the numbers of the API', async () => {
    const { page, context, faults } = await openPage(browser, `${server.url}/boards/desk`);
    await page.setViewportSize({ width: 1280, height: 1400 });
    const rate = '/api/kpis/cases.resolved.per.hour/value';
    // Values over a sliding window change as time goes by: shown and asked are compared until they meet.
    const agrees = async (id, path, pick) => {
      for (let i = 0; ; i++) {
        const wanted = pick(await api(path));
        const got = await panel(page, id).locator('data').first().evaluate((e) => e.value, null, { timeout: 8000 });
        if (Math.abs(Number(got) - wanted) < 1e-6) return;
        assert.ok(i < 60, `${id} shows ${got}, not ${wanted}`);
        await page.waitForTimeout(250);
      }
    };
    await agrees('rate', rate, (a) => a.series[0].value);
    await agrees('north', `${rate}?by=office`, (a) => a.series.find((s) => s.tags.office === 'north').value);
    await agrees('counted', rate, (a) => a.series[0].figures.count);
    await panel(page, 'trend').locator('canvas').waitFor();
    await panel(page, 'opened').locator('canvas').waitFor();
    await panel(page, 'sum').locator('.bars').waitFor();
    const bars = await panel(page, 'sum').locator('tbody data').evaluateAll((all) => all.map((e) => Number(e.value)));
    assert.deepEqual(bars, [80, 40]);
    const offices = await panel(page, 'offices').locator('tbody th').allInnerTexts();
    const { series } = await api(`${rate}?by=office`);
    assert.equal(offices.length, series.length - 1);
    await panel(page, 'alerts').getByText('No such alerts now.').waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  it('show Markdown without HTML', async () => {
    const { page, context } = await openPage(browser, `${server.url}/boards/desk`);
    const note = panel(page, 'note');
    await note.scrollIntoViewIfNeeded();
    await note.locator('strong').getByText('lead').waitFor();
    assert.equal(await page.locator('#html').count(), 0);
    assert.equal(await note.locator('script').count(), 0);
    assert.doesNotMatch((await note.locator('a').getAttribute('href')) ?? '', /javascript/);
    assert.equal(await page.evaluate(() => window.bad), undefined);
    await context.close();
  });

  it('are live', async () => {
    const { page, context } = await openPage(browser, `${server.url}/boards/desk`);
    await page.locator('[data-phase=live]').waitFor();
    await panel(page, 'counted').locator('data').waitFor();
    const before = Number(await value(page, 'counted'));
    const more = Array.from({ length: 9 }, (_, i) => ({ metricName: 'case.resolved', value: 1, tags: { caseId: `L-${i}`, office: 'north' } }));
    await server.post(more);
    await page.waitForFunction((n) => Number(document.querySelector('[data-panel=counted] data').value) >= n, before + 8);
    await context.close();
  });

  it('are changed by the keyboard: moved, resized, configured, added, removed, reviewed and saved', async () => {
    await put('keys', desk.replace('name: desk', 'name: keys'));
    const { page, context, faults } = await openPage(browser, `${server.url}/boards/keys`);
    await page.getByRole('button', { name: 'Edit' }).press('Enter');
    const move = panel(page, 'note').locator('.board-tool--move');
    await move.focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('ArrowRight');
    assert.match(await page.getByTestId('placed').innerText(), /column 2, row 11, 11 wide, 1 high/);
    // The focus stays where it was: the next key moves on.
    assert.equal(await move.evaluate((e) => e === document.activeElement), true);
    await panel(page, 'alerts').getByRole('button', { name: 'Configure Alerts' }).press('Enter');
    await page.getByLabel('Title', { exact: true }).last().fill('Standing alerts');
    await page.getByRole('button', { name: 'Apply' }).press('Enter');
    await panel(page, 'day').getByRole('button', { name: /^Remove/ }).press('Enter');
    await page.getByRole('group', { name: 'Add a panel' }).getByRole('button', { name: 'Text' }).press('Enter');
    await page.getByRole('button', { name: 'Apply' }).press('Enter');
    await page.getByText('This is missing').waitFor();
    await page.getByLabel('Text, in Markdown').fill('New');
    await page.getByRole('button', { name: 'Apply' }).press('Enter');
    await page.getByRole('button', { name: 'Review and save' }).press('Enter');
    for (const words of ['1 panel added', '1 panel removed', '2 panels changed']) await page.getByText(words).waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).press('Enter');
    await page.getByText('Say in a few words').waitFor();
    await page.getByLabel('Why this change?').fill('tidied up');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Edit' }).waitFor();
    const { board, version, versions } = await api('/api/boards/keys');
    assert.equal(version, 2);
    assert.equal(versions.at(-1).why, 'tidied up');
    const now = Object.fromEntries(board.panels.map((p) => [p.id, p]));
    assert.deepEqual([now.note.x, now.note.y, now.note.w], [1, 10, 11]);
    assert.equal(now.alerts.title, 'Standing alerts');
    assert.equal(now.day, undefined);
    assert.equal(now['text-1'].text, 'New');
    await page.getByRole('button', { name: 'Versions' }).click();
    await page.getByText('tidied up').waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  it('are moved by the pointer, others make room', async () => {
    await put('drag', desk.replace('name: desk', 'name: drag'));
    const { page, context } = await openPage(browser, `${server.url}/boards/drag?edit=1`);
    const handle = panel(page, 'rate').locator('.board-tool--move');
    const from = await handle.boundingBox();
    const to = await panel(page, 'north').boundingBox();
    await page.mouse.move(from.x + 10, from.y + 10);
    await page.mouse.down();
    await page.mouse.move(from.x + 10 + (to.x - (await panel(page, 'rate').boundingBox()).x), from.y + 10, { steps: 8 });
    await page.mouse.up();
    const rate = await panel(page, 'rate').boundingBox();
    const north = await panel(page, 'north').boundingBox();
    assert.ok(Math.abs(rate.x - to.x) < 2, `${rate.x}, not ${to.x}`);
    assert.ok(north.y >= rate.y + rate.height, 'the panel in the way went down');
    await context.close();
  });

  it('tell of a conflict, and let the viewer choose', async () => {
    await put('both', desk.replace('name: desk', 'name: both'));
    const { page, context } = await openPage(browser, `${server.url}/boards/both?edit=1`);
    await page.getByLabel('Title', { exact: true }).fill('Mine');
    await put('both', desk.replace('name: desk', 'name: both').replace('Intake desk', 'Theirs'), 'why=quicker');
    await page.getByRole('button', { name: 'Review and save' }).click();
    await page.getByLabel('Why this change?').fill('my reason');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByTestId('conflict').getByText('quicker').waitFor();
    assert.equal((await api('/api/boards/both')).board.title, 'Theirs');
    await page.getByRole('button', { name: 'Review mine against theirs' }).click();
    await page.getByText('Of the board itself: title').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('heading', { name: 'Mine' }).waitFor();
    assert.equal((await api('/api/boards/both')).version, 3);
    await context.close();
  });

  it('are imported as a difference, with faults told by line', async () => {
    const { page, context } = await openPage(browser, `${server.url}/boards`);
    await page.getByRole('button', { name: 'Import YAML' }).click();
    const text = page.getByLabel('Or its text');
    await text.fill(desk.replace('type: alerts', 'type: alarms').replace('name: desk', 'name: fresh'));
    await page.getByRole('button', { name: 'Review the difference' }).click();
    await page.getByText(/Line 12.*alarms|is no type of panel/).first().waitFor();
    await page.getByRole('button', { name: 'Back' }).click();
    await text.fill(desk.replace('name: desk', 'name: fresh'));
    await page.getByText('This makes a new board, fresh.').waitFor();
    await page.getByRole('button', { name: 'Review the difference' }).click();
    await page.getByText('10 panels added').waitFor();
    await page.getByLabel('Why this change?').fill('from a file');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.waitForURL(/boards\/fresh/);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as YAML' }).click();
    const file = await (await download).createReadStream();
    let yaml = '';
    for await (const chunk of file) yaml += chunk;
    const asIs = await (await fetch(`${server.url}/api/boards/fresh`, { headers: { Accept: 'application/yaml' } })).text();
    assert.equal(yaml, asIs);
    assert.match(yaml, /^name: fresh/);
    await context.close();
  });
});
