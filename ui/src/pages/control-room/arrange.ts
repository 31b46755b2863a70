import type { Kpi, KpiState } from '../../api/types';
import type { Shown } from './use-values';

/** The kinds of KPI that a room is run by, in the order in which they are looked at. */
const leading = ['throughput', 'sla', 'satisfaction', 'conflict', 'backlog'] as const;
type Leading = (typeof leading)[number];

export interface Arranged {
  /** One of each leading kind, as far as there is one. */
  readonly lead: readonly Shown[];
  readonly others: readonly Shown[];
}

/** The kinds by name: those of which a chart is drawn. */
export type Leads = Partial<Record<Leading, Kpi>>;

/** What the definitions that come with the server are called: where several are of a kind, these lead. */
const usual: readonly string[] = ['cases.resolved.per.hour', 'case.sla', 'caller.satisfaction'];

export function leadsOf(kpis: readonly Kpi[]): Leads {
  const leads: Leads = {};
  for (const type of leading) {
    const all = kpis.filter((kpi) => kpi.type === type);
    const lead = all.find((kpi) => usual.includes(kpi.name)) ?? all[0];
    if (lead) leads[type] = lead;
  }
  return leads;
}

export function arrange(shown: readonly Shown[], leads: Leads): Arranged {
  const names = leading.map((type) => leads[type]?.name);
  const lead = names.flatMap((name) => shown.filter((one) => one.kpi.name === name));
  return { lead, others: shown.filter((one) => !lead.includes(one)) };
}

export function tally(shown: readonly Shown[]): Readonly<Record<KpiState, number>> {
  const counts = { ok: 0, warning: 0, critical: 0, undetermined: 0, no_data: 0 };
  for (const { series } of shown) counts[series?.state ?? 'no_data']++;
  return counts;
}
