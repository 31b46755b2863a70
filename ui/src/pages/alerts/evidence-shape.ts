import { value as exact } from '../../lib/format';

/** What the evidence of any kind of rule may hold. Its shape is the kind's, so it is read with care. */
export interface Evidence {
  readonly rule?: string;
  readonly hash?: string;
  readonly text?: unknown;
  readonly definitionVersion?: number;
  readonly window?: { readonly from: number; readonly to: number };
  readonly base?: { readonly from: number; readonly to: number };
  readonly group?: string;
  readonly expr?: string;
  readonly for?: string;
  readonly keepFiringFor?: string;
  readonly activeAt?: number;
  readonly figures?: Readonly<Record<string, unknown>>;
  readonly values?: readonly (readonly [number, number | null, number])[];
  readonly generator_url?: string;
}

export const evidenceOf = (evidence: unknown): Evidence =>
  typeof evidence === 'object' && evidence !== null ? evidence : {};

/** A rule's text: as it is, or JSON over several lines. */
export function writtenText(text: unknown): string {
  if (typeof text !== 'string') return text === undefined ? '' : JSON.stringify(text, null, 2);
  if (!text.startsWith('{')) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** "minCount" as "min count". */
const words = (key: string): string => key.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();

/** The figures of a type of rule as rows of name and value; nested ones in one row each. */
export function figureRows(
  figures: Readonly<Record<string, unknown>>,
): readonly (readonly [string, string])[] {
  return Object.entries(figures).flatMap(([key, v]) => {
    if (typeof v === 'number') return [[words(key), exact(v)] as const];
    if (typeof v === 'string' && v !== '') return [[words(key), v] as const];
    if (typeof v === 'boolean') return [[words(key), String(v)] as const];
    if (v !== null && typeof v === 'object' && !Array.isArray(v)) {
      return figureRows(v as Record<string, unknown>).map(([k, x]) => [`${words(key)}: ${k}`, x] as const);
    }
    return [];
  });
}
