// Half a year of a real city in every page: each number shown is what the API answers, and what was counted in the file.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { launch, noServer, openPage, run, startServer } from './lib.mjs';
import { get, percent } from './office.mjs';
import { pointsOf, remember, tableBehind, values } from './shown.mjs';

const from = (path) => fileURLToPath(new URL(path, import.meta.url));
const file = from('../../../shared/data/boston311_2011H2.zip');
const noData = !existsSync(file) && `no data at ${file}`;
const newYork = (text) => Date.parse(`${text}-04:00`);
const day = 86_400_000;

// The hurricane Irene: the Sunday on which 913 requests came in.
const irene = [newYork('2011-08-28T00:00'), newYork('2011-08-29T00:00')];
const span = [newYork('2011-08-20T00:00'), newYork('2011-09-05T00:00')];

const board = `name: city
title: The city
panels:
  - {id: open, type: kpi, kpi: case.backlog, x: 0, y: 0, w: 3, h: 2}
  - {id: parks, type: kpi, kpi: case.backlog, tags: {office: PARK}, x: 3, y: 0, w: 3, h: 2}
  - {id: offices, type: table, kpi: case.backlog, by: office, x: 0, y: 2, w: 6, h: 5}
  - {id: days, type: sql, sql: "SELECT office, count(*) AS n FROM events WHERE metric = 'case.opened' AND time >= TIMESTAMPTZ '2011-08-28 00:00:00-04' AND time < TIMESTAMPTZ '2011-08-29 00:00:00-04' GROUP BY office ORDER BY n DESC", show: table, x: 6, y: 0, w: 6, h: 5}
`;

describe('Boston, in every page', { skip: noServer || noData }, () => {
  let browser, server, state, page, context, faults, heard;
  const api = (path) => get(server, path);
  const open = async (path, ready) => {
    await page.goto(server.url + path);
    await page.locator(ready).first().waitFor();
    await page.waitForFunction(() => !document.querySelector('main .loading'));
  };
  const total = async (kpi, at) =>
    (await api(`/api/kpis/${kpi}/value${at ? `?at=${at}` : ''}`)).series[0];

  before(async () => {
    browser = await launch();
    server = await startServer(await readFile(from('../../examples/boston311-kpis.yaml'), 'utf8'));
    state = await mkdtemp(join(tmpdir(), 'hms-boston-'));
    const said = await run(['import', '--url', server.url, '--map', from('../../examples/boston311.yaml'), '--state', state, file]);
    const accepted = Number(/([\d,]+) events accepted/.exec(said)[1].replaceAll(',', ''));
    // What was acknowledged is safe; the KPIs have it a moment later.
    for (let i = 0; (await api('/api/kpis/case.sla/value')).seq < accepted; i++) {
      assert.ok(i < 300, 'the KPIs have not counted what was imported within 30 s');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await fetch(`${server.url}/api/boards/city?why=test`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/yaml' },
      body: board,
    }).then((answer) => assert.ok(answer.ok));
    ({ page, context, faults } = await openPage(browser, 'about:blank', { timezoneId: 'America/New_York' }));
    heard = remember(page);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    if (state) await rm(state, { recursive: true, force: true });
  });

  it('the control room: tiles, cases and the tables behind its charts', async () => {
    await open('/?range=30d', '.kpi');
    await page.locator('.panel--backlog canvas').waitFor();
    const { kpis } = await api('/api/kpis?value=true');
    for (const { name, value } of kpis) {
      const tile = page.locator(`[data-kpi="${name}"]`).first();
      assert.deepEqual(await values(tile.locator('data').first()), [value.series[0].value], name);
      assert.equal(await tile.getAttribute('data-state'), value.series[0].state, name);
    }
    assert.equal((await total('case.backlog')).value, 3681);
    const { cases } = await api('/api/cases?limit=8');
    const rows = page.locator('.panel--next .row');
    await rows.nth(7).waitFor();
    assert.deepEqual(
      await rows.evaluateAll((all) => all.map((r) => [r.dataset.case, r.dataset.state, Date.parse(r.querySelector('time').dateTime)])),
      cases.map((c) => [c.caseId, c.state, c.deadline]),
    );
    await page.getByRole('combobox', { name: 'office' }).selectOption({ label: 'PARK' });
    const parks = (await api('/api/kpis/case.backlog/value?by=office')).series.find((s) => s.tags.office === 'PARK');
    await page.waitForFunction((n) => document.querySelector('[data-kpi="case.backlog"] data').value === n, String(parks.value));
    const drawn = await tableBehind(page, '.panel--backlog');
    const { path } = await heard.newest(/case\.backlog\/history\?(?!.*step=30m).*by=office/);
    const history = await api(path);
    const course = { ...history, series: [history.series.find((s) => s.tags.office === 'PARK')] };
    // The end of the line is the value now, which the tile has, too.
    assert.deepEqual(drawn.slice(0, -1), pointsOf(course).slice(0, drawn.length - 1));
  });

  it('the list of KPIs', async () => {
    await open('/kpis', '[data-value="case.backlog"]');
    for (const { name, value } of (await api('/api/kpis?value=true')).kpis) {
      assert.deepEqual(await values(page.locator(`[data-value="${name}"]`)), [value.series[0].value], name);
    }
  });

  it('a KPI over the hurricane: its value then, history, explanation and breakdown', async () => {
    const kpi = 'cases.opened.per.day';
    await open(`/kpis/${kpi}?span=${span.join('-')}&mark=${irene.join('-')}&by=reason&over=window`, '[data-testid=explain-words]');
    const value = page.locator('[data-testid=kpi-value][value]:not([value=""])');
    await value.waitFor();
    assert.deepEqual(await values(value), [(await total(kpi, span[1])).value]);
    assert.equal(Date.parse(await page.locator('.kpi-top__at').getAttribute('datetime')), span[1]);

    const drawn = await tableBehind(page, '.panel--history');
    const { path } = await heard.newest(/cases\.opened\.per\.day\/history.*detail=true/);
    assert.deepEqual(drawn, pointsOf(await api(path)));
    assert.equal(drawn.find(([at]) => at === irene[1])?.[1], 913);
    const first = await page.locator('.panel--history tbody time').first().innerText();
    assert.match(first, /2011/, 'a time years ago has its date');

    // What may be chosen begins at midnight and at noon in Boston.
    const ends = await page.locator('.explain__span select').first().locator('option').evaluateAll((all) => all.map((o) => Number(o.value)));
    assert.ok(ends.every((t) => (t - irene[0]) % (day / 2) === 0), String(ends));

    const told = await api(`/api/kpis/${kpi}/explain?from=${irene[0]}&to=${irene[1]}`);
    assert.deepEqual([told.base.value, told.now.value], [157, 913]);
    const words = await page.getByTestId('explain-words').innerText();
    assert.match(words, /From 157 per day \(n = 157\) before to 913 per day \(n = 913\)/);
    for (const tag of told.tags) {
      const table = page.locator('.explain__tag', { has: page.getByRole('heading', { name: new RegExp(tag.tag) }) });
      const shares = await table.locator('[data-share]').evaluateAll((all) => all.map((e) => [e.dataset.share, e.textContent]));
      assert.deepEqual(shares, tag.parts.map((p) => [p.value, p.share === null ? '–' : percent(p.share)]));
      const counts = await table.locator('tbody tr').evaluateAll((all) =>
        all.map((r) => [...r.querySelectorAll('td')].slice(-2).map((cell) => /n = ([\d,]+)/.exec(cell.textContent)[1])),
      );
      const written = new Intl.NumberFormat('en-US');
      assert.deepEqual(counts, tag.parts.map((p) => [written.format(p.base.n), written.format(p.now.n)]));
    }
    const trees = told.tags.find((t) => t.tag === 'reason').parts[0];
    assert.equal(trees.value, 'Trees');
    assert.match(words, new RegExp(`reason Trees holds ${percent(trees.share)} of the change`));

    const groups = page.locator('.panel--groups');
    const asked = await heard.newest(/cases\.opened\.per\.day\/value.*by=reason/);
    const { series } = await api(asked.path);
    assert.deepEqual(await values(groups.locator('tbody data')), series.slice(0, 50).map((s) => s.value));
  });

  it('an SLA as it stood at the end of 2011, by all four figures', async () => {
    const end = Date.parse('2012-01-01T05:00:00Z');
    await open(`/kpis/case.sla?span=${end - 28 * day}-${end}`, '.panel--history canvas');
    const then = await total('case.sla', end);
    const value = page.locator('[data-testid=kpi-value][value]:not([value=""])');
    await value.waitFor();
    assert.deepEqual(await values(value), [then.value]);
    assert.equal(await page.locator('[data-verdict]').getAttribute('data-verdict'), then.figures.verdict);
    for (const [label, figure] of [
      ['Due', 'due'],
      ['Closed', 'closed'],
      ['Closed and overdue', 'closed_and_overdue'],
    ]) {
      await page.getByRole('radio', { name: label, exact: true }).check({ force: true });
      const drawn = await tableBehind(page, '.panel--history');
      const { path } = await heard.newest(/case\.sla\/history.*detail=true/);
      const wanted = pointsOf(await api(path), ({ figures }) => figures.map((f) => [f[figure].ratio]));
      assert.deepEqual(drawn.map((row) => [row[0], row.at(-1)]), wanted, figure);
    }
  });

  it('cases, by page and by office', async () => {
    await open('/cases?tag.office=ISD', 'tr[data-case]');
    const shown = () =>
      page.locator('tr[data-case]').evaluateAll((all) =>
        all.map((r) => [r.dataset.case, r.dataset.state, ...[...r.querySelectorAll('time')].map((t) => Date.parse(t.dateTime))]),
      );
    const rows = (cases) => cases.map((c) => [c.caseId, c.state, ...(c.deadline === null ? [] : [c.deadline]), c.opened]);
    const first = await api('/api/cases?limit=50&tag.office=ISD');
    assert.deepEqual(await shown(), rows(first.cases));
    await page.getByRole('button', { name: 'Next' }).click();
    await page.waitForFunction((id) => document.querySelector('tr[data-case]').dataset.case !== id, first.cases[0].caseId);
    const second = await api(`/api/cases?limit=50&tag.office=ISD&cursor=${encodeURIComponent(first.next)}`);
    assert.deepEqual(await shown(), rows(second.cases));
  });

  it('one case, with the account of its clock', async () => {
    const [{ caseId }] = (await api('/api/cases?state=closed&limit=1&tag.office=PARK')).cases;
    await open(`/cases/${caseId}?kpi=case.sla`, '[data-span]');
    const { cycles, timeline } = await api(`/api/cases/${caseId}?kpi=case.sla`);
    await page.getByText('Show this chart as a table').first().click();
    const account = await page.locator('.panel--clock tbody tr').evaluateAll((all) =>
      all.map((r) => [...r.querySelectorAll('time')].map((t) => Date.parse(t.dateTime))),
    );
    assert.deepEqual(account, cycles.flatMap((c) => c.spans.map((s) => [s.from, s.to])));
    const events = await page.locator('.panel--timeline tbody tr').evaluateAll((all) =>
      all.map((r) => [Date.parse(r.querySelector('time').dateTime), r.cells[1].textContent, r.querySelector('time').textContent]),
    );
    assert.deepEqual(events.map(([at, what]) => [at, what]), timeline.map((e) => [e.timestamp, e.metricName]));
    for (const [at, , words] of events) assert.match(words, new RegExp(String(new Date(at).getFullYear())));
  });

  it('a backtest over the summer', async () => {
    await open('/alerts/backtest?from=2011-08-01&to=2011-09-30', 'textarea');
    const rule = 'kpi: cases.opened.per.day\nthresholds: {warning: "> 600", critical: "> 800"}\n';
    await page.getByLabel('Rule', { exact: true }).fill(rule);
    await page.getByRole('button', { name: 'Run over the past' }).click();
    await page.locator('.panel--backtest').waitFor();
    const answer = await fetch(`${server.url}/api/alerts/backtest`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ rule, limit: 1000, from: newYork('2011-08-01T00:00'), to: newYork('2011-10-01T00:00') }),
    }).then((a) => a.json());
    assert.ok(answer.count > 0 && answer.firings.some((f) => f.state === 'critical'));
    await page.getByText(`It would have fired ${answer.count} times, in 1 series.`).waitFor();
    const facts = await page.locator('.panel--backtest dl').first().innerText();
    assert.match(facts, new RegExp(`Critical\\s+${answer.critical}\\s`));
    const shown = await page.locator('.panel--backtest tbody tr').evaluateAll((all) =>
      all.map((r) => [Date.parse(r.querySelector('time').dateTime), r.querySelector('[data-state]').dataset.state]),
    );
    assert.deepEqual(shown, answer.firings.map((f) => [f.from ?? f.at ?? f.firedAt, f.state]));
  });

  it('events of a day, and older ones', async () => {
    await open('/explore?from=2011-08-28&to=2011-08-28&metric=case.opened', 'tr[data-seq]');
    const shown = () => page.locator('tr[data-seq]').evaluateAll((all) => all.map((r) => [Number(r.dataset.seq), Date.parse(r.querySelector('time').dateTime)]));
    const ask = (more = '') => api(`/api/events?limit=100&metric=case.opened&from=${irene[0]}&to=${irene[1]}${more}`);
    const rows = ({ events }) => events.map((e) => [e.seq, e.timestamp]);
    const first = await ask();
    assert.deepEqual(await shown(), rows(first));
    await page.getByRole('button', { name: 'Show older events' }).click();
    await page.locator('tr[data-seq]').nth(199).waitFor();
    assert.deepEqual((await shown()).slice(100), rows(await ask(`&cursor=${encodeURIComponent(first.next)}`)));
    await page.getByRole('radio', { name: '7 days' }).check({ force: true });
    await page.waitForURL((url) => !url.search.includes('from='));
  });

  it('SQL', async () => {
    const sql = `SELECT reason, count(*) AS n FROM events WHERE metric = 'case.opened' AND time >= TIMESTAMPTZ '2011-08-28 00:00:00-04' AND time < TIMESTAMPTZ '2011-08-29 00:00:00-04' GROUP BY reason ORDER BY n DESC, reason`;
    await open(`/explore?view=sql&sql=${encodeURIComponent(sql)}`, '.cm-content');
    await page.getByRole('button', { name: 'Run' }).click();
    const answer = page.locator('[data-testid=sql-answer]');
    await answer.waitFor();
    await page.getByRole('radio', { name: 'Table', exact: true }).check({ force: true });
    const { rows } = await fetch(`${server.url}/api/sql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ sql }),
    }).then((a) => a.json());
    const shown = await answer.locator('tbody tr').evaluateAll((all) =>
      all.map((r) => [r.cells[0].textContent, Number(r.querySelector('data').value)]),
    );
    assert.deepEqual(shown, rows.slice(0, shown.length));
    assert.equal(rows.reduce((sum, [, n]) => sum + n, 0), 913);
  });

  it('a board', async () => {
    await open('/boards/city', '[data-panel=days] tbody tr');
    const panel = (id) => page.locator(`[data-panel=${id}]`);
    const { series } = await api('/api/kpis/case.backlog/value?by=office');
    assert.deepEqual(await values(panel('open').locator('data')), [series[0].value]);
    await page.waitForFunction(() => document.querySelector('[data-panel=parks] data')?.value !== '');
    assert.deepEqual(await values(panel('parks').locator('data')), [series.find((s) => s.tags.office === 'PARK').value]);
    const offices = await panel('offices').locator('tbody tr').evaluateAll((all) =>
      all.map((r) => [r.querySelector('th').textContent, Number(r.querySelector('data').value)]),
    );
    assert.deepEqual(new Map(offices), new Map(series.slice(1).map((s) => [s.tags.office, s.value])));
    const counted = await values(panel('days').locator('tbody data'));
    assert.equal(counted.reduce((sum, n) => sum + n, 0), 913);
  });

  it('the preview of a definition, over all that is stored', async () => {
    await open('/definitions/cases.opened.per.day?preview=all', '.panel--preview canvas');
    const { path, body } = await heard.newest(/\/api\/kpis\/preview/);
    assert.match(path, /preview/);
    const drawn = await tableBehind(page, '.panel--preview');
    assert.deepEqual(drawn.map((row) => [row[0], row.at(-1)]), pointsOf(body.history));
    const { from: begin, to, step } = body.history;
    const inForce = await api(`/api/kpis/cases.opened.per.day/history?from=${begin}&to=${to}&step=${step / 1000}s&window=1d`);
    assert.deepEqual(drawn.map((row) => [row[0], row.at(-1)]), pointsOf(inForce), 'unchanged, it says what is in force');
  });

  it('a report on the week of the storm', async () => {
    const [begin, end] = [irene[0] - 7 * day, irene[1]];
    await open(`/reports?span=own&from=${begin}&to=${end}`, 'tr[data-kpi]');
    const summary = await api(`/api/reports/summary?from=${begin}&to=${end}`);
    assert.deepEqual(
      await page.locator('tr[data-kpi]').evaluateAll((all) => all.map((r) => [r.dataset.kpi, r.dataset.state, Number(r.querySelector('data').value)])),
      summary.kpis.map((k) => [k.name, k.state, k.value]),
    );
    assert.equal(summary.kpis.find((k) => k.name === 'case.backlog').value, 4783);
    await page.getByText(`${summary.cases.count} in this time, ${summary.cases.open} still open`).waitFor();
  });

  it('threw nothing', () => assert.deepEqual(faults, []));
});
