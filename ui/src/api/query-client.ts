import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './fault';

/** A refusal stays one; an answer that did not come may come yet. */
function worthAnotherTry(_: number, error: Error): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500 || error.status === 429;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: worthAnotherTry,
      retryDelay: (attempt) => Math.min(10_000, 500 * 2 ** attempt),
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
  },
});
