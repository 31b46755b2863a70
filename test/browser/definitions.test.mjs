// Definitions: tried over history, faults at their place, saved with who and why.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { launch, noServer, openPage, startServer } from './lib.mjs';
import { fill, get, kpis } from './office.mjs';

describe('the pages of definitions', { skip: noServer }, () => {
  let browser, server, page, context, faults;

  before(async () => {
    browser = await launch();
    server = await startServer(kpis);
    await fill(server);
    ({ page, context, faults } = await openPage(browser, `${server.url}/definitions`));
  });
  after(async () => {
    await context?.close();
    await server?.close();
    await browser?.close();
  });
  const save = () => page.getByRole('button', { name: 'Review and save' });

  it('try a change over history before it is saved', async () => {
    await page.getByRole('link', { name: 'Cases in time' }).click();
    const value = page.getByTestId('preview-value').locator('data');
    await value.waitFor();
    const [before] = (await get(server, '/api/kpis/on.time/value')).series;
    assert.equal(await value.getAttribute('value'), String(before.value));
    assert.ok(await save().isDisabled(), 'nothing has been changed');
    await page.locator('[data-field=target] input').fill('40m');
    await page.waitForFunction(
      (was) => document.querySelector('[data-testid=preview-value] data').value !== was,
      String(before.value),
    );
    const tried = await value.getAttribute('value');
    assert.match(
      await page.getByTestId('flips').innerText(),
      /^[1-9]\d* of \d+ cases are judged another way\.$/,
    );
    const { versions } = await get(server, '/api/kpis/on.time');
    assert.equal(versions.length, 1, 'a preview changes nothing');

    await save().click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('.diff__line--added', { hasText: 'target: 40m' }).waitFor();
    await dialog.getByLabel('Why').fill('The charter of March');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL('**/kpis/on.time');
    await page.locator('.panel--versions').getByRole('cell', { name: 'The charter of March' }).waitFor();
    const now = await get(server, '/api/kpis/on.time');
    assert.deepEqual(
      [now.versions[1].why, now.versions[1].who, now.definition.target],
      ['The charter of March', 'anonymous', '40m'],
    );
    const [after_] = (await get(server, '/api/kpis/on.time/value')).series;
    assert.equal(tried, String(after_.value), 'what was tried is what holds');
  });

  it('name a fault at its field', async () => {
    await page.goto(`${server.url}/definitions/resolved`);
    await page.locator('[data-field=event] input').fill('case.resolvd');
    await page
      .locator('[data-field=event] .form-field__fault', { hasText: 'did you mean "case.resolved"' })
      .waitFor();
    assert.ok(await save().isDisabled());
  });

  it('name a fault at its line and column', async () => {
    await page.goto(`${server.url}/definitions/resolved?as=yaml`);
    const area = page.getByLabel('The definition in YAML');
    await area.fill(
      'title: Cases resolved\ntype: throughput\nevent: case.resolved\nthresholds:\n  warnin: 5\n',
    );
    await page.getByRole('button', { name: 'Line 5, column 3' }).click();
    assert.equal(await area.evaluate((e) => e.value.slice(0, e.selectionStart).split('\n').length), 5);
    assert.equal(await area.evaluate((e) => e.value.slice(e.selectionStart, e.selectionStart + 6)), 'warnin');
    await page.keyboard.press('Tab');
    assert.notEqual(
      await page.evaluate(() => document.activeElement.tagName),
      'TEXTAREA',
      'Tab leaves the editor',
    );
  });

  it('create a KPI, and take it back', async () => {
    await page.goto(`${server.url}/definitions`);
    await page.getByRole('link', { name: 'New KPI' }).click();
    await page.locator('[data-field=name] input').fill('arrivals');
    await page.locator('[data-field=title] input').fill('Arrivals');
    await page.locator('[data-field="thresholds.warning"] input').fill('> 100');
    await page.waitForFunction(() => !document.querySelector('.define__actions .button--primary').disabled);
    await save().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.waitForURL('**/kpis/arrivals');
    await page.getByRole('heading', { level: 1, name: 'Arrivals' }).waitFor();
    const made = await get(server, '/api/kpis/arrivals');
    assert.deepEqual(made.definition, {
      name: 'arrivals',
      title: 'Arrivals',
      type: 'throughput',
      event: 'case.opened',
      window: '1h',
      by: ['office'],
      thresholds: { warning: '> 100' },
    });
    await page.goto(`${server.url}/definitions/arrivals`);
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click();
    await page.waitForURL('**/definitions');
    assert.equal((await fetch(`${server.url}/api/kpis/arrivals`)).status, 404);
  });

  it('threw nothing', () =>
    assert.deepEqual(
      faults.filter((f) => !/404|422/.test(f)),
      [],
    ));
});
