/** Definitions as they are previewed and put: the body is the text itself, so that faults have its lines. */
import { http, read } from './http';
import type { KpiPreview } from './types';

export interface PreviewQuery {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly by?: readonly string[];
}

type Body = never;

const asText = {
  bodySerializer: (body: unknown) => body as string,
  headers: { 'Content-Type': 'application/yaml' },
};

/** What the definition would say. Refused with every fault in it. */
export function previewKpi(text: string, of: PreviewQuery, signal?: AbortSignal): Promise<KpiPreview> {
  const { name, from, to, by } = of;
  return read(
    http.POST('/api/kpis/preview', {
      params: {
        query: {
          ...(name && { name }),
          from: String(from),
          to: String(to),
          ...(by?.length && { by: [...by] }),
        },
      },
      body: text as Body,
      ...asText,
      ...(signal && { signal }),
    }),
  );
}

export function putKpi(name: string, text: string, why: string): Promise<{ version: number }> {
  return read(
    http.PUT('/api/kpis/{name}', {
      params: { path: { name }, query: why ? { why } : {} },
      body: text as Body,
      ...asText,
    }),
  );
}

export async function deleteKpi(name: string, why: string): Promise<void> {
  await http.DELETE('/api/kpis/{name}', { params: { path: { name }, query: why ? { why } : {} } });
}
