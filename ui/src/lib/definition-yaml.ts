import { parse, stringify } from 'yaml';

export type Definition = Readonly<Record<string, unknown>>;

/** The order in which people read a definition; the server sorts keys by name. */
const first = [
  'name',
  'title',
  'type',
  'event',
  'start',
  'stop',
  'instrument',
  'expr',
  'unit',
  'target',
  'goals',
  'calendar',
  'objective',
];
const last = ['window', 'by', 'thresholds'];

function place(key: string): number {
  const at = first.indexOf(key);
  if (at >= 0) return at;
  const end = last.indexOf(key);
  return end >= 0 ? 200 + end : 100;
}

/** A definition as it is written in the configuration file. */
export function yamlOf(definition: Definition): string {
  const ordered = Object.fromEntries(
    Object.entries(definition).toSorted(([a], [b]) => place(a) - place(b) || a.localeCompare(b)),
  );
  return stringify(ordered, { lineWidth: 0, collectionStyle: 'any' });
}

/** The definition in a text; undefined where it is none, or none yet. */
export function definitionIn(text: string): Definition | undefined {
  try {
    const read: unknown = parse(text);
    return typeof read === 'object' && read !== null && !Array.isArray(read)
      ? (read as Definition)
      : undefined;
  } catch {
    return undefined;
  }
}
