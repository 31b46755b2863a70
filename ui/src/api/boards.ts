import { useQuery } from '@tanstack/react-query';
import { http, read } from './http';
import type { components } from './schema';

type Schemas = components['schemas'];
export type StoredBoard = Schemas['BoardJSON'];
export type BoardVersion = Schemas['BoardVersion'];
export type BoardDiff = Schemas['PutBoardBody']['diff'];
export type BoardAnswer = Schemas['PutBoardBody'];

type AnyPanel = StoredBoard['board']['panels'][number];
export type PanelType = AnyPanel['type'];
/** A panel as it is stored: it has an id. */
export type BoardPanel = AnyPanel & { readonly id: string };

export interface Board {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly panels: readonly BoardPanel[];
}

/** A board without what is undefined or empty, in the order of the documented keys: what is sent. */
export function boardBody(board: Board): Schemas['Board'] {
  const { name, title, description, panels } = board;
  return {
    name,
    ...(title && { title }),
    ...(description && { description }),
    panels: panels.map(
      (panel) =>
        Object.fromEntries(
          Object.entries(panel).filter(([, v]) => (v as unknown) !== undefined && v !== ''),
        ) as AnyPanel,
    ),
  };
}

export const boardOf = (stored: StoredBoard): Board => stored.board as Board;
export const titleOf = (board: { readonly name?: string; readonly title?: string }): string =>
  board.title ?? board.name ?? '';

export function useBoards() {
  return useQuery({
    queryKey: ['boards'],
    queryFn: async ({ signal }): Promise<readonly StoredBoard[]> =>
      (await read(http.GET('/api/boards', { signal }))).boards,
    refetchInterval: 60_000,
  });
}

export const readBoard = (name: string, signal?: AbortSignal): Promise<StoredBoard> =>
  read(
    http.GET('/api/boards/{name}', { params: { path: { name } }, ...(signal && { signal }) }),
  ) as Promise<StoredBoard>;

export function useBoard(name: string) {
  return useQuery({
    queryKey: ['board', name],
    queryFn: ({ signal }) => readBoard(name, signal),
  });
}

/** The board as a file of the configuration has it. */
export async function boardYaml(name: string): Promise<string> {
  const { data } = await http.GET('/api/boards/{name}', {
    params: { path: { name } },
    headers: { Accept: 'application/yaml' },
    parseAs: 'text',
  });
  return data as unknown as string;
}

export interface BoardChange {
  readonly name: string;
  /** A board, or the text of one in YAML or JSON. */
  readonly board: Board | string;
  /** The version that was changed; undefined for a board that must not be there yet or may be whatever it is. */
  readonly version?: number | undefined;
  readonly why?: string;
}

function put({ name, board, version, why }: BoardChange, dryRun: boolean): Promise<BoardAnswer> {
  const yaml = typeof board === 'string';
  return read(
    http.PUT('/api/boards/{name}', {
      params: {
        path: { name },
        query: { ...(dryRun && { dry_run: true }), ...(why && { why }) },
        ...(version !== undefined && { header: { 'If-Match': `"${version}"` } }),
      },
      headers: { 'Content-Type': yaml ? 'application/yaml' : 'application/json' },
      body: (yaml ? board : boardBody(board)) as Schemas['Board'],
      bodySerializer: (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body)),
    }),
  );
}

/** How a board differs from what stands: nothing is changed. */
export const compareBoard = (change: BoardChange): Promise<BoardAnswer> => put(change, true);
export const putBoard = (change: BoardChange): Promise<BoardAnswer> => put(change, false);

export async function deleteBoard(name: string, version: number, why: string): Promise<void> {
  await http.DELETE('/api/boards/{name}', {
    params: { path: { name }, query: { why }, header: { 'If-Match': `"${version}"` } },
  });
}
