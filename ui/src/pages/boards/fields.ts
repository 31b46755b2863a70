/** The keys that each type of panel takes, as docs/boards.md lists them. */
import type { PanelType } from '../../api/boards';

export type FieldKey =
  | 'kpi'
  | 'metric'
  | 'tags'
  | 'window'
  | 'figure'
  | 'by'
  | 'range'
  | 'step'
  | 'style'
  | 'order'
  | 'limit'
  | 'text'
  | 'sql'
  | 'show'
  | 'states';

export interface Field {
  readonly key: FieldKey;
  readonly kind: 'kpi' | 'metric' | 'by' | 'tags' | 'text' | 'long' | 'number' | 'choice' | 'states';
  readonly required?: boolean;
  readonly options?: readonly string[];
}

const fields: Readonly<Record<PanelType, readonly Field[]>> = {
  kpi: [
    { key: 'kpi', kind: 'kpi', required: true },
    { key: 'tags', kind: 'tags' },
    { key: 'window', kind: 'text' },
    { key: 'figure', kind: 'text' },
  ],
  chart: [
    { key: 'kpi', kind: 'kpi' },
    { key: 'metric', kind: 'metric' },
    { key: 'tags', kind: 'tags' },
    { key: 'by', kind: 'by' },
    { key: 'range', kind: 'text' },
    { key: 'step', kind: 'text' },
    { key: 'style', kind: 'choice', options: ['line', 'area', 'bar'] },
  ],
  table: [
    { key: 'kpi', kind: 'kpi', required: true },
    { key: 'by', kind: 'by', required: true },
    { key: 'window', kind: 'text' },
    { key: 'order', kind: 'choice', options: ['worst', 'best', 'name'] },
    { key: 'limit', kind: 'number' },
  ],
  sql: [
    { key: 'sql', kind: 'long', required: true },
    { key: 'show', kind: 'choice', options: ['table', 'line', 'bar', 'number'] },
    { key: 'limit', kind: 'number' },
  ],
  alerts: [
    { key: 'states', kind: 'states' },
    { key: 'tags', kind: 'tags' },
    { key: 'limit', kind: 'number' },
  ],
  text: [{ key: 'text', kind: 'long', required: true }],
};

export const fieldsOf = (type: PanelType): readonly Field[] => fields[type];

const said = (v: unknown): boolean => typeof v === 'string' && v.trim() !== '';

/** What a panel must say and does not. A chart draws a KPI or a metric. */
export function missing(type: PanelType, panel: Readonly<Record<string, unknown>>): readonly FieldKey[] {
  const lacking = fields[type].filter((f) => f.required && !said(panel[f.key])).map((f) => f.key);
  if (type === 'chart' && said(panel['kpi']) === said(panel['metric'])) return ['kpi', 'metric'];
  return lacking;
}
