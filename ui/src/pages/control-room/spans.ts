/** The spans of time that the charts of the control room show. */
const minute = 60_000;
const hour = 60 * minute;

export type SpanId = '1h' | '6h' | '24h' | '7d' | '30d';

export interface Span {
  readonly id: SpanId;
  readonly length: number;
  readonly step: number;
  /** The step as the API writes it. */
  readonly stepText: string;
}

export const spans: readonly Span[] = [
  { id: '1h', length: hour, step: minute, stepText: '1m' },
  { id: '6h', length: 6 * hour, step: 5 * minute, stepText: '5m' },
  { id: '24h', length: 24 * hour, step: 15 * minute, stepText: '15m' },
  { id: '7d', length: 168 * hour, step: 2 * hour, stepText: '2h' },
  { id: '30d', length: 720 * hour, step: 6 * hour, stepText: '6h' },
];

export const spanIds = spans.map((span) => span.id);

export const spanOf = (id: SpanId): Span => spans.find((span) => span.id === id) ?? (spans[2] as Span);
