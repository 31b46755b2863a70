import type { Alert, Kpi } from '../api/types';
import { count, figure, fixed, percent, rounded } from './format';
import { texts } from '../texts';

const ratio = (unit: string) => unit === 'ratio';

/** A KPI's value as it is read, with its unit apart: "344" "per hour". */
export function figureOf(value: number, unit: string): readonly [figure: string, unit: string] {
  if (ratio(unit)) return [percent(value), ''];
  const text = Number.isInteger(value) && Math.abs(value) < 100_000 ? count(value) : readable(value);
  return [text, texts.unit(unit)];
}

/** Few enough digits to be read from afar, enough to see a change. */
function readable(value: number): string {
  return Math.abs(value) >= 1000 ? figure(Math.round(value)) : rounded(Number(value.toPrecision(3))).join('');
}

/** A difference, or an end of an interval, to as many digits as the value it belongs to. */
export function alikeText(n: number, like: number, unit: string): string {
  if (ratio(unit)) return percent(n);
  const whole = Number.isInteger(like) || like === 0 || Math.abs(like) >= 1000;
  return fixed(
    n,
    whole ? (Number.isInteger(n) ? 0 : 1) : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(like)))),
  );
}

/** Whether values of a unit are whole numbers of things. The empty unit is that of plain counts. */
export const counts = (unit: string): boolean => unit === '' || unit === 'cases';

/** The same in one piece, for sentences, axes and tables. */
export function valueText(value: number | null | undefined, unit: string): string {
  if (value == null) return texts.table.noValue;
  const [number, of] = figureOf(value, unit);
  return of ? `${number} ${of}` : number;
}

/** For the ticks of an axis: without words. */
export function axisText(value: number, unit: string): string {
  return ratio(unit) ? percent(value).replace(/[.,]0(?=\s?%)/, '') : figure(value);
}

/** A condition such as "below 0.05" in the page's language and the KPI's unit: "below 5 %". */
export function conditionText(condition: string | undefined, unit: string): string | undefined {
  const [, words, number] = /^(.*?)\s*(-?[\d.]+(?:e[+-]?\d+)?)$/i.exec(condition ?? '') ?? [];
  if (words === undefined || number === undefined) return condition;
  return texts.condition(words, ratio(unit) ? percent(Number(number)) : figure(Number(number)));
}

/** The unit of what an alert watches; nothing for a metric, or a rule over several. */
export function unitOf(alert: Pick<Alert, 'metricName' | 'kind'>, kpis: readonly Kpi[] | undefined): string {
  if (alert.kind !== 'threshold') return '';
  return kpis?.find((kpi) => kpi.name === alert.metricName)?.unit ?? '';
}
