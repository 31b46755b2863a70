// The pages of alerts, against a server with a receiver of its own: what they show is what the API answers.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { violations } from './access.mjs';
import { launch, noServer, openPage, startServer } from './lib.mjs';
import { startReceiver } from './receiver.mjs';

const rules = `groups:
  - name: office
    rules:
      - record: office:opened:count5m
        expr: sum by (office) (count_over_time({"case.opened"}[5m]))
      - alert: IntakeBurst
        expr: sum by (office) (count_over_time({"case.opened"}[5m])) > 3
        labels: {severity: warning}
        annotations: {summary: '{{ $labels.office }} took in {{ $value }} cases'}
`;
const routing = (url) => `route:
  receiver: duty
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  routes:
    - {receiver: pager, matchers: [alertname="call.wait.p90"]}
receivers:
  - name: duty
    webhook_configs: [{url: "${url}/duty"}]
  - name: pager
    webhook_configs: [{url: "${url}/gone"}]
`;
const config = (folder) => `
thresholds:
  case.resolved.rate: {warning: 5, critical: 2}
  call.wait.p90: {warning: "> 60", critical: "> 300", by: [office]}
kpis:
  - {name: case.sla, type: sla, target: 48h, objective: 0.9, window: 7d, by: [office]}
alerting:
  rules: ["${folder}/rules.yaml"]
  detectors:
    - {name: sla-breach, type: sla_breach, kpi: case.sla}
  alertmanager: "${folder}/alertmanager.yml"
`;

async function eventually(what, check) {
  for (let i = 0; i < 100; i++) {
    const found = await check();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`not within 10 s: ${what}`);
}

describe('alerts', { skip: noServer }, () => {
  let browser;
  let receiver;
  let folder;
  let server;
  const get = async (path) => (await fetch(server.url + path)).json();

  before(async () => {
    browser = await launch();
    receiver = await startReceiver();
    folder = await mkdtemp(join(tmpdir(), 'hms-alerts-'));
    await writeFile(join(folder, 'rules.yaml'), rules);
    await writeFile(join(folder, 'alertmanager.yml'), routing(receiver.url));
    server = await startServer(config(folder));
    const overdue = Date.now() - 50 * 3_600_000;
    await server.post([
      { metricName: 'case.opened', value: 1, timestamp: overdue, tags: { caseId: 'C-1', office: 'north' } },
      ...[6, 4, 1, 6].map((value) => ({ metricName: 'case.resolved.rate', value })),
      { metricName: 'call.wait.p90', value: 400, tags: { office: 'north' } },
      { metricName: 'call.wait.p90', value: 20, tags: { office: 'south' } },
      ...Array.from({ length: 5 }, (_, i) => ({
        metricName: 'case.opened',
        value: 1,
        tags: { caseId: `D-${i}`, office: 'south' },
      })),
    ]);
    // Changes within the interval of a group are told as one: the end has to be told before it fires again.
    await eventually('the end is told', async () =>
      (await get('/api/deliveries?receiver=duty')).deliveries.some((d) => d.resolved),
    );
    await server.post({ metricName: 'case.resolved.rate', value: 1 });
    await eventually('four rules fire', async () => {
      const { alerts } = await get('/api/alerts');
      return new Set(alerts.map((a) => a.rule)).size === 4;
    });
    await eventually('somebody is told of the critical alert', async () => {
      const { deliveries } = await get(`/api/deliveries?alert=${(await critical()).id}`);
      return deliveries.some((d) => d.state === 'delivered');
    });
    await eventually('a message is given up', async () =>
      (await get('/api/receivers')).receivers.some((r) => r.dead > 0),
    );
    await eventually('messages are delivered', async () =>
      (await get('/api/receivers')).receivers.some((r) => r.receiver === 'duty' && r.delivered > 1),
    );
  });
  after(async () => {
    await server?.close();
    await browser?.close();
    receiver?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const critical = async () => (await get('/api/alerts')).alerts.find((a) => a.rule === 'case.resolved.rate');

  it('lists what fires as the API does, the worst first', async () => {
    const { page, context, faults } = await openPage(browser, `${server.url}/alerts`);
    const { alerts } = await get('/api/alerts');
    await page
      .locator('.firing')
      .nth(alerts.length - 1)
      .waitFor();
    const shown = await page
      .locator('.firing')
      .evaluateAll((all) => all.map((e) => [e.dataset.alert, e.querySelector('[data-state]').dataset.state]));
    assert.deepEqual(new Set(shown.map(([id]) => id)), new Set(alerts.map((a) => a.id)));
    const states = shown.map(([, state]) => state);
    assert.deepEqual(states, states.toSorted(), 'critical stands before warning');
    const one = page.locator('.firing', { hasText: 'case.resolved.rate' });
    assert.match(await one.textContent(), /1; alerts when below 2/);
    await one.getByText('Goes to duty').waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  it('shows an alert the moment it comes, and reads it out', async () => {
    const { page, context } = await openPage(browser, `${server.url}/alerts`);
    await page.locator('.firing').first().waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await server.post({ metricName: 'call.wait.p90', value: 70, tags: { office: 'west' } });
    await page.locator('.firing', { hasText: 'west' }).waitFor();
    await page.getByTestId('announce').getByText('office west').waitFor({ state: 'attached' });
    await context.close();
  });

  it('acknowledges with a note, and says who sees to it', async () => {
    const { page, context } = await openPage(browser, `${server.url}/alerts`);
    const one = page.locator('.firing', { hasText: 'case.resolved.rate' });
    await one.getByRole('button', { name: /Acknowledge/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Acknowledge an alert' });
    await dialog.getByRole('button', { name: 'Acknowledge' }).click();
    await dialog.getByText('Enter your name').waitFor();
    await dialog.getByLabel('Your name').fill('Rosa');
    await dialog.getByLabel('Note (optional)').fill('the printer again');
    assert.deepEqual(await violations(page), []);
    await dialog.getByRole('button', { name: 'Acknowledge' }).click();
    await one.getByText(/Acknowledged by Rosa.*the printer again/).waitFor();
    const { acknowledgements } = await get('/api/acknowledgements');
    assert.equal(acknowledgements.length, 1);
    assert.equal(acknowledgements[0].note, 'the printer again');
    await context.close();
  });

  it('previews a silence, makes it, marks what it hides, and ends it', async () => {
    const { page, context } = await openPage(browser, `${server.url}/alerts`);
    const one = page.locator('.firing', { hasText: 'IntakeBurst' });
    await one.getByRole('button', { name: /Silence/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Silence alerts' });
    const labels = await dialog
      .getByLabel(/Label of condition/)
      .evaluateAll((all) => all.map((e) => e.value));
    assert.ok(labels.includes('alertname') && labels.includes('office'), String(labels));
    const preview = await (
      await fetch(`${server.url}/api/silences/preview`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ matchers: ['alertname="IntakeBurst"', 'office="south"'] }),
      })
    ).json();
    await dialog.getByTestId('preview-past').getByText(`hidden ${preview.count} alert`).waitFor();
    await dialog.getByLabel('Why').fill('a drill');
    await dialog.getByLabel('Your name').fill('Rosa');
    assert.deepEqual(await violations(page), []);
    await dialog.getByRole('button', { name: 'Silence', exact: true }).click();
    await one.getByText('Silenced: nobody is told').waitFor();
    const [silence] = await get('/api/v2/silences');
    assert.equal(silence.comment, 'a drill');
    assert.equal(silence.status.state, 'active');

    await page.getByRole('link', { name: 'Silences' }).click();
    await page.getByRole('button', { name: /End now/ }).click();
    await page.getByRole('heading', { name: 'Ended (1)' }).waitFor();
    assert.equal((await get('/api/v2/silences'))[0].status.state, 'expired');
    await context.close();
  });

  it('filters the history as the API does, and leads to each change', async () => {
    const { page, context } = await openPage(browser, `${server.url}/alerts/history`);
    const { alerts } = await get('/api/alerts/history?rule=case.resolved.rate');
    assert.deepEqual(
      alerts.map((a) => a.state),
      ['critical', 'ok', 'critical', 'warning'],
    );
    await page.getByLabel('Rule', { exact: true }).selectOption('case.resolved.rate');
    await page.getByText('Changes: 4, that is all').waitFor();
    const states = await page
      .locator('tbody [data-state]')
      .evaluateAll((all) => all.map((e) => e.dataset.state));
    assert.deepEqual(
      states,
      alerts.map((a) => a.state),
    );
    await page.getByLabel('State', { exact: true }).selectOption('warning');
    await page.getByText('Changes: 1, that is all').waitFor();
    assert.match(page.url(), /rule=case\.resolved\.rate&state=warning/);
    await page.locator('tbody a').first().click();
    await page.getByRole('heading', { name: 'Warning: case.resolved.rate' }).waitFor();
    assert.ok(page.url().endsWith(`/alerts/${alerts[3].id}`));
    await context.close();
  });

  it('tells of one alert what it went by, judges it once more, and who was told', async () => {
    const alert = await critical();
    const { page, context, faults } = await openPage(browser, `${server.url}/alerts/${alert.id}`);
    await page.getByRole('heading', { name: 'Critical: case.resolved.rate' }).waitFor();
    const evidence = page.locator('.panel--evidence');
    assert.match(await evidence.textContent(), new RegExp(alert.evidence.rule));
    await page.locator('.panel--series canvas').waitFor();
    assert.equal(await page.locator('.changes__item').count(), 4);

    const { deliveries } = await get(`/api/deliveries?alert=${alert.id}`);
    assert.ok(deliveries.length > 0);
    const ladder = page.locator('.ladder__message');
    await ladder.first().waitFor();
    assert.equal(await ladder.count(), deliveries.length);
    await ladder.first().getByText('Attempt 1').waitFor();
    await ladder
      .first()
      .getByText(/Acknowledged by Rosa/)
      .waitFor();

    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByTestId('verdict').getByText('The verdict is the same today.').waitFor();
    const explained = await get(`/api/alerts/${alert.id}/explain`);
    assert.equal(explained.same, true);
    assert.deepEqual(faults, []);
    await context.close();
  });

  it('says so where there is no such alert', async () => {
    const { page, context } = await openPage(browser, `${server.url}/alerts/999999.9`);
    await page.getByRole('heading', { name: 'There is no alert of this number' }).waitFor();
    await context.close();
  });

  it('lists the rules with their state and text', async () => {
    const { page, context } = await openPage(browser, `${server.url}/alerts/rules`);
    const { groups } = await get('/api/rules');
    const { thresholds } = await get('/api/thresholds');
    await page.locator('.panel--group').first().waitFor();
    assert.equal(await page.locator('.panel--group').count(), groups.length);
    assert.equal(await page.locator('.panel--thresholds tbody tr').count(), thresholds.length);
    const row = page.getByRole('row', { name: /IntakeBurst/ });
    assert.equal(await row.locator('[data-rule-state]').getAttribute('data-rule-state'), 'firing');
    await row.getByText('Rule text').click();
    await row.getByText(/count_over_time/).waitFor();
    await context.close();
  });

  it('runs a rule in force over the past, and a changed one against it', async () => {
    const { page, context } = await openPage(browser, `${server.url}/alerts/rules`);
    await page
      .getByRole('row', { name: /case\.resolved\.rate/ })
      .getByRole('link', { name: /Backtest/ })
      .click();
    const rule = page.getByLabel('Rule', { exact: true });
    await page.waitForFunction(() => document.querySelector('textarea')?.value.includes('critical'));
    await page.getByRole('button', { name: 'Run over the past' }).click();
    await page.getByText('This is the rule in force.').waitFor();
    const ask = async (text) =>
      (
        await fetch(`${server.url}/api/alerts/backtest`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ rule: text, limit: 1000 }),
        })
      ).json();
    const same = await ask('case.resolved.rate: {warning: 5, critical: 2}');
    await page.getByText(`It would have fired ${same.count} times, in 1 series.`).waitFor();
    assert.equal(await page.locator('.behind tbody tr').count(), same.firings.length);

    const text = 'case.resolved.rate: {warning: 5, critical: 0.5}';
    const other = await ask(text); // one rule at a time is run over the past
    await rule.fill(text);
    await page.getByRole('button', { name: 'Run over the past' }).click();
    await page
      .getByTestId('difference')
      .getByText(
        `${other.inForce.both} firings overlap with the rule in force, ${other.inForce.gainedCount} are new, ${other.inForce.lostCount} of`,
      )
      .waitFor();

    await rule.fill('case.resolved.rate: {warning: 5, crtical: 2}');
    await page.getByRole('button', { name: 'Run over the past' }).click();
    await page.getByText(/did you mean "critical"/).waitFor();
    await page.getByText(/line 1, column/).waitFor();
    await context.close();
  });

  it('shows how receivers stand, and sends again what was given up', async () => {
    const { page, context } = await openPage(browser, `${server.url}/alerts/deliveries`);
    const row = page.locator('.panel--receivers tbody tr', { hasText: 'pager' });
    const pager = () => get('/api/receivers').then((a) => a.receivers.find((r) => r.receiver === 'pager'));
    const { dead } = await pager();
    await row.waitFor();
    assert.equal(await row.locator('td').last().textContent(), String(dead));
    assert.equal(await page.locator('.panel--dead tbody tr').count(), dead);
    const before = receiver.taken.filter((t) => t.path === '/gone').length;
    await page
      .locator('.panel--dead')
      .getByRole('button', { name: /Send again/ })
      .first()
      .click();
    await page.getByText('It is sent again.').waitFor();
    await eventually(
      'it reaches the receiver again',
      () => receiver.taken.filter((t) => t.path === '/gone').length > before,
    );
    await context.close();
  });
});
