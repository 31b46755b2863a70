import { describe, expect, it } from 'vitest';
import { definitionIn, yamlOf } from './definition-yaml';
import { lineDiff } from './line-diff';

describe('a difference line by line', () => {
  it('tells what was taken away and what came', () => {
    expect(lineDiff('a\nb\nc\n', 'a\nx\nc\nd\n').map((l) => `${l.kind} ${l.text}`)).toEqual([
      'same a',
      'removed b',
      'added x',
      'same c',
      'added d',
    ]);
  });

  it('gives both texts back, whatever they are', () => {
    const texts = ['', 'a', 'a\nb', 'b\na', 'a\nb\na\nb', 'c\nb\na\nc'];
    for (const before of texts) {
      for (const after of texts) {
        const lines = lineDiff(before, after);
        const side = (not: string) =>
          lines
            .filter((l) => l.kind !== not)
            .map((l) => l.text)
            .join('\n');
        expect([side('added'), side('removed')]).toEqual([before, after]);
      }
    }
  });
});

describe('a definition as YAML', () => {
  const definition = {
    by: ['office'],
    target: '48h',
    name: 'a',
    type: 'sla',
    thresholds: { warning: '< 0.9' },
    at_risk: 0.2,
  };
  it('is written in the order people read it', () => {
    expect([...yamlOf(definition).matchAll(/^(\w+):/gm)].map((m) => m[1])).toEqual([
      'name',
      'type',
      'target',
      'at_risk',
      'by',
      'thresholds',
    ]);
  });

  it('is read as it was written', () => expect(definitionIn(yamlOf(definition))).toEqual(definition));

  it.each(['', '- a', 'a: [', '7'])('is not read from %j', (text) =>
    expect(definitionIn(text)).toBeUndefined(),
  );
});
