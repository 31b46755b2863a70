import { useMutation, useQuery } from '@tanstack/react-query';
import { http, read } from './http';
import type { components } from './schema';

type Schemas = components['schemas'];
export type RuleGroup = Schemas['RuleGroup'];
export type Rule = Schemas['Rule'];
export type ThresholdRule = Schemas['ThresholdJSON'];
export type BacktestAnswer = Schemas['BacktestAnswer'];
export type BacktestFiring = Schemas['BacktestFiring'];
export type BacktestPages = Schemas['BacktestPages'];
export type BacktestKind = BacktestAnswer['kind'];

export function useRuleGroups() {
  return useQuery({
    queryKey: ['alerting', 'rules', 'groups'],
    queryFn: async ({ signal }): Promise<readonly RuleGroup[]> =>
      (await read(http.GET('/api/rules', { signal }))).groups,
    refetchInterval: 10_000,
  });
}

export function useThresholdRules() {
  return useQuery({
    queryKey: ['alerting', 'rules', 'thresholds'],
    queryFn: async ({ signal }): Promise<readonly ThresholdRule[]> =>
      (await read(http.GET('/api/thresholds', { signal }))).thresholds ?? [],
    refetchInterval: 10_000,
  });
}

export interface BacktestQuestion {
  readonly rule: string;
  readonly kind?: BacktestKind;
  readonly from?: number;
  readonly to?: number;
}

/** How many firings are listed; all of them are counted. */
const listed = 1000;

/** Runs a rule over the past. */
export function useBacktest() {
  return useMutation({
    mutationFn: ({ rule, kind, from, to }: BacktestQuestion): Promise<BacktestAnswer> =>
      read(
        http.POST('/api/alerts/backtest', {
          body: {
            rule,
            limit: listed,
            ...(kind && { kind }),
            ...(from !== undefined && { from }),
            ...(to !== undefined && { to }),
          },
        }),
      ),
  });
}
