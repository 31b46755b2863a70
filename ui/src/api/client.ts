import type { AlertsPage, EventsPage, MetricInfo, Rates, Readiness, Session, Threshold } from './types';
import { http, read, serverNow } from './http';

export { ApiError } from './fault';
export { serverNow } from './http';

type Query = Readonly<Record<string, string | number | undefined>>;

export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

type Page = {
  readonly limit?: number;
  readonly cursor?: string;
};
type Span = Page & {
  readonly metric?: string | undefined;
  readonly from?: number;
  readonly to?: number | undefined;
};

/** Without what is undefined, as text where the API takes times. */
function query(of: Readonly<Record<string, string | number | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(of).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
}

/** What pages of raw events ask. KPIs and cases have hooks of their own: see kpis.ts and cases.ts. */
export const api = {
  session: async (): Promise<Session> => (await read(http.GET('/api/session'))) as Session,
  async signIn(token: string) {
    await http.POST('/api/session', { body: { token } });
  },
  async signOut() {
    await http.DELETE('/api/session');
  },
  readiness: (): Promise<Readiness> => read(http.GET('/readyz')),

  async events(of: Span, signal?: AbortSignal): Promise<EventsPage> {
    const page = await read(
      http.GET('/api/events', { params: { query: query(of) }, ...(signal && { signal }) }),
    );
    return { events: page.events ?? [], next: page.next };
  },

  async alerts(of: Page, signal?: AbortSignal): Promise<AlertsPage> {
    const page = await read(
      http.GET('/api/alerts/history', { params: { query: query(of) }, ...(signal && { signal }) }),
    );
    return { alerts: page.alerts ?? [], next: page.next };
  },

  async rates(
    of: { readonly from: number; readonly to: number; readonly step: number },
    signal?: AbortSignal,
  ): Promise<Rates> {
    const rates = await read(
      http.GET('/api/metrics/rates', { params: { query: query(of) }, ...(signal && { signal }) }),
    );
    return rates as Rates;
  },

  /** The number of the last event stored. Events are listed by their own time, so a list does not tell. */
  async lastSeq(signal?: AbortSignal): Promise<number> {
    const to = serverNow();
    return (await api.rates({ from: to - 1000, to, step: 1000 }, signal)).seq;
  },

  async metrics(signal?: AbortSignal): Promise<readonly MetricInfo[]> {
    const answer = await read(http.GET('/api/metrics', signal && { signal }));
    return (answer.metrics ?? []) as readonly MetricInfo[];
  },

  async thresholds(signal?: AbortSignal): Promise<readonly Threshold[]> {
    const answer = await read(http.GET('/api/thresholds', signal && { signal }));
    return (answer.thresholds ?? []) as readonly Threshold[];
  },
};
