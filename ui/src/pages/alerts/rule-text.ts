import type { Rule, RuleGroup, ThresholdRule } from '../../api/rules';

/** A rule in force as it is given to a backtest. */
export interface Choice {
  /** How addresses name it: "threshold:case.resolved.rate". */
  readonly id: string;
  readonly rule: string;
  readonly text: string;
}

const indented = (text: string, by: string) => text.trimEnd().replaceAll('\n', `\n${by}`);

/** A rule of a rule file needs a group around it; a ready-made one is whole. */
function wholeText(rule: Rule, interval: number): string {
  if (rule.kind !== 'promql') return rule.text;
  const every = interval > 0 ? `    interval: ${interval / 1000}s\n` : '';
  return `groups:\n  - name: backtest\n${every}    rules:\n      - ${indented(rule.text, '        ')}\n`;
}

export const thresholdId = (rule: string) => `threshold:${rule}`;
export const ruleId = (rule: Rule) => `${rule.kind}:${rule.rule}`;

/** Every rule in force that can be run over the past: recording rules fire nothing. */
export function choicesOf(
  thresholds: readonly ThresholdRule[],
  groups: readonly RuleGroup[],
): readonly Choice[] {
  return [
    ...thresholds.flatMap(({ rule, text }) =>
      text ? [{ id: thresholdId(rule), rule, text: `${JSON.stringify(rule)}: ${text}` }] : [],
    ),
    ...groups.flatMap((group) =>
      group.rules
        .filter((rule) => rule.state !== undefined)
        .map((rule) => ({ id: ruleId(rule), rule: rule.rule, text: wholeText(rule, group.interval) })),
    ),
  ];
}
