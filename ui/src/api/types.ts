/** The shapes that the server's API answers with, by the names the pages use. Generated: see schema.d.ts. */
import type { components, paths } from './schema';

type Schemas = components['schemas'];
type Answer<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer T } } } };
}
  ? T
  : never;

export type Tags = Readonly<Record<string, string>>;

export interface Point {
  readonly seq: number;
  readonly metricName: string;
  readonly value: number;
  readonly tags: Tags;
  readonly timestamp: number;
  readonly id?: string;
  readonly source?: string;
}

export type State = 'ok' | 'warning' | 'critical';

export type Alert = NonNullable<Schemas['AlertsOutputBody']['alerts']>[number];

export interface ThresholdSeries {
  readonly tags: Tags;
  readonly state: State;
  readonly value: number;
  readonly timestamp: number;
  /** Absent while it has never been in another state. */
  readonly since?: number;
}

export interface Threshold {
  readonly rule: string;
  readonly metricName: string;
  readonly warning?: string;
  readonly critical?: string;
  readonly for?: string;
  readonly by?: readonly string[];
  readonly series: readonly ThresholdSeries[];
}

export interface MetricInfo {
  readonly metricName: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly tagKeys: readonly string[];
}

export interface Rates {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** The last event counted: live points up to it are in the counts already. */
  readonly seq: number;
  readonly series: readonly { readonly metricName: string; readonly points: readonly number[] }[];
}

export interface Session {
  readonly authentication: boolean;
  readonly signedIn: boolean;
  readonly name?: string;
  readonly roles?: readonly string[];
}

export type Readiness = Answer<'/readyz'>;

export type Kpi = Schemas['KpiJSON'];
export type KpiValue = Schemas['KpiValue'];
export type KpiSeries = Schemas['KpiSeries'];
export type KpiState = KpiSeries['state'];
export type KpiHistory = Schemas['KpiHistory'];
export type KpiCourse = Schemas['KpiCourse'];
/** A value as the live stream gives it: of one series. */
export type KpiFrame = Pick<KpiValue, 'kpi' | 'unit' | 'at' | 'window' | 'complete' | 'definitionVersion'> & {
  readonly series: readonly KpiSeries[];
};
export type KpiExplanation = Schemas['KpiExplanation'];
export type KpiVersion = Schemas['KPIVersion'];
export type VersionDiff = Schemas['VersionDiff'];
export type KpiPreview = Schemas['KpiPreview'];
export type CaseAccount = Schemas['GetCaseOutputBody'];
export type ClockCycle = Schemas['ClockCycle'];
export type CaseClock = Schemas['CaseClock'];
export type CasesPage = Schemas['ListCasesOutputBody'];
export type Conflict = Schemas['ConflictJSON'];

export interface EventsPage {
  readonly events: readonly Point[];
  readonly next: string | null;
}
export interface AlertsPage {
  readonly alerts: readonly Alert[];
  readonly next: string | null;
}
