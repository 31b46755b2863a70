import type { Alert, Point, State, Tags, Threshold, ThresholdSeries } from '../api/types';

const severity: Record<State, number> = { ok: 0, warning: 1, critical: 2 };

export function moreSevere(a: State, b: State): number {
  return severity[b] - severity[a];
}

export function sameTags(a: Tags, b: Tags): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function replace(
  rule: Threshold,
  tags: Tags,
  change: (s: ThresholdSeries | undefined) => ThresholdSeries | undefined,
): Threshold {
  const at = rule.series.findIndex((s) => sameTags(s.tags, tags));
  const changed = change(rule.series[at]);
  if (!changed || changed === rule.series[at]) return rule;
  const series = rule.series.slice();
  if (at < 0) series.push(changed);
  else series[at] = changed;
  return { ...rule, series };
}

/** A change of state that the server judged. */
export function applyAlert(rules: readonly Threshold[], alert: Alert): readonly Threshold[] {
  return rules.map((rule) =>
    rule.rule !== alert.rule
      ? rule
      : replace(rule, alert.tags, () => ({
          tags: alert.tags,
          state: alert.state,
          value: alert.value ?? NaN,
          timestamp: alert.timestamp,
          since: alert.since,
        })),
  );
}

/** A new value of a watched metric. Its state stays: judging is the server's. */
export function applyPoint(rules: readonly Threshold[], point: Point): readonly Threshold[] {
  const next = rules.map((rule) => {
    if (rule.metricName !== point.metricName) return rule;
    const tags: Record<string, string> = {};
    for (const key of rule.by ?? []) {
      const value = point.tags[key];
      if (value !== undefined) tags[key] = value;
    }
    const updated = replace(rule, tags, (s) => {
      if (!s) return { tags, state: 'ok', value: point.value, timestamp: point.timestamp };
      return point.timestamp < s.timestamp ? s : { ...s, value: point.value, timestamp: point.timestamp };
    });
    return updated;
  });
  return next.some((rule, i) => rule !== rules[i]) ? next : rules;
}

export interface Tile {
  readonly rule: Threshold;
  /** The worst state among the rule's series; undefined while no value has come. */
  readonly state: State | undefined;
  readonly counts: Readonly<Record<State, number>>;
  /** The series to show: the worst, and of those the one longest in that state. */
  readonly worst: ThresholdSeries | undefined;
}

export function tiles(rules: readonly Threshold[]): readonly Tile[] {
  const all = rules.map((rule): Tile => {
    const counts = { ok: 0, warning: 0, critical: 0 };
    for (const s of rule.series) counts[s.state]++;
    const [worst] = [...rule.series].sort(
      (a, b) => moreSevere(a.state, b.state) || (a.since ?? 0) - (b.since ?? 0),
    );
    return { rule, state: worst?.state, counts, worst };
  });
  return all.sort(
    (a, b) =>
      (b.state ? severity[b.state] : -1) - (a.state ? severity[a.state] : -1) ||
      (a.rule.rule < b.rule.rule ? -1 : 1),
  );
}

/** The number in "below 5"; undefined where the words hold none. */
export function limitOf(condition: string | undefined): number | undefined {
  const text = /-?\d[\d.]*(?:e[+-]?\d+)?$/i.exec(condition?.trim() ?? '')?.[0];
  return text === undefined ? undefined : Number(text);
}
