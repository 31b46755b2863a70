/** Silences and the routing of alerts, by the Alertmanager's own API at /api/v2, which the server's description leaves out. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiError } from './fault';
import { http, read } from './http';
import type { components } from './schema';
import type { Alert, Tags } from './types';

export type SilencePreview = components['schemas']['PreviewOutputBody'];

export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

export interface Silence {
  readonly id: string;
  readonly status: { readonly state: 'active' | 'pending' | 'expired' };
  readonly matchers: readonly Matcher[];
  readonly startsAt: string;
  readonly endsAt: string;
  readonly createdBy: string;
  readonly comment: string;
}

/** An alert as the routing sees it. */
export interface Routed {
  readonly labels: Tags;
  readonly annotations: Tags;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: {
    readonly state: string;
    readonly silencedBy: readonly string[];
    readonly inhibitedBy: readonly string[];
    readonly mutedBy: readonly string[];
  };
}

async function v2<T>(path: string, init: RequestInit = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api/v2/${path}`, { credentials: 'same-origin', ...init });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(0, 'No answer from the server', '');
  }
  const body = (await answer.json().catch(() => undefined)) as unknown;
  if (answer.ok) return body as T;
  throw new ApiError(answer.status, answer.statusText || `HTTP ${answer.status}`, faultText(body));
}

/** The Alertmanager answers faults as a text, as {message}; what stands before it as problem+json. */
function faultText(body: unknown): string {
  if (typeof body === 'string') return body;
  const { message, detail } = (body ?? {}) as { message?: unknown; detail?: unknown };
  return typeof message === 'string' ? message : typeof detail === 'string' ? detail : '';
}

const poll = 30_000;

export function useRouted() {
  return useQuery({
    queryKey: ['alerting', 'routed'],
    queryFn: ({ signal }) => v2<readonly Routed[]>('alerts', { signal }),
    refetchInterval: poll,
  });
}

export function useSilences() {
  return useQuery({
    queryKey: ['alerting', 'silences'],
    queryFn: ({ signal }) => v2<readonly Silence[]>('silences', { signal }),
    refetchInterval: poll,
  });
}

export function createSilence(of: Omit<Silence, 'id' | 'status'>): Promise<{ readonly silenceID: string }> {
  return v2('silences', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(of),
  });
}

export const expireSilence = (id: string): Promise<unknown> =>
  v2(`silence/${encodeURIComponent(id)}`, { method: 'DELETE' });

export const operators = ['=', '!=', '=~', '!~'] as const;
export type Operator = (typeof operators)[number];

export const operatorOf = ({ isEqual, isRegex }: Matcher): Operator =>
  isEqual ? (isRegex ? '=~' : '=') : isRegex ? '!~' : '!=';

export const withOperator = (name: string, operator: Operator, value: string): Matcher => ({
  name,
  value,
  isEqual: operator.startsWith('='),
  isRegex: operator.endsWith('~'),
});

/** As amtool writes it: `office="north"`; an odd name is quoted as well. */
export const matcherText = (matcher: Matcher): string =>
  `${/^[a-zA-Z_]\w*$/.test(matcher.name) ? matcher.name : JSON.stringify(matcher.name)}${operatorOf(matcher)}${JSON.stringify(matcher.value)}`;

/** What a silence with these matchers would hide, now and as it would have in the past days. */
export function useSilencePreview(matchers: readonly string[], days: number) {
  return useQuery({
    queryKey: ['alerting', 'preview', matchers, days],
    queryFn: ({ signal }): Promise<SilencePreview> =>
      read(http.POST('/api/silences/preview', { body: { matchers: [...matchers], days }, signal })),
    enabled: matchers.length > 0,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** What the routing knows of an alert: told by its id, or, where it stands for a newer one, by its labels. */
export function routedOf(alert: Alert, all: readonly Routed[]): Routed | undefined {
  return (
    all.find((r) => r.annotations['alert_id'] === alert.id) ??
    all.find(
      ({ labels }) =>
        labels['alertname'] === alert.rule &&
        labels['severity'] === alert.state &&
        Object.entries(alert.tags).every(([key, value]) => (labels[key] ?? '') === value),
    )
  );
}

/** The matchers of exactly this alert. */
export function matchersOf(alert: Alert, routed: Routed | undefined): readonly Matcher[] {
  const labels = routed?.labels ?? { alertname: alert.rule, ...alert.tags };
  return Object.entries(labels).map(([name, value]) => withOperator(name, '=', value));
}
