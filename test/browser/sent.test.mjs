// Reports that are sent by themselves: what the page says of them is what the API answers, and what arrives is the
// summary of that time.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { violations } from './access.mjs';
import { launch, noServer, openPage, startServer } from './lib.mjs';
import { fill, get, kpis } from './office.mjs';
import { startReceiver } from './receiver.mjs';

const routing = (url) => `route: {receiver: duty}
receivers:
  - {name: duty, webhook_configs: [{url: "${url}/duty"}]}
  - {name: chief, webhook_configs: [{url: "${url}/chief"}]}
`;
const config = (folder) => `${kpis}
time_zone: America/New_York
alerting: {alertmanager: "${folder}/alertmanager.yml"}
reports:
  - {name: shift, title: Shift report, type: shift, schedule: "0 6,14,22 * * *", receivers: [duty, chief]}
  - {name: semana, type: week, schedule: "30 7 * * MON", time_zone: Asia/Kolkata, language: es, receivers: [chief]}
`;
const types = { shift: 'Shift', day: 'Day', week: 'Week' };
const viewer = 'America/Los_Angeles';

/** The time of day, as the viewer's clock shows it. */
const clock = (ms) =>
  new Intl.DateTimeFormat('en-US', {
    timeZone: viewer,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(ms);

describe('the reports that are sent', { skip: noServer }, () => {
  let browser, receiver, folder, server, page, context, faults;

  before(async () => {
    browser = await launch();
    receiver = await startReceiver();
    folder = await mkdtemp(join(tmpdir(), 'hms-sent-'));
    await writeFile(join(folder, 'alertmanager.yml'), routing(receiver.url));
    server = await startServer(config(folder));
    await fill(server);
    ({ page, context, faults } = await openPage(browser, `${server.url}/reports`, { timezoneId: viewer }));
  });
  after(async () => {
    await context?.close();
    await browser?.close();
    await server?.close();
    receiver?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const row = (title) =>
    page.locator('.panel--sent tbody tr').filter({ has: page.getByRole('rowheader', { name: title }) });
  const cell = (title, label) => row(title).locator(`td[data-label="${label}"]`);
  const holdsTime = async (where, ms) => {
    assert.equal(Date.parse(await where.locator('time').getAttribute('datetime')), ms);
    assert.ok((await where.locator('time').innerText()).endsWith(clock(ms)), await where.innerText());
  };

  it('are listed with their times, zones and receivers', async () => {
    const { reports } = await get(server, '/api/reports');
    assert.equal(reports.length, 2);
    await row('Shift report').waitFor();
    assert.equal(await page.locator('.panel--sent tbody tr').count(), reports.length);
    for (const of of reports) {
      const title = of.title ?? of.name;
      const name = await row(title).getByRole('rowheader').innerText();
      assert.ok(name.startsWith(title), name);
      assert.ok(name.includes(`${types[of.type]}, ${of.schedule} in ${of.timeZone}`), name);
      assert.equal(await cell(title, 'Goes to').innerText(), of.receivers.join(', '));
      await holdsTime(cell(title, 'Next'), of.next);
      assert.equal(await cell(title, 'Last').innerText(), 'not yet');
    }
  });

  it('arrive as the summary of their time, and stand among the deliveries', async () => {
    const answer = page.waitForResponse((r) => r.url().endsWith('/api/reports/shift/send'));
    await row('Shift report').getByRole('button', { name: 'Send a test of Shift report' }).click();
    const { from, to, deliveries } = await (await answer).json();
    await page.getByText(`A test of Shift report is on its way in ${deliveries.length} messages.`).waitFor();
    const { next } = (await get(server, '/api/reports')).reports.find((r) => r.name === 'shift');
    assert.ok(to < next && from < to, 'the one that was due last is sent');

    await page.getByRole('link', { name: 'See the deliveries' }).click();
    const sent = page.locator('.panel--deliveries tbody tr');
    await sent.filter({ hasText: 'Delivered' }).nth(1).waitFor();
    const all = (await get(server, '/api/deliveries')).deliveries;
    assert.deepEqual(all.map((d) => d.id).sort(), [...deliveries].sort());
    assert.deepEqual(receiver.taken.map((t) => t.path).sort(), ['/chief', '/duty']);
    for (const of of all) {
      const shown = sent.filter({ has: page.locator(`td[data-label="Receiver"]`, { hasText: of.receiver }) });
      const time = shown.locator('time').first();
      assert.equal(Date.parse(await time.getAttribute('datetime')), of.stored);
      assert.ok((await time.innerText()).includes(clock(of.stored)), await time.innerText());
      assert.ok((await shown.innerText()).includes(of.subject), await shown.innerText());
      assert.match(of.subject, /test/i);
      const { body } = receiver.taken.find((t) => t.path === `/${of.receiver}`);
      assert.deepEqual([body.type, body.name, body.subject], ['report', 'shift', of.subject]);
      const { kpis, ...span } = await get(server, `/api/reports/summary?from=${from}&to=${to}`);
      assert.deepEqual([body.report.summary.from, body.report.summary.to], [span.from, span.to]);
      assert.deepEqual(body.report.summary.kpis, kpis);
    }
    assert.deepEqual(faults, []);
  });

  it('say when the last one was sent, and why one was not', async () => {
    // A quarter of an hour is the least between two: what the API would answer then is put into its answer.
    const last = Date.UTC(2026, 0, 5, 3, 7);
    await page.route('**/api/reports', async (route) => {
      const answer = await route.fetch();
      const { reports } = await answer.json();
      const [first, second] = reports;
      await route.fulfill({
        json: {
          reports: [
            { ...first, last },
            { ...second, fault: 'it was missed' },
          ],
        },
      });
    });
    await page.goto(`${server.url}/reports`);
    await row('Shift report').waitFor();
    await holdsTime(cell('Shift report', 'Last'), last);
    assert.equal(
      (await cell('semana', 'Last').innerText()).replace(/\s+/g, ' '),
      'not yet Not sent: it was missed',
    );
    assert.deepEqual(await violations(page), []);
  });
});
