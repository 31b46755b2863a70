import type { Kpi } from '../../api/types';
import type { Limit } from '../../components/chart';
import { limitOf } from '../../live/thresholds';

/** The thresholds of a KPI as a chart draws them, or else its objective. */
export function limitsOf(kpi: Kpi): readonly Limit[] {
  const { objective } = kpi.definition as { objective?: unknown };
  if (!kpi.thresholds && typeof objective === 'number') {
    return [{ state: 'warning', at: objective, wrong: 'below' }];
  }
  return (['warning', 'critical'] as const).flatMap((state) => {
    const condition = kpi.thresholds?.[state];
    const at = limitOf(condition);
    if (condition === undefined || at === undefined) return [];
    return [{ state, at, wrong: /below|less|most|under|</i.test(condition) ? 'below' : 'above' }];
  });
}
