import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { en } from '../texts/en';
import { loadTexts } from '../texts';
import { titleOf } from './title';

afterEach(() => loadTexts('en'));

const backlog = { name: 'case.backlog', title: 'Open cases' };

it('is that of a built-in KPI in the language of the page', async () => {
  expect(titleOf(backlog)).toBe('Open cases');
  await loadTexts('es');
  expect(titleOf(backlog)).toBe('Casos abiertos');
});

it('stays as people gave it', async () => {
  await loadTexts('es');
  expect(titleOf({ ...backlog, title: 'Pending files' })).toBe('Pending files');
  expect(titleOf({ name: 'own', title: 'Open cases' })).toBe('Open cases');
});

it('is known of every KPI that comes with the program', () => {
  const path = new URL('../../../internal/kpi/define/defaults.yaml', import.meta.url);
  const builtIn = parse(readFileSync(path, 'utf8')) as { name: string; title: string }[];
  expect(en.kpiTitles).toEqual(Object.fromEntries(builtIn.map(({ name, title }) => [name, title])));
});
