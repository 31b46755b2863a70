/** A definition on its way: what a form writes into its text. */
import { definitionIn, yamlOf, type Definition } from '../../lib/definition-yaml';

/** The address of a definition that has no name yet: no KPI can be called so. */
export const newName = '+new';

export const types = [
  'throughput',
  'sla',
  'satisfaction',
  'conflict',
  'backlog',
  'call_service_level',
  'first_response',
  'reopen_rate',
  'custom',
] as const;
export type KpiType = (typeof types)[number];

export const starter = `name: cases.opened.per.hour
title: Cases opened per hour
type: throughput
event: case.opened
window: 1h
by: [office]
`;

export interface Field {
  readonly key: string;
  readonly kind: 'text' | 'event' | 'duration' | 'share' | 'limit' | 'list' | 'number' | 'choice' | 'flag';
  readonly choices?: readonly string[];
}

const of = (kind: Field['kind'], ...keys: readonly string[]): readonly Field[] =>
  keys.map((key) => ({ key, kind }));

/** What the form asks for; everything else is written in YAML. */
const fieldsOfType: Readonly<Record<KpiType, readonly Field[]>> = {
  throughput: [...of('event', 'event'), ...of('duration', 'per')],
  sla: [
    ...of('event', 'start', 'stop'),
    ...of('duration', 'target'),
    ...of('text', 'calendar'),
    ...of('share', 'objective'),
  ],
  satisfaction: [
    { key: 'instrument', kind: 'choice', choices: ['nps', 'csat5', 'stars5', 'ces7'] },
    ...of('number', 'objective'),
  ],
  conflict: [{ key: 'level', kind: 'choice', choices: ['proxy', 'L0', 'L1', 'L2', 'L3'] }],
  backlog: of('event', 'start', 'stop'),
  call_service_level: [...of('duration', 'answer_within', 'abandon_within'), ...of('share', 'objective')],
  first_response: [...of('event', 'start', 'respond'), ...of('text', 'calendar')],
  reopen_rate: of('duration', 'within'),
  custom: of('text', 'expr', 'unit'),
};

const shared: readonly Field[] = [...of('duration', 'window'), ...of('list', 'by')];

/** A limit of a share, and an objective that is one, are asked for in per cent, as they are shown everywhere. */
const isShare = ({ type, instrument }: Definition): boolean =>
  ['sla', 'conflict', 'call_service_level', 'reopen_rate'].includes(String(type)) ||
  (type === 'satisfaction' && instrument === 'csat5');

export const thresholdFields = (definition: Definition): readonly Field[] => [
  ...of(isShare(definition) ? 'limit' : 'text', 'thresholds.warning', 'thresholds.critical'),
  ...of('duration', 'thresholds.for'),
  ...of('number', 'thresholds.min_n'),
  ...of('flag', 'thresholds.per_group'),
];

export const isType = (type: unknown): type is KpiType => (types as readonly unknown[]).includes(type);

export const fieldsOf = (definition: Definition): readonly Field[] => [
  ...(isType(definition['type']) ? fieldsOfType[definition['type']] : []).map((f) =>
    f.key === 'objective' && isShare(definition) ? { ...f, kind: 'share' as const } : f,
  ),
  ...shared,
];

type Some = Record<string, unknown>;
const isMap = (value: unknown): value is Some => typeof value === 'object' && value !== null;

/** The value at "thresholds.warning" or "window". */
export function valueAt(definition: Definition, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), definition);
}

/** The definition with another value at a path; what is empty is left out. */
export function withValue(definition: Definition, path: string, value: unknown): Definition {
  const [key = '', ...rest] = path.split('.');
  const { [key]: before, ...others } = definition;
  if (rest.length === 0) return value === undefined ? others : { ...others, [key]: value };
  const inner = withValue(isMap(before) ? before : {}, rest.join('.'), value);
  return Object.keys(inner).length === 0 ? others : { ...others, [key]: inner };
}

/** Another type keeps what every type has; the rest was the old one's. */
export function withType(definition: Definition, type: KpiType): Definition {
  const { name, title, window, by, thresholds } = definition as Some;
  const kept = { name, title, type, window, by, thresholds };
  return Object.fromEntries(Object.entries(kept).filter(([, v]) => v !== undefined));
}

const perCent = /^\d+([.,]\d+)?$/;
const share = (text: string) => Math.round(Number(text.replace(',', '.')) * 1e6) / 1e8;
const inPerCent = (value: number) => String(Math.round(value * 1e8) / 1e6);
/** An operator, or none, and a number: "< 0.9". */
const limit = /^([<>]=?)?\s*(\d+(?:[.,]\d+)?)\s*%?$/;

/** What was typed into a field, as the definition has it; undefined for nothing. */
export function typed(kind: Field['kind'], text: string): unknown {
  const plain = text.trim();
  if (plain === '') return undefined;
  if (kind === 'list') return plain.split(/[\s,]+/).filter(Boolean);
  if (kind === 'share' && perCent.test(plain)) return share(plain);
  if (kind === 'limit') {
    const [, operator, number = ''] = limit.exec(plain) ?? [];
    if (number) return operator ? `${operator} ${share(number)}` : share(number);
  }
  if ((kind === 'number' || kind === 'text') && /^-?\d+(\.\d+)?$/.test(plain)) return Number(plain);
  return plain;
}

/** What a field shows of a value; undefined for one that it cannot hold. */
export function shown(kind: Field['kind'], value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  if (kind === 'list') return Array.isArray(value) ? value.join(', ') : undefined;
  if ((kind === 'share' || kind === 'limit') && typeof value === 'number') return inPerCent(value);
  if (kind === 'limit' && typeof value === 'string') {
    const [, operator, number = ''] = limit.exec(value) ?? [];
    return number ? `${operator ? `${operator} ` : ''}${inPerCent(Number(number))}` : value;
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** The text after a field was changed; undefined where the text is not one that a form can write. */
export function changed(text: string, path: string, value: unknown): string | undefined {
  const definition = definitionIn(text);
  return definition && yamlOf(withValue(definition, path, value));
}
