import type { Alert, MetricInfo, Point, Rates, Readiness, Session, Threshold } from './types';

/** A fault the server described (RFC 9457), or one on the way to it (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly detail: string,
  ) {
    super(detail ? `${title}: ${detail}` : title);
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

export function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) search.set(key, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

async function problem(answer: Response): Promise<ApiError> {
  const type = answer.headers.get('content-type') ?? '';
  if (type.includes('json')) {
    const body = (await answer.json().catch(() => ({}))) as { title?: unknown; detail?: unknown };
    const title = typeof body.title === 'string' ? body.title : answer.statusText;
    return new ApiError(answer.status, title, typeof body.detail === 'string' ? body.detail : '');
  }
  return new ApiError(answer.status, answer.statusText || `HTTP ${answer.status}`, '');
}

let clockOffset = 0;

/** The server's clock as last seen, so that a wrong clock on this machine does not shift the charts. */
export function serverNow(): number {
  return Date.now() + clockOffset;
}

function readClock(answer: Response): void {
  const date = Date.parse(answer.headers.get('date') ?? '');
  if (Number.isNaN(date)) return;
  // The header counts whole seconds; differences of that order are no fault of a clock.
  const offset = date + 500 - Date.now();
  clockOffset = Math.abs(offset) > 2000 ? offset : 0;
}

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: 'same-origin', ...init });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(0, 'No answer from the server', '');
  }
  readClock(answer);
  return answer;
}

async function read<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
  const answer = await send(address(path, query), {
    headers: { Accept: 'application/json' },
    ...(signal && { signal }),
  });
  if (!answer.ok) throw await problem(answer);
  return (await answer.json()) as T;
}

export interface EventsPage {
  readonly events: readonly Point[];
  readonly next: string | null;
}
export interface AlertsPage {
  readonly alerts: readonly Alert[];
  readonly next: string | null;
}

export const api = {
  session: () => read<Session>('/api/session'),

  async signIn(token: string): Promise<void> {
    const answer = await send('/api/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    if (!answer.ok) throw await problem(answer);
  },

  async signOut(): Promise<void> {
    const answer = await send('/api/session', { method: 'DELETE' });
    if (!answer.ok) throw await problem(answer);
  },

  async readiness(): Promise<Readiness> {
    // 503 is an answer here: its body names the check that failed.
    const answer = await send('/readyz', { headers: { Accept: 'application/json' } });
    if (!answer.ok && answer.status !== 503) throw await problem(answer);
    return (await answer.json()) as Readiness;
  },

  events: (query: Query, signal?: AbortSignal) => read<EventsPage>('/api/events', query, signal),
  alerts: (query: Query, signal?: AbortSignal) => read<AlertsPage>('/api/alerts/history', query, signal),
  rates: (query: Query, signal?: AbortSignal) => read<Rates>('/api/metrics/rates', query, signal),

  /** The number of the last event stored. Events are listed by their own time, so a list does not tell. */
  async lastSeq(signal?: AbortSignal): Promise<number> {
    const to = serverNow();
    return (await read<Rates>('/api/metrics/rates', { from: to - 1000, to, step: 1000 }, signal)).seq;
  },

  async metrics(signal?: AbortSignal): Promise<readonly MetricInfo[]> {
    return (await read<{ metrics: MetricInfo[] | null }>('/api/metrics', {}, signal)).metrics ?? [];
  },

  async thresholds(signal?: AbortSignal): Promise<readonly Threshold[]> {
    return (await read<{ thresholds: Threshold[] | null }>('/api/thresholds', {}, signal)).thresholds ?? [];
  },
};

export type Api = typeof api;
