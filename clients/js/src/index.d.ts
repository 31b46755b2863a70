/** A tag's value; null and undefined leave the tag out. */
export type TagValue = string | number | boolean | bigint | Date | null | undefined
export type Tags = Record<string, TagValue>

export interface TrackerOptions {
  /** The server's address. Default: the page's own server, in Node HMS_URL or http://127.0.0.1:8080. */
  url?: string
  /** Bearer token with the role `ingest`. */
  token?: string
  /** Who reports: the name of the service or page. */
  source?: string
  /** How many events may wait at most; the oldest are dropped beyond that. Default 10,000. */
  maxQueue?: number
  /** How many events go into one request at most. Default 500. */
  maxBatch?: number
  /** How long events are collected before they are sent, in ms. Default 1,000. */
  flushInterval?: number
  /** How long one attempt may take, in ms. Default 30,000. */
  timeout?: number
  /** Waits between attempts grow from minBackoff (500 ms) to maxBackoff (30,000 ms), with jitter. */
  minBackoff?: number
  maxBackoff?: number
  /** Send what waits when the page is hidden or left. Default true. */
  flushOnHide?: boolean
  /** Told of everything that went wrong. Default: console.warn, each message once. */
  onError?: (error: Error) => void
  /** For tests and special environments. */
  fetch?: typeof globalThis.fetch
  now?: () => number
  random?: () => number
}

export interface TrackerStats {
  /** Events that wait or are being sent. */
  queued: number
  /** Events the server has on disk. */
  sent: number
  /** Events given up because too many waited, or at close. */
  dropped: number
  /** Events that can never be stored: not valid here, or refused by the server. */
  refused: number
  /** Attempts that failed and were or will be repeated. */
  retries: number
}

export declare class Tracker {
  constructor(options?: TrackerOptions)
  readonly stats: TrackerStats
  /** Reports that something happened just now. Never throws. */
  track: (metricName: string, value: number, tags?: Tags) => void
  /** Sends what is waiting; resolves to whether all of it was sent. Never rejects. */
  flush: () => Promise<boolean>
  /** Sends what is waiting, then stops. Never rejects. */
  close: () => Promise<void>
}

export declare function createTracker(options?: TrackerOptions): Tracker

/** Sets the options of the tracker behind `track`. */
export declare function configure(options: TrackerOptions): Tracker

/** Reports that something happened just now. Never throws. */
export declare function track(metricName: string, value: number, tags?: Tags): void

/** Sends what is waiting in the tracker behind `track`. */
export declare function flush(): Promise<boolean>
