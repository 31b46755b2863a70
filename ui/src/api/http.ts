import createClient from 'openapi-fetch';
import { ApiError, problem } from './fault';
import type { paths } from './schema';

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

async function send(request: Request): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(request);
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw new ApiError(0, 'No answer from the server', '');
  }
  readClock(answer);
  return answer;
}

/**
 * The typed client: `read(http.GET('/api/kpis/{name}/value', {params: …}))`.
 * What it may ask, and what comes back, is generated from the server's description of itself.
 */
export const http = createClient<paths>({
  credentials: 'same-origin',
  headers: { Accept: 'application/json' },
  fetch: send,
});
http.use({
  async onResponse({ response, request }) {
    // 503 is an answer of readyz: its body names the check that failed.
    if (response.ok || (response.status === 503 && new URL(request.url).pathname === '/readyz')) return;
    throw await problem(response);
  },
});

/** The body of an answer. Refusals have been thrown as ApiError by then. */
export async function read<T>(answer: Promise<{ data?: T | undefined; error?: unknown }>): Promise<T> {
  const { data, error } = await answer;
  return (data ?? error) as T;
}

/** `tag.KEY=VALUE` as the API selects by. The description has them as a pattern, so types do not know them. */
export function tagQuery(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`tag.${key}`, value]));
}
