/** A custom KPI that says what a filter or a query counts, as a draft to go on from. */
import type { Tags } from '../../api/types';

export interface Draft {
  readonly name: string;
  readonly expr: string;
}

const text = (s: string): string => JSON.stringify(s);
const plain = /^[A-Za-z_]\w*$/;
const tag = (key: string): string => (plain.test(key) ? key : `tag[${text(key)}]`);

function nameOf(metric: string, what: string): string {
  return `${metric}.${what}`
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .slice(0, 60);
}

/** How many events of a metric have these tags. */
export function draftOfFilter(metric: string, tags: Tags): Draft {
  const conditions = Object.entries(tags).map(([key, value]) => `${tag(key)} == ${text(value)}`);
  return {
    name: nameOf(metric, 'count'),
    expr: `count(${[text(metric), conditions.join(' and ')].filter(Boolean).join(', ')})`,
  };
}

const ofSql: Record<string, string> = {
  count: 'count',
  sum: 'sum',
  avg: 'avg',
  mean: 'avg',
  min: 'min',
  max: 'max',
  median: 'quantile',
};

/**
 * What of a query a custom KPI can say: one aggregate over the events of one metric, with equal tags.
 * Undefined where the query says no such thing.
 */
export function draftOfSql(sql: string): Draft | undefined {
  const metric = /\bmetric\s*=\s*'((?:[^']|'')*)'/i.exec(sql)?.[1]?.replaceAll("''", "'");
  if (metric === undefined || /\bfrom\s+alerts\b/i.test(sql)) return undefined;
  const [, called = 'count', over = ''] =
    /\b(count|sum|avg|mean|min|max|median)\s*\(\s*([^()]*?)\s*\)/i.exec(sql) ?? [];
  const named = ofSql[called.toLowerCase()] ?? 'count';
  const aggregate = named === 'count' || over.replaceAll('"', '').toLowerCase() === 'value' ? named : 'count';
  const conditions = [...sql.matchAll(/(?:"((?:[^"]|"")+)"|\b([a-z_]\w*))\s*=\s*'((?:[^']|'')*)'/gi)].flatMap(
    ([, inQuotes, bare, value = '']) => {
      const key = inQuotes?.replaceAll('""', '"') ?? bare ?? '';
      if (['metric', 'source', 'id'].includes(key.toLowerCase())) return [];
      return [`${tag(key)} == ${text(value.replaceAll("''", "'"))}`];
    },
  );
  const filter = conditions.length > 0 ? `, ${conditions.join(' and ')}` : '';
  return {
    name: nameOf(metric, aggregate),
    expr:
      aggregate === 'quantile'
        ? `quantile(0.5, ${text(metric)}${filter})`
        : `${aggregate}(${text(metric)}${filter})`,
  };
}

/** The draft as a definition in YAML. */
export const draftYaml = ({ name, expr }: Draft): string =>
  `name: ${name}\ntype: custom\nexpr: ${/[:#]/.test(expr) || expr.includes('"') ? `'${expr.replaceAll("'", "''")}'` : expr}\nwindow: 1d\n`;
