import { useQuery } from '@tanstack/react-query';
import { Component, useEffect, type ErrorInfo, type ReactNode } from 'react';
import { api, ApiError } from '../api/client';
import { texts } from '../texts';

function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · ${texts.product}`;
  }, [title]);
}

export function NotFound() {
  useTitle(texts.errors.notFound);
  return (
    <div className="notice">
      <h1 className="notice__title">{texts.errors.notFound}</h1>
      <p>{texts.errors.notFoundLead}</p>
      <p>
        <a className="usa-link" href="/">
          {texts.errors.home}
        </a>
      </p>
    </div>
  );
}

/** Nothing could be read yet: the server is away, or says why not. */
export function Unreachable({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const away = error instanceof ApiError && error.status === 0;
  const heading = away ? texts.errors.unreachable : texts.errors.refused;
  useTitle(heading);
  return (
    <div className="notice" role="alert">
      <h1 className="notice__title">{heading}</h1>
      {!away && <p>{error.message}</p>}
      <p>{texts.errors.unreachableLead}</p>
      <button className="usa-button usa-button--outline button" type="button" onClick={onRetry}>
        {texts.errors.tryNow}
      </button>
    </div>
  );
}

/** Says when the server itself reports that something is wrong with it. */
export function ReadinessBanner() {
  const { data } = useQuery({
    queryKey: ['readiness'],
    queryFn: () => api.readiness(),
    refetchInterval: 15_000,
    retry: false,
  });
  if (!data || data.status === 'ready') return null;
  const failed = data.checks?.filter((check) => check.status !== 'ok') ?? [];
  return (
    <div className="usa-alert usa-alert--error usa-alert--slim usa-alert--no-icon banner">
      <div className="usa-alert__body">
        <h2 className="banner__title">{texts.errors.notReady}</h2>
        {failed.map((check) => (
          <p className="usa-alert__text" key={check.name}>
            {check.name}: {check.detail ?? check.status}
          </p>
        ))}
      </div>
    </div>
  );
}

function Crashed() {
  useTitle(texts.errors.crash);
  return (
    <main className="notice">
      <h1 className="notice__title">{texts.errors.crash}</h1>
      <p>{texts.errors.crashLead}</p>
      <button
        className="usa-button button button--primary"
        type="button"
        onClick={() => window.location.reload()}
      >
        {texts.errors.reload}
      </button>
    </main>
  );
}

export class CrashBoundary extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError = () => {
    return { crashed: true };
  };

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error(error, info.componentStack);
  }

  override render() {
    return this.state.crashed ? <Crashed /> : this.props.children;
  }
}
