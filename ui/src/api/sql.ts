import { useQuery } from '@tanstack/react-query';
import { ApiError } from './fault';
import { http, read } from './http';
import type { components } from './schema';

type Schemas = components['schemas'];
export type SqlAnswer = Schemas['SqlOutputBody'];
export type SqlTable = Schemas['SQLTable'];
export type SqlSchema = Schemas['SqlSchemaOutputBody'];

/** The server runs two queries at once, for everybody: a tab asks for one at a time. */
let last: Promise<unknown> = Promise.resolve();

function inTurn<T>(run: () => Promise<T>): Promise<T> {
  const mine = last.then(run, run);
  last = mine.catch(() => undefined);
  return mine;
}

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** How often a busy server is asked again, and how long after. */
const patience = [400, 800, 1600, 3000];

async function send(sql: string, limit: number, signal?: AbortSignal): Promise<SqlAnswer> {
  for (let i = 0; ; i++) {
    try {
      return await read(http.POST('/api/sql', { body: { sql, limit }, ...(signal && { signal }) }));
    } catch (error) {
      const wait = patience[i];
      if (!(error instanceof ApiError) || error.status !== 429 || wait === undefined) throw error;
      await rest(wait);
    }
  }
}

export const runSql = (sql: string, limit: number, signal?: AbortSignal): Promise<SqlAnswer> =>
  inTurn(() => {
    signal?.throwIfAborted();
    return send(sql, limit, signal);
  });

/** What a query may name. Tags become columns as events bring them. */
export function useSqlSchema() {
  return useQuery({
    queryKey: ['sql-schema'],
    queryFn: ({ signal }): Promise<SqlSchema> => read(http.GET('/api/sql/schema', { signal })),
    staleTime: 5 * 60_000,
  });
}

/** A text as SQL writes it. */
export const sqlText = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** A name as SQL writes it, whatever characters it has. */
export const sqlName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
