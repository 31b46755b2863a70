import type { Alert, State } from '../../api/types';
import { judged } from '../../lib/format';
import { conditionText, valueText } from '../../lib/units';
import { limitOf } from '../../live/thresholds';

/** The judged value in its unit; beside its limit it is never rounded to it. */
export function alertValue(alert: Alert, unit: string): string {
  return unit ? valueText(alert.value, unit) : judged(alert.value, limitOf(alert.condition));
}

/** A threshold's condition in the page's language; what other rules say stays as they say it. */
export function alertCondition(alert: Pick<Alert, 'condition' | 'kind'>, unit: string): string {
  return alert.kind === 'threshold' ? (conditionText(alert.condition, unit) ?? '') : alert.condition;
}

const severity: Record<State, number> = { critical: 0, warning: 1, ok: 2 };

/** The worst first, then what came last. */
export const worstFirst = (a: Alert, b: Alert): number =>
  severity[a.state] - severity[b.state] || b.since - a.since;

/** "1m0s", "2h30m" as Go writes durations, in ms. */
export function goDuration(text: string): number {
  const sizes: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };
  let total = 0;
  for (const [, n, unit] of text.matchAll(/([\d.]+)(ms|h|m|s)/g))
    total += Number(n) * (sizes[unit ?? ''] ?? 0);
  return total;
}
