/** The shapes that the server's API answers with; names are the wire's own. */

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

export interface Alert {
  readonly id: string;
  readonly rule: string;
  readonly metricName: string;
  readonly tags: Tags;
  readonly state: State;
  readonly previous: State;
  readonly value: number;
  readonly condition: string;
  readonly timestamp: number;
  readonly since: number;
  readonly at: number;
}

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

export interface Readiness {
  readonly status: string;
  readonly checks?: readonly { readonly name: string; readonly status: string; readonly detail?: string }[];
}
