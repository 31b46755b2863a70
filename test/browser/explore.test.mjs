// Explore against the real server: filters, the live tail, the SQL editor with its completion, faults and answers.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, noServer, openPage, startServer } from './lib.mjs';


const event = (metricName, office, i = 0, ago = 1000) => ({
  metricName,
  value: 1,
  timestamp: Date.now() - ago,
  tags: { office, caseId: `C-${i}` },
});

describe('explore', { skip: noServer }, () => {
  let browser;
  let server;
  const api = async (path) => (await fetch(server.url + path)).json();
  const sql = async (text) =>
    (
      await fetch(`${server.url}/api/sql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ sql: text }),
      })
    ).json();
  const seqs = (page) => page.locator('.explore__events tr[data-seq]').evaluateAll((rows) => rows.map((r) => Number(r.dataset.seq)));
  /** Puts a text into the editor by the keyboard alone. */
  async function type(page, text) {
    await page.locator('.cm-content').focus();
    await page.keyboard.press('Control+A');
    // Typed over styled text, the browser itself tries an inline style, which the policy refuses.
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(text);
  }

  before(async () => {
    browser = await launch();
    server = await startServer();
    const events = [];
    for (let i = 0; i < 150; i++) {
      events.push(event('case.opened', i % 3 ? 'north' : 'south', i, 60_000 + i * 1000));
      if (i % 2) events.push(event('case.resolved', i % 3 ? 'north' : 'south', i, 30_000 + i * 100));
    }
    await server.post(events);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  it('lists the events that the API lists, filtered by metric and tag, page by page', async () => {
    const { page, context, faults } = await openPage(browser, `${server.url}/explore?metric=case.opened&tag.office=north&span=24h`);
    await page.locator('tr[data-seq]').first().waitFor();
    const first = await api('/api/events?metric=case.opened&tag.office=north&limit=100&from=1');
    assert.deepEqual(await seqs(page), first.events.map((e) => e.seq));
    await page.getByRole('button', { name: 'Remove office north' }).click();
    await page.waitForURL((u) => !u.search.includes('tag.'));
    await page.getByRole('button', { name: 'Show older events' }).click();
    await page.getByText('There are no older events').waitFor();
    const all = await api('/api/events?metric=case.opened&limit=1000&from=1');
    assert.equal(all.events.length, 150);
    assert.deepEqual(await seqs(page), all.events.map((e) => e.seq));
    assert.deepEqual(faults, []);
    await context.close();
  });

  it('completes tags and their values, and takes them into the address', async () => {
    const { page, context } = await openPage(browser, `${server.url}/explore`);
    const offered = (label) =>
      page.getByRole('combobox', { name: label, exact: true }).evaluate((e) => [...e.list.options].map((o) => o.value));
    await page.getByRole('combobox', { name: 'Tag', exact: true }).fill('office');
    await page.waitForFunction(() => [...document.querySelectorAll('datalist option')].some((o) => o.value === 'south'));
    assert.deepEqual(await offered('Tag'), ['caseId', 'office']);
    assert.deepEqual(await offered('Is'), ['north', 'south']);
    assert.deepEqual(await offered('Metric'), ['case.opened', 'case.resolved']);
    await page.getByRole('combobox', { name: 'Is', exact: true }).fill('south');
    await page.keyboard.press('Enter');
    await page.waitForURL(/tag\.office=south/);
    await context.close();
  });

  it('follows what comes, and holds still when paused', async () => {
    const { page, context } = await openPage(browser, `${server.url}/explore?metric=live.*`);
    await page.locator('[data-phase=live]').waitFor();
    await page.getByText('No event matches').waitFor();
    await server.post([event('live.one', 'north'), event('other.one', 'north')]);
    await page.locator('tr[data-seq]').first().waitFor();
    assert.equal((await seqs(page)).length, 1);
    await page.locator('.panel--events').getByRole('button', { name: 'Pause' }).click();
    await page.waitForURL(/paused=1/);
    await server.post([event('live.two', 'north')]);
    await page.waitForTimeout(800);
    assert.equal((await seqs(page)).length, 1);
    await context.close();
  });

  it('asks in SQL by Ctrl+Enter and shows the rows that the API answers, as a chart too', async () => {
    const { page, context, faults } = await openPage(browser, `${server.url}/explore?view=sql`);
    const query = "SELECT office, count(*) AS n FROM events WHERE metric = 'case.opened' GROUP BY office ORDER BY n DESC";
    await page.locator('.cm-content').waitFor();
    await type(page, query);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Enter');
    const answer = page.locator('[data-testid=sql-answer]');
    await answer.locator('.bars').waitFor();
    const wanted = await sql(query);
    assert.deepEqual(wanted.rows, [['north', 100], ['south', 50]]);
    const bars = await answer.locator('.bars tbody tr').evaluateAll((rows) =>
      rows.map((r) => [r.querySelector('th').textContent, Number(r.querySelector('data').value)]),
    );
    assert.deepEqual(bars, wanted.rows);
    await page.getByRole('radio', { name: 'Table', exact: true }).check({ force: true });
    const rows = await answer.locator('tbody tr').evaluateAll((all) =>
      all.map((r) => [r.cells[0].textContent, Number(r.cells[1].querySelector('data').value)]),
    );
    assert.deepEqual(rows, wanted.rows);
    await page.getByText(new RegExp(`2 rows in \\d+ ms, as of event ${wanted.asOf.toLocaleString('en-US')}`)).waitFor();
    assert.match(page.url(), /sql=SELECT/);
    assert.deepEqual(faults, []);
    await context.close();
  });

  it('draws time as lines', async () => {
    const query = encodeURIComponent("SELECT time_bucket(INTERVAL 1 MINUTE, time) AS t, count(*) AS n FROM events GROUP BY ALL ORDER BY t");
    const { page, context } = await openPage(browser, `${server.url}/explore?view=sql&sql=${query}`);
    await page.locator('.cm-content').waitFor();
    await page.getByRole('button', { name: 'Run' }).click();
    await page.locator('[data-testid=sql-answer] canvas').waitFor();
    await context.close();
  });

  it('completes columns, tags and functions', async () => {
    const { page, context } = await openPage(browser, `${server.url}/explore?view=sql`);
    await page.locator('.cm-content').waitFor();
    for (const [text, wanted] of [
      ['SELECT offi', 'office'],
      ['SELECT count(*) FROM eve', 'events'],
      ['SELECT medi', 'median'],
    ]) {
      await type(page, '');
      await page.keyboard.press('Control+A');
      await page.keyboard.press('Delete');
      await page.keyboard.type(text, { delay: 15 });
      await page.locator('.cm-tooltip-autocomplete').getByText(wanted, { exact: true }).first().waitFor();
      await page.keyboard.press('Escape');
    }
    await context.close();
  });

  it('shows a fault at its place, and a refusal in words', async () => {
    const { page, context } = await openPage(browser, `${server.url}/explore?view=sql`);
    await page.locator('.cm-content').waitFor();
    await type(page, 'SELECT office\nFROM events\nWHER metric = 1');
    await page.keyboard.press('Control+Enter');
    await page.locator('.fault').getByText(/Line 3/).waitFor();
    await page.locator('.cm-lintRange-error').first().waitFor();
    await type(page, "SELECT * FROM read_csv('/etc/passwd')");
    await page.keyboard.press('Control+Enter');
    await page.locator('.fault').getByText(/read_csv/).waitFor();
    await context.close();
  });

  // A page with its hands full draws late: it must run what stands in the editor, and must not undo what was typed.
  it('runs what was typed a moment ago, and keeps it', async () => {
    const { page, context } = await openPage(browser, `${server.url}/explore?view=sql`);
    const editor = page.locator('.cm-content');
    await editor.waitFor();
    const asked = page.waitForRequest((r) => r.url().endsWith('/api/sql') && r.method() === 'POST');
    await editor.evaluate((element) => {
      const { view } = element.cmTile ?? element.cmView;
      const become = (insert) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert } });
      become('');
      become('SELECT 42 AS answer');
      element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', code: 'Enter', ctrlKey: true, bubbles: true, cancelable: true }));
    });
    assert.equal((await asked).postDataJSON().sql, 'SELECT 42 AS answer');
    await page.locator('[data-testid=sql-answer]').getByText('42').first().waitFor();
    assert.equal(await editor.textContent(), 'SELECT 42 AS answer');
    await context.close();
  });

  it('does not trap the keyboard in the editor', async () => {
    const { page, context } = await openPage(browser, `${server.url}/explore?view=sql`);
    await page.locator('.cm-content').focus();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Run');
    await context.close();
  });

  it('saves a query as a panel, by way of a review', async () => {
    const query = 'SELECT count(*) AS n FROM events';
    const { page, context } = await openPage(browser, `${server.url}/explore?view=sql&sql=${encodeURIComponent(query)}`);
    await page.locator('.cm-content').waitFor();
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('button', { name: 'Save as a panel' }).click();
    await page.getByLabel('Title').fill('All events');
    await page.getByRole('button', { name: 'Place it on the board' }).click();
    await page.getByRole('button', { name: 'Review and save' }).click();
    await page.getByText('1 panel added').waitFor();
    await page.getByLabel('Why this change?').fill('to count');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('heading', { name: 'All events' }).waitFor();
    const { board, versions } = await api('/api/boards/operations');
    const panel = board.panels.find((p) => p.title === 'All events');
    assert.deepEqual([panel.type, panel.sql, panel.show], ['sql', query, 'number']);
    assert.equal(versions.at(-1).why, 'to count');
    await context.close();
  });
});
