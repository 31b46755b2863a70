import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { http, read } from './http';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Delivery = Schemas['Delivery'];
export type Receiver = Schemas['Receiver'];
export type DeliveryState = Delivery['state'];

/** How each integration of a receiver stands. */
export function useReceivers() {
  return useQuery({
    queryKey: ['alerting', 'deliveries', 'receivers'],
    queryFn: async ({ signal }): Promise<readonly Receiver[]> =>
      (await read(http.GET('/api/receivers', { signal }))).receivers,
    refetchInterval: 10_000,
  });
}

/** What was sent about one alert. */
export function useDeliveriesOf(alert: string) {
  return useQuery({
    queryKey: ['alerting', 'deliveries', 'of', alert],
    queryFn: async ({ signal }): Promise<readonly Delivery[]> =>
      (await read(http.GET('/api/deliveries', { params: { query: { alert, limit: 200 } }, signal })))
        .deliveries,
    refetchInterval: 10_000,
  });
}

export interface DeliveryFilter {
  readonly receiver?: string;
  readonly state?: DeliveryState;
}

export function useDeliveries(filter: DeliveryFilter) {
  return useInfiniteQuery({
    queryKey: ['alerting', 'deliveries', filter],
    queryFn: ({ signal, pageParam }) =>
      read(
        http.GET('/api/deliveries', {
          params: { query: { ...filter, limit: 100, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: 10_000,
  });
}

export const retryDelivery = (id: string): Promise<Delivery> =>
  read(http.POST('/api/deliveries/{id}/retry', { params: { path: { id } } }));
