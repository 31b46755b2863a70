// WCAG 2.2 A and AA by axe, and what the keyboard reaches.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds on the page as it stands. */
export async function violations(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const found = await page.evaluate(async (values) => {
    const options = {
      runOnly: { type: 'tag', values },
      resultTypes: ['violations'],
      // What scrolls inside a panel is a region of the panel's own name.
      rules: { 'landmark-unique': { enabled: false } },
    };
    return (await window.axe.run(document, options)).violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.slice(0, 3).map((n) => `${n.html.slice(0, 200)} ${n.failureSummary}`),
    }));
  }, tags);
  return found.map(({ id, nodes }) => `${id}: ${nodes.join(' | ')}`);
}

/** Where the focus is, in words for a message. */
export const focused = (page) =>
  page.evaluate(() => {
    const e = document.activeElement;
    return `${e.tagName.toLowerCase()} ${e.getAttribute('aria-label') ?? e.textContent.slice(0, 60)}`;
  });

/** Goes to a control by Tab alone, as somebody without a mouse does. */
export async function tabTo(page, target, { back = false, most = 400 } = {}) {
  for (let i = 0; i < most; i++) {
    // An editor may stand in a shadow tree, which has a focus of its own.
    if (await target.evaluate((e) => e === e.getRootNode().activeElement)) return;
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
  }
  assert.fail(`${target} is not reached by Tab; the focus is on ${await focused(page)}`);
}

/** The focus is on something that can be seen and used, also after what was done with it has had its effect. */
export async function keepsFocus(page, after) {
  const held = () =>
    page.waitForFunction(() => document.activeElement !== document.body && document.activeElement.checkVisibility(), null, {
      timeout: 4000,
    });
  await held().catch(() => assert.fail(`the focus is lost after ${after}`));
}

/** Presses Tab through the whole page: what it reached, what it did not, and where the focus could not be seen. */
export async function walk(page) {
  const stops = await page.evaluate(() => {
    const reachable = 'a[href], button, input, select, textarea, summary, [tabindex="0"], [contenteditable=true]';
    // A modal dialog is all there is while it is open.
    const within = document.querySelector('dialog[open]') ?? document.body;
    const look = (e) => {
      const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor } = getComputedStyle(e);
      return { outline: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth), rest: [boxShadow, borderColor, backgroundColor].join() };
    };
    const drawn = (e) => [e, e.closest('.segments__item'), e.closest('.cm-editor')].filter(Boolean);
    const before = new Map();
    const groups = new Set();
    for (const e of within.querySelectorAll(reachable)) {
      if (e.matches(':disabled, [tabindex="-1"]') || !e.checkVisibility() || e.closest('[inert]')) continue;
      if (e === document.activeElement) e.blur();
      // A group of radio buttons is one stop.
      if (e.type === 'radio') {
        const chosen = [...document.getElementsByName(e.name)].some((r) => r.checked);
        if (chosen ? !e.checked : groups.has(e.name)) continue;
        groups.add(e.name);
      }
      before.set(e, drawn(e).map(look));
    }
    window.walked = { reached: new Set(), unseen: new Set(), before };
    document.addEventListener('focusin', ({ target }) => {
      if (!before.has(target)) return;
      window.walked.reached.add(target);
      const seen = drawn(target).some((e, i) => {
        const was = before.get(target)[i];
        const now = look(e);
        return (now.outline >= 2 && now.outline !== was.outline) || now.rest !== was.rest;
      });
      const box = target.getBoundingClientRect();
      const inView = box.bottom > 0 && box.top < innerHeight && box.width > 0;
      if (!seen || !inView) window.walked.unseen.add(target.outerHTML.slice(0, 140));
    });
    return before.size;
  });
  for (let i = 0; i < stops + 25; i++) await page.keyboard.press('Tab');
  const { missed, unseen } = await page.evaluate(() => {
    const { reached, before, unseen } = window.walked;
    // What has gone from the page by itself meanwhile is nobody's fault.
    const missed = [...before.keys()].filter((e) => !reached.has(e) && e.isConnected && e.checkVisibility() && !e.disabled);
    return { missed: missed.map((e) => e.outerHTML.slice(0, 140)), unseen: [...unseen] };
  });
  return { stops, missed, unseen };
}
