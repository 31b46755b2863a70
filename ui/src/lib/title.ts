import { en } from '../texts/en';
import { texts } from '../texts';

interface Titled {
  readonly name: string;
  readonly title: string;
}

/** A KPI's title: that of a built-in one in the page's language; one that people gave stays as they gave it. */
export function titleOf({ name, title }: Titled): string {
  return en.kpiTitles[name] === title ? (texts.kpiTitles[name] ?? title) : title;
}
