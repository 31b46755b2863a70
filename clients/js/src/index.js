/**
 * Sends metrics to hms-monitor. `track(name, value, tags)` is all that most
 * programs need; `createTracker` makes a tracker with options of its own.
 * Nothing in here ever throws into the caller.
 */
import {Tracker} from './tracker.js'

export {Tracker}

/** @param {import('./index.d.ts').TrackerOptions} [options] */
export function createTracker(options) {
  return new Tracker(options)
}

let shared

/**
 * Sets the options of the tracker behind `track`. Call it before the first
 * `track`; later it starts a new tracker and lets the old one send what it has.
 * @param {import('./index.d.ts').TrackerOptions} options
 */
export function configure(options) {
  const before = shared
  shared = new Tracker(options)
  if (before) void before.close()
  return shared
}

/**
 * Reports that something happened just now.
 * @param {string} metricName such as 'case.resolved'
 * @param {number} value a finite number
 * @param {Record<string, unknown>} [tags] such as {caseId, agentId}
 */
export function track(metricName, value, tags) {
  shared ??= new Tracker()
  shared.track(metricName, value, tags)
}

/** Sends what is waiting; resolves when the server has it or cannot be reached. */
export function flush() {
  return shared ? shared.flush() : Promise.resolve(true)
}
