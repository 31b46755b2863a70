import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ApiError } from './api/client';
import type { Session } from './api/types';
import { Header } from './components/header';
import { CrashBoundary, NotFound, Unreachable } from './components/notices';
import { SignIn } from './components/sign-in';
import { Dashboard } from './dashboard';
import { Feed } from './live/feed';
import { FeedContext } from './live/use-feed';

/** A refusal stays one; an answer that did not come may come yet. */
function worthAnotherTry(_: number, error: Error): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500 || error.status === 429;
}

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: worthAnotherTry,
      retryDelay: (attempt) => Math.min(10_000, 500 * 2 ** attempt),
      refetchOnWindowFocus: false,
      networkMode: 'always',
    },
  },
});

/** Lives as long as one viewer is signed in: the next one starts from nothing. */
function Live(props: { session: Session; onSignOut: () => void }) {
  const [feed] = useState(() => new Feed());
  return (
    <FeedContext value={feed}>
      <Dashboard {...props} />
    </FeedContext>
  );
}

function Home() {
  const queries = useQueryClient();
  const session = useQuery({ queryKey: ['session'], queryFn: api.session, staleTime: Infinity });

  if (session.data && (!session.data.authentication || session.data.signedIn)) {
    return (
      <Live session={session.data} onSignOut={() => void api.signOut().then(() => queries.resetQueries())} />
    );
  }
  return (
    <>
      <Header />
      <main className="page" id="main" tabIndex={-1}>
        {session.data ? (
          <SignIn />
        ) : (
          session.failureReason && (
            <Unreachable error={session.failureReason} onRetry={() => void session.refetch()} />
          )
        )}
      </main>
    </>
  );
}

export function App() {
  const { pathname } = window.location;
  return (
    <CrashBoundary>
      <QueryClientProvider client={client}>
        {pathname === '/' || pathname === '/index.html' ? (
          <Home />
        ) : (
          <>
            <Header />
            <main className="page" id="main" tabIndex={-1}>
              <NotFound />
            </main>
          </>
        )}
      </QueryClientProvider>
    </CrashBoundary>
  );
}
