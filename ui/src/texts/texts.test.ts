import { describe, expect, it } from 'vitest';
import { en } from './en';
import { es } from './es';

type Tree = Readonly<Record<string, unknown>>;

/** Every text with its path; a function by how many arguments it takes. */
function leaves(tree: Tree, path = ''): [string, unknown][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? leaves(value as Tree, `${path}${key}.`)
      : [[path + key, value] as [string, unknown]],
  );
}

const english = new Map(leaves(en));
const spanish = new Map(leaves(es));

/** What is the same word in both languages, or a name. */
const same = new Set(['product', 'metrics.heading', 'signIn.command', 'thresholds.example', 'table.n']);

describe('the languages', () => {
  it('have the same keys', () => {
    expect([...spanish.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('have a text for every key', () => {
    for (const [language, all] of Object.entries({ english, spanish })) {
      for (const [key, text] of all) {
        if (typeof text === 'string') expect(text.trim(), `${language} ${key}`).not.toBe('');
        else expect(typeof text, `${language} ${key}`).toBe('function');
      }
    }
  });

  it('differ: what is alike was forgotten', () => {
    const alike = [...english].filter(
      ([key, text]) => typeof text === 'string' && spanish.get(key) === text && !same.has(key),
    );
    expect(alike.map(([key]) => key)).toEqual([]);
  });

  it('use every argument that the other uses', () => {
    for (const [key, text] of english) {
      if (typeof text !== 'function') continue;
      expect((spanish.get(key) as { length: number }).length, key).toBe((text as { length: number }).length);
    }
  });
});
