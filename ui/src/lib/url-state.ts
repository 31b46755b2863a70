import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import type { Tags } from '../api/types';

/**
 * State that belongs into the address, so that a link shows the same view:
 * filters, ranges, pause. What has its default value is left out.
 */
export function useParam<T extends string>(
  name: string,
  fallback: T,
  allowed?: readonly T[],
): readonly [T, (next: T) => void] {
  const [params, setParams] = useSearchParams();
  const given = params.get(name) as T | null;
  const now = given !== null && (!allowed || allowed.includes(given)) ? given : fallback;
  const set = useCallback(
    (next: T) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (next === fallback) after.delete(name);
          else after.set(name, next);
          return after;
        },
        { replace: true },
      ),
    [setParams, name, fallback],
  );
  return [now, set];
}

/** A yes or no in the address: `?paused=1`. */
export function useFlag(name: string): readonly [boolean, (next: boolean) => void] {
  const [now, set] = useParam(name, '0', ['0', '1']);
  return [now === '1', useCallback((next: boolean) => set(next ? '1' : '0'), [set])];
}

const prefix = 'tag.';

/** The tags that the page is filtered by: `?tag.office=north`, as the API writes them. */
export function useTagFilter(): readonly [Tags, (key: string, value: string | undefined) => void] {
  const [params, setParams] = useSearchParams();
  const text = [...params]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), value]);
  const key = JSON.stringify(text);
  const tags = useMemo(() => Object.fromEntries(JSON.parse(key) as [string, string][]) as Tags, [key]);
  const set = useCallback(
    (tag: string, value: string | undefined) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (value === undefined) after.delete(prefix + tag);
          else after.set(prefix + tag, value);
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
  return [tags, set];
}

/** An address inside the dashboard that keeps the filter of this one. */
export function useKeptFilter(): (path: string) => string {
  const [params] = useSearchParams();
  return (path) => {
    const kept = new URLSearchParams([...params].filter(([name]) => name.startsWith(prefix)));
    const text = kept.toString();
    return text ? `${path}?${text}` : path;
  };
}
