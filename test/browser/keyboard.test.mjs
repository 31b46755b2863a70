// The keyboard alone: every control of every page is reached by Tab and shows it, every function is worked by keys,
// and the focus is never lost. And what a screen reader is told: alerts once, ticks never, charts in a sentence and a table.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import { focused, keepsFocus, tabTo, walk } from './access.mjs';
import { launch, noServer, openPage } from './lib.mjs';
import { nameOf, show, startOffice, views } from './views.mjs';

describe('the keyboard alone', { skip: noServer }, () => {
  let browser, office;
  const api = async (path) => (await fetch(office.url + path)).json();
  const minute = 60_000;

  before(async () => {
    browser = await launch();
    office = await startOffice();
  });
  after(async () => {
    await browser?.close();
    await office?.close();
  });

  describe('reaches every control, and shows where it is', () => {
    let page, context;
    before(async () => {
      ({ page, context } = await openPage(browser, 'about:blank'));
    });
    after(() => context?.close());

    for (const view of views) {
      it(nameOf(view), async () => {
        await show(page, office, view);
        const { stops, missed, unseen } = await walk(page);
        assert.ok(stops >= 1, `${stops} stops`);
        assert.deepEqual({ missed, unseen }, { missed: [], unseen: [] });
      });
    }
  });

  describe('works every function', () => {
    let page, context;
    const button = (name, options) => page.getByRole('button', { name, ...options });
    const open = async (path, ready) => {
      await page.goto(office.url + path);
      await page.locator(ready).first().waitFor();
    };
    /** Tab to a control, a key, and the focus is still somewhere. */
    const use = async (target, key, what) => {
      await tabTo(page, target);
      await page.keyboard.press(key);
      await keepsFocus(page, what);
    };

    before(async () => {
      ({ page, context } = await openPage(browser, 'about:blank', { acceptDownloads: true }));
    });
    afterEach(() => page.evaluate(() => localStorage.clear()));
    after(() => context?.close());

    it('settings: theme, language and zone one after the other, without losing the place', async () => {
      await open('/kpis', '[data-value]');
      await use(button('Settings'), 'Enter', 'opening the settings');
      await tabTo(page, page.getByRole('radio', { name: 'System' }));
      await page.keyboard.press('ArrowLeft');
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
      await tabTo(page, page.getByRole('radio', { name: 'English' }));
      await page.keyboard.press('ArrowRight');
      await page.getByRole('heading', { name: 'KPI' }).first().waitFor();
      const spanish = page.getByRole('radio', { name: 'Español' });
      await page.waitForFunction(() => document.activeElement?.closest('[data-setting=language]'));
      assert.ok(await spanish.evaluate((e) => e.checked && e === document.activeElement), await focused(page));
      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowDown');
      await page.waitForFunction(() => localStorage.getItem('hms-zone') !== 'viewer');
      await page.waitForFunction(() => document.activeElement?.closest('[data-setting=zone]'));
      await page.keyboard.press('ArrowUp');
      await page.waitForFunction(() => localStorage.getItem('hms-zone') === 'viewer');
      await page.waitForFunction(() => document.activeElement?.closest('[data-setting=zone]'));
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('ArrowLeft');
      await page.waitForFunction(() => document.documentElement.lang === 'en');
      await page.waitForFunction(() => document.activeElement?.closest('[data-setting=language]'));
      await page.keyboard.press('Escape');
      assert.ok(await button('Settings').evaluate((e) => e === document.activeElement), await focused(page));
    });

    it('the control room: filters and clears, spans, figures, pauses, reads a chart as a table', async () => {
      await open('/', '.panel--conflicts canvas');
      await use(button(/^Pause/), 'Enter', 'pausing');
      await page.waitForURL(/paused=1/);
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => !url.search.includes('paused'));
      const filter = page.getByRole('combobox', { name: 'office' });
      await use(filter, 'ArrowDown', 'filtering');
      await page.waitForURL(/tag\.office=/);
      await use(button('Clear filters'), 'Enter', 'clearing the filter');
      await page.waitForURL((url) => !url.search.includes('tag.'));
      await keepsFocus(page, 'clearing the filter');
      await use(page.getByRole('radio', { name: '24 hours' }), 'ArrowRight', 'choosing a span');
      await page.waitForURL(/range=7d/);
      await use(page.getByRole('radio', { name: 'Due', exact: true }), 'ArrowRight', 'choosing a figure');
      await page.waitForURL(/sla=closed/);
      await use(page.locator('.panel--throughput summary'), 'Enter', 'opening the table');
      await page.locator('.panel--throughput tbody tr').first().waitFor();
    });

    it('the wall: steps, stops, leaves', async () => {
      await open('/?wall=1', '.wall__value');
      await page.keyboard.press('ArrowRight');
      await page.locator('.wall[data-slide=work]').waitFor();
      await use(button('Pause'), 'Enter', 'pausing the wall');
      await page.waitForURL(/paused=1/);
      await use(page.locator('.wall__foot a'), 'Enter', 'leaving the wall');
      await page.locator('.kpi').first().waitFor();
      await keepsFocus(page, 'leaving the wall');
    });

    it('a KPI: zooms, goes back, marks and clears a span, switches what is shown, exports', async () => {
      await open('/kpis/on.time?range=6h', '.panel--history canvas');
      for (const name of ['Zoom in', 'Earlier', 'Later', 'Zoom out']) {
        const was = page.url();
        await use(button(name), 'Enter', name);
        await page.waitForFunction((url) => location.href !== url, was);
      }
      await use(button('Back to now'), 'Enter', 'going back to now');
      await page.waitForURL((url) => !url.search.includes('span='));
      await keepsFocus(page, 'going back to now');
      await use(page.getByRole('radio', { name: 'Due', exact: true }), 'ArrowRight', 'choosing a figure');
      const from = page.locator('.explain__span select').first();
      await use(from, 'ArrowDown', 'marking');
      await page.getByTestId('explain-words').waitFor();
      await tabTo(page, button('Clear'));
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => !url.search.includes('mark='));
      await keepsFocus(page, 'clearing the marked span');
      const download = page.waitForEvent('download');
      await use(button('CSV', { exact: true }), 'Enter', 'exporting');
      assert.match((await readFile(await (await download).path())).toString(), /^time,/);
      await use(button('Compare with 1'), 'Enter', 'comparing versions');
      await page.getByTestId('flips').waitFor();
    });

    it('cases: chooses, sorts, opens one and comes back', async () => {
      await open('/cases?kpi=on.time', '[data-case]');
      await use(page.getByRole('radio', { name: 'Open', exact: true }), 'ArrowRight', 'choosing closed cases');
      await page.waitForURL(/state=closed/);
      await use(page.locator('tr[data-case] a').first(), 'Enter', 'opening a case');
      await page.getByRole('heading', { level: 1, name: /^Case / }).waitFor();
      await keepsFocus(page, 'opening a case');
      assert.equal(await page.evaluate(() => scrollY), 0, 'a page begins at its top');
      await use(page.locator('.panel--clock summary').first(), 'Enter', 'opening the table of the clock');
      await use(page.getByRole('link', { name: 'All cases' }), 'Enter', 'going back');
      await page.locator('tr[data-case]').first().waitFor();
      await keepsFocus(page, 'going back to all cases');
    });

    it('alerts: acknowledges, silences after a preview, ends the silence', async () => {
      await open('/alerts', '.firing');
      const one = page.locator('.firing', { hasText: 'call.wait.p90' });
      await tabTo(page, one.getByRole('button', { name: /^Acknowledge/ }));
      await page.keyboard.press('Enter');
      const acknowledge = page.getByRole('dialog', { name: 'Acknowledge an alert' });
      await tabTo(page, acknowledge.getByLabel('Your name'));
      await page.keyboard.type('Rosa');
      await use(acknowledge.getByRole('button', { name: 'Acknowledge' }), 'Enter', 'acknowledging');
      await one.getByText(/Acknowledged by Rosa/).waitFor();
      await keepsFocus(page, 'acknowledging');
      await tabTo(page, one.getByRole('button', { name: /^Silence/ }));
      await page.keyboard.press('Enter');
      const silence = page.getByRole('dialog', { name: 'Silence alerts' });
      await silence.getByTestId('preview-past').waitFor();
      await tabTo(page, silence.getByLabel('Why'));
      await page.keyboard.type('a drill');
      await tabTo(page, silence.getByLabel('Your name'));
      await page.keyboard.press('Control+A');
      await page.keyboard.type('Rosa');
      await tabTo(page, silence.getByRole('button', { name: 'Silence', exact: true }));
      await page.keyboard.press('Enter');
      await one.getByText('Silenced: nobody is told').waitFor();
      await keepsFocus(page, 'silencing');
      await page.keyboard.press('Control+Home');
      await tabTo(page, page.getByRole('link', { name: 'Silences' }), { back: true });
      await page.keyboard.press('Enter');
      await use(page.getByRole('button', { name: /^End now/ }).first(), 'Enter', 'ending a silence');
      await page.getByRole('heading', { name: 'Ended (1)' }).waitFor();
      await keepsFocus(page, 'ending a silence');
    });

    it('a backtest: picks a rule, runs it, is taken to the result', async () => {
      await open('/alerts/backtest', 'textarea');
      await page.locator('select option').nth(2).waitFor({ state: 'attached' });
      await tabTo(page, page.locator('main select').first());
      await page.keyboard.press('ArrowDown');
      await page.waitForFunction(() => document.querySelector('textarea').value !== '');
      await use(button('Run over the past'), 'Enter', 'running the backtest');
      await page.locator('.panel--backtest').waitFor();
      await keepsFocus(page, 'the backtest');
      assert.ok(await page.evaluate(() => document.activeElement.classList.contains('backtest')), await focused(page));
    });

    it('explore: filters by tag, takes the tag away, runs SQL and saves', async () => {
      await open('/explore?span=24h', 'tr[data-seq]');
      await tabTo(page, page.getByRole('combobox', { name: 'Tag', exact: true }));
      await page.keyboard.type('office');
      await page.keyboard.press('Tab');
      await page.keyboard.type('south');
      await page.keyboard.press('Enter');
      await page.waitForURL(/tag\.office=south/);
      await keepsFocus(page, 'adding a tag');
      await tabTo(page, page.locator('.chip__remove'), { back: true });
      await page.keyboard.press('Enter');
      await page.waitForURL((url) => !url.search.includes('tag.'));
      await keepsFocus(page, 'taking a tag away');
      await tabTo(page, page.getByRole('radio', { name: 'Events', exact: true }), { back: true });
      await page.keyboard.press('ArrowRight');
      await page.waitForURL(/view=sql/);
      await keepsFocus(page, 'changing to SQL');
      await tabTo(page, page.locator('.cm-content'));
      // The editor begins with an example.
      await page.keyboard.press('Control+A');
      await page.keyboard.press('Delete');
      await page.keyboard.insertText('SELECT count(*) AS n FROM events');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+Enter');
      await page.locator('[data-testid=sql-answer]').waitFor();
      await keepsFocus(page, 'running a query');
      await use(button('Run'), 'Enter', 'running a query by its button');
      await tabTo(page, button('Save as a panel'));
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      assert.ok(await button('Save as a panel').evaluate((e) => e === document.activeElement), await focused(page));
    });

    it('a board: adds, moves, resizes, configures, removes, reviews, saves, exports', async () => {
      await open('/boards/desk', '.board-kpi');
      await use(button('Edit'), 'Enter', 'editing');
      await page.locator('.board-tool--move').first().waitFor();
      const note = page.locator('[data-panel=note]');
      await tabTo(page, note.locator('.board-tool--move'));
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Shift+ArrowDown');
      assert.match(await page.getByTestId('placed').innerText(), /3 high/);
      await keepsFocus(page, 'moving and resizing');
      await tabTo(page, note.getByRole('button', { name: /^Configure/ }));
      await page.keyboard.press('Enter');
      const form = page.getByRole('dialog');
      await tabTo(page, form.getByLabel('Title', { exact: true }));
      await page.keyboard.type('Who to ask');
      await use(form.getByRole('button', { name: 'Apply' }), 'Enter', 'configuring');
      await form.waitFor({ state: 'detached' });
      await keepsFocus(page, 'configuring');
      await use(page.locator('[data-panel=alerts]').getByRole('button', { name: /^Remove/ }), 'Enter', 'removing a panel');
      await page.locator('[data-panel=alerts]').waitFor({ state: 'detached' });
      await keepsFocus(page, 'removing a panel');
      await tabTo(page, page.getByRole('group', { name: 'Add a panel' }).getByRole('button', { name: 'Alerts' }), { back: true });
      await page.keyboard.press('Enter');
      await use(form.getByRole('button', { name: 'Apply' }), 'Enter', 'adding a panel');
      await form.waitFor({ state: 'detached' });
      await keepsFocus(page, 'adding a panel');
      await tabTo(page, button('Review and save'), { back: true });
      await page.keyboard.press('Enter');
      await tabTo(page, form.getByLabel('Why this change?'));
      await page.keyboard.type('tidied up');
      await page.keyboard.press('Enter');
      await button('Edit').waitFor();
      await keepsFocus(page, 'saving the board');
      assert.equal((await api('/api/boards/desk')).versions.at(-1).why, 'tidied up');
      const download = page.waitForEvent('download');
      await use(button('Export as YAML'), 'Enter', 'exporting the board');
      await download;
    });

    it('boards: reviews what an import would change', async () => {
      await open('/boards', '.board-card');
      await tabTo(page, button('Import YAML'));
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await tabTo(page, dialog.getByLabel('Or its text'));
      await page.keyboard.insertText('name: fresh\ntitle: Fresh\npanels: []\n');
      await tabTo(page, dialog.getByRole('button', { name: 'Review the difference' }));
      await page.keyboard.press('Enter');
      await tabTo(page, dialog.getByLabel('Why this change?'));
      await page.keyboard.type('new');
      await page.keyboard.press('Enter');
      await page.waitForURL(/boards\/fresh/);
      await page.getByRole('heading', { name: 'Fresh' }).waitFor();
      await keepsFocus(page, 'importing a board');
    });

    it('definitions: makes a KPI with its preview, and saves it', async () => {
      await open('/definitions', 'tbody tr');
      await use(page.getByRole('link', { name: 'New KPI' }), 'Enter', 'beginning a KPI');
      const name = page.locator('[data-field=name] input');
      await name.waitFor();
      await keepsFocus(page, 'beginning a KPI');
      await tabTo(page, name);
      await page.keyboard.type('arrivals');
      await tabTo(page, page.locator('[data-field=title] input'));
      await page.keyboard.type('Arrivals');
      await page.locator('[data-testid=preview-value]').waitFor();
      await page.waitForFunction(() => !document.querySelector('.define__actions .button--primary').disabled);
      await tabTo(page, button('Review and save'));
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await tabTo(page, dialog.getByRole('button', { name: 'Save' }));
      await page.keyboard.press('Enter');
      await page.waitForURL('**/kpis/arrivals');
      await page.getByRole('heading', { level: 1, name: 'Arrivals' }).waitFor();
      await keepsFocus(page, 'saving a definition');
    });

    it('reports: another span, and its own ends', async () => {
      await open('/reports', 'tr[data-kpi]');
      await tabTo(page, page.getByRole('radio', { name: 'Last shift', exact: true }));
      await page.keyboard.press('ArrowRight');
      await page.waitForURL(/span=yesterday/);
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      await page.waitForURL(/span=own/);
      await keepsFocus(page, 'choosing own ends');
    });
  });

  describe('tells a screen reader', () => {
    it('of an alert once, and of no tick', async () => {
      const { page, context } = await openPage(browser, office.url);
      await page.locator('[data-phase=live]').waitFor();
      await page.locator('.kpi').first().waitFor();
      await page.evaluate(() => {
        window.told = [];
        const live = '[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], [role=timer]';
        new MutationObserver((changes) => {
          for (const { target } of changes) {
            const region = (target instanceof Element ? target : target.parentElement)?.closest(live);
            const words = region?.textContent.trim();
            if (words && window.told.at(-1) !== words) window.told.push(words);
          }
        }).observe(document.body, { subtree: true, childList: true, characterData: true });
      });
      const ticks = Array.from({ length: 50 }, (_, i) => ({ metricName: 'case.resolved', value: 1, tags: { caseId: `T-${i}`, office: 'north' } }));
      const counted = async () =>
        Number(await page.locator('[data-kpi=resolved] data').first().evaluate((e) => e.value));
      const before = await counted();
      await office.post(ticks);
      await page.waitForFunction((n) => Number(document.querySelector('[data-kpi=resolved] data').value) >= n, before + 40);
      // Cases breach meanwhile by themselves: that is told, and nothing else.
      const ticking = (await page.evaluate(() => window.told)).filter((words) => !/^(Critical|Warning|OK|Resolved)\b/.test(words));
      assert.deepEqual(ticking, [], 'a tick was read out');
      await office.post({ metricName: 'survey.score', value: 1 });
      await page.getByTestId('announce-critical').getByText(/survey\.score/).waitFor({ state: 'attached' });
      await office.post(ticks.map((t) => ({ ...t, tags: { ...t.tags, caseId: `U${t.tags.caseId}` } })));
      await page.waitForFunction((n) => Number(document.querySelector('[data-kpi=resolved] data').value) >= n, before + 80);
      const told = await page.evaluate(() => window.told);
      assert.equal(told.filter((words) => words.includes('survey.score')).length, 1, JSON.stringify(told));
      await context.close();
    });

    it('what each chart shows, in a sentence and in a table', async () => {
      const { page, context } = await openPage(browser, 'about:blank');
      for (const path of ['/', '/kpis/on.time?range=6h', '/explore/metrics', '/boards/desk', '/cases/P-1?kpi=on.time']) {
        await page.goto(office.url + path);
        await page.locator('.chart canvas, .clock svg').first().waitFor();
        const charts = await page.evaluate(() =>
          [...document.querySelectorAll('main .chart, main .clock svg[role=img]')].map((chart) => {
            const near = chart.closest('.figure, .panel, .board-panel, section');
            return {
              role: chart.getAttribute('role'),
              sentence: chart.getAttribute('aria-label') ?? '',
              table: Boolean(near?.querySelector('details summary, table')),
            };
          }),
        );
        assert.ok(charts.length > 0, path);
        for (const { role, sentence, table } of charts) {
          assert.equal(role, 'img', path);
          assert.match(sentence, /\d/, `${path}: ${sentence}`);
          assert.ok(table, `${path}: no table for “${sentence}”`);
        }
      }
      await context.close();
    });
  });

  it('moves nothing for those who asked for that', async () => {
    const { page, context } = await openPage(browser, 'about:blank', { reducedMotion: 'reduce' });
    for (const path of ['/', '/?wall=1', '/cases?kpi=on.time', '/boards/desk?edit=1', '/explore?span=24h']) {
      await page.goto(office.url + path);
      await page.locator('main h1').first().waitFor({ state: 'attached' });
      await page.waitForFunction(() => !document.querySelector('main .loading'));
      const moving = await page.evaluate(() =>
        [...document.querySelectorAll('*')].flatMap((e) => {
          const { animationName, animationDuration, transitionProperty, transitionDuration } = getComputedStyle(e);
          const longest = (text) => Math.max(...text.split(',').map((s) => parseFloat(s) * (s.trim().endsWith('ms') ? 1 : 1000)));
          const animated = animationName !== 'none' && longest(animationDuration) > 10;
          const eased = transitionProperty !== 'none' && longest(transitionDuration) > 10;
          return animated || eased ? [e.outerHTML.slice(0, 100)] : [];
        }),
      );
      assert.deepEqual(moving, [], path);
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), 'auto');
    }
    await context.close();
  });
});
