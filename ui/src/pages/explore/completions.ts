import type { Completion, CompletionSource } from '@codemirror/autocomplete';
import { keywordCompletionSource, schemaCompletionSource, sql, type SQLDialect } from '@codemirror/lang-sql';
import { LanguageSupport } from '@codemirror/language';
import type { SqlSchema } from '../../api/sql';

/** Names that need no quotes, as the parser reads them. */
const plain = /^[a-z_][a-z0-9_]*$/i;
const reserved = new Set([
  'from',
  'to',
  'order',
  'group',
  'table',
  'user',
  'end',
  'when',
  'then',
  'all',
  'desc',
  'asc',
  'limit',
  'offset',
  'select',
  'where',
  'case',
  'default',
  'check',
  'primary',
  'references',
  'column',
]);

export const quoted = (name: string): string =>
  plain.test(name) && !reserved.has(name.toLowerCase()) ? name : `"${name.replaceAll('"', '""')}"`;

/** Every column and function by its bare name: most queries have one table and write no alias. */
export function names(schema: SqlSchema): readonly Completion[] {
  const seen = new Set<string>();
  const columns = schema.tables.flatMap((table) =>
    table.columns.flatMap((column): Completion[] => {
      if (seen.has(column.name)) return [];
      seen.add(column.name);
      return [
        {
          label: column.name,
          apply: quoted(column.name),
          type: 'property',
          detail: column.tag === undefined ? column.type : `${column.type}, tag`,
          info: column.about,
          boost: 10,
        },
      ];
    }),
  );
  const functions = schema.functions
    .filter((name) => plain.test(name))
    .map((name): Completion => ({
      label: name,
      type: 'function',
      detail: '()',
      apply: `${name}(`,
      boost: -10,
    }));
  return [...columns, ...functions];
}

/** SQL that knows this server's tables, columns, tags and functions. */
export function completions(dialect: SQLDialect, schema: SqlSchema): LanguageSupport {
  const tables = Object.fromEntries(
    schema.tables.map((table) => [
      table.name,
      table.columns.map((c): Completion => ({
        label: c.name,
        apply: quoted(c.name),
        detail: c.type,
        info: c.about,
      })),
    ]),
  );
  const all = names(schema);
  const byName: CompletionSource = (context) => {
    const word = context.matchBefore(/[\w]+/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    // Behind a dot the table's own columns are offered, in a text nothing.
    const before = context.state.sliceDoc(Math.max(0, word.from - 1), word.from);
    if (before === '.' || before === "'") return null;
    return { from: word.from, options: [...all], validFor: /^\w*$/ };
  };
  const { language } = sql({ dialect });
  return new LanguageSupport(language, [
    language.data.of({ autocomplete: schemaCompletionSource({ dialect, schema: tables }) }),
    language.data.of({ autocomplete: keywordCompletionSource(dialect) }),
    language.data.of({ autocomplete: byName }),
  ]);
}
