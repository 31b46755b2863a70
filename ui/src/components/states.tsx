import type { ReactNode } from 'react';
import { ApiError } from '../api/fault';
import { texts } from '../texts';

/** Holds the place of what is being read, at its height: nothing jumps when it comes. */
export function Loading({ height = 120 }: { height?: number }) {
  return (
    <div className="loading" style={{ minHeight: height }} role="status">
      <span className="loading__word">{texts.loading}</span>
    </div>
  );
}

export function PageLoading() {
  return <Loading height={480} />;
}

/** There is nothing: says so in words, and what to do about it. */
export function Nothing({ children, height }: { children: ReactNode; height?: number }) {
  return (
    <div className="nothing" style={height === undefined ? undefined : { minHeight: height }}>
      {children}
    </div>
  );
}

/** Whether the page goes on trying by itself. */
const passing = (error: Error): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.status === 429);

/** What could not be read, and the way to try again. */
export function Fault({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const away = error instanceof ApiError && error.status === 0;
  return (
    <div className="fault" role="alert">
      <p className="fault__what">{away ? texts.errors.unreachable : error.message}</p>
      {passing(error) && <p>{texts.errors.unreachableLead}</p>}
      {onRetry && (
        <button className="usa-button usa-button--outline button" type="button" onClick={onRetry}>
          {texts.errors.tryNow}
        </button>
      )}
    </div>
  );
}
