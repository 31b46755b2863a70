import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { setAgency } from '../lib/preferences';
import { http, read } from './http';

/** Keeps the agency's time zone as the server tells it: the settings offer it. */
export function useAgency(): void {
  const { data } = useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => read(http.GET('/api/settings', { signal })),
    staleTime: 300_000,
  });
  const zone = data && (data.timeZone ?? '');
  useEffect(() => {
    if (zone !== undefined) setAgency(zone);
  }, [zone]);
}
