import { QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query';
import { Fragment, Suspense, useEffect, useRef } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { api } from './api/client';
import { queryClient } from './api/query-client';
import { SessionContext } from './api/session';
import type { Session } from './api/types';
import { Announcer } from './components/announcer';
import { Header } from './components/header';
import { CrashBoundary, NotFound, ReadinessBanner, Unreachable } from './components/notices';
import { SignIn } from './components/sign-in';
import { PageLoading } from './components/states';
import { keepFocus } from './lib/keep-focus';
import { useAgency } from './api/agency';
import { usePreferences, zoneOf } from './lib/preferences';
import { SettingsContext, useSettingsStart } from './lib/settings-state';
import { useFlag } from './lib/url-state';
import { LiveContext, useLiveStart } from './live/use-live';
import { routes } from './pages';

/** A page begins at its top; where Back leads to, the browser remembers how far it was scrolled. */
function useTop(location: string) {
  const before = useRef(location);
  const back = useRef(false);
  useEffect(() => {
    const went = () => (back.current = true);
    window.addEventListener('popstate', went);
    return () => window.removeEventListener('popstate', went);
  }, []);
  useEffect(() => {
    if (before.current !== location && !back.current) window.scrollTo(0, 0);
    before.current = location;
    back.current = false;
  }, [location]);
}

function Pages() {
  const [location] = useLocation();
  const [wall] = useFlag('wall');
  useTop(location);
  return (
    <>
      {!wall && <Header live />}
      <Announcer />
      <main className="page" id="main" tabIndex={-1}>
        <ReadinessBanner />
        <CrashBoundary key={location}>
          <Suspense fallback={<PageLoading />}>
            <Switch>
              {routes.map(({ path, page: Page }) => (
                <Route key={path} path={path}>
                  {(params) => <Page params={params as Readonly<Record<string, string>>} />}
                </Route>
              ))}
              <Route>
                <NotFound />
              </Route>
            </Switch>
          </Suspense>
        </CrashBoundary>
      </main>
    </>
  );
}

/** Lives as long as one viewer is signed in: the next one starts from nothing. */
function SignedIn({ session }: { session: Session }) {
  const live = useLiveStart();
  useAgency();
  return (
    <SessionContext value={session}>
      <LiveContext value={live}>
        <Pages />
      </LiveContext>
    </SessionContext>
  );
}

function Gate() {
  const session = useQuery({ queryKey: ['session'], queryFn: api.session, staleTime: Infinity });
  const queries = useQueryClient();
  if (session.data && (!session.data.authentication || session.data.signedIn)) {
    return <SignedIn key={session.data.name} session={session.data} />;
  }
  return (
    <>
      <Header />
      <main className="page" id="main" tabIndex={-1}>
        {session.data ? (
          <SignIn onDone={() => queries.resetQueries()} />
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
  const preferences = usePreferences();
  const settings = useSettingsStart();
  useEffect(() => keepFocus(), []);
  return (
    <CrashBoundary>
      <QueryClientProvider client={queryClient}>
        <SettingsContext value={settings}>
          {/* Texts and formats are read while rendering: a new language or zone renders everything anew. */}
          <Fragment key={`${preferences.language} ${zoneOf(preferences)}`}>
            <Gate />
          </Fragment>
        </SettingsContext>
      </QueryClientProvider>
    </CrashBoundary>
  );
}
