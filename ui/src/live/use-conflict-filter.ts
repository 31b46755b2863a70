import { useMemo } from 'react';
import { useKpis } from '../api/kpis';
import type { Tags } from '../api/types';
import { useTagFilter } from '../lib/url-state';

/** The page's filter, as far as conflicts are told apart by its tags: by others, all are shown. */
export function useConflictFilter(): Tags {
  const [tags] = useTagFilter();
  const kpis = useKpis().data;
  return useMemo(() => {
    const by = new Set((kpis ?? []).filter((k) => k.type === 'conflict').flatMap((k) => k.by));
    return Object.fromEntries(Object.entries(tags).filter(([key]) => by.has(key)));
  }, [tags, kpis]);
}
