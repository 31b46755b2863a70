/**
 * Makes the wire form of one event, or says why it cannot be one. What the
 * server would refuse is found here, where the caller can still be told.
 */
export function encode(metricName, value, tags, timestamp, id, source) {
  if (typeof metricName !== 'string' || metricName === '') throw new TypeError('the metric name must be a text that is not empty')
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError(`the value of ${metricName} must be a finite number, not ${String(value)}`)
  const event = {metricName, value, tags: texts(tags), timestamp, id}
  if (source) event.source = source
  return JSON.stringify(event)
}

function texts(tags) {
  const result = {}
  if (tags === undefined || tags === null) return result
  if (typeof tags !== 'object') throw new TypeError('tags must be an object such as {caseId: "C-1"}')
  for (const [key, value] of Object.entries(tags)) {
    if (value === undefined || value === null) continue
    if (value instanceof Date) result[key] = value.toISOString()
    else if (['string', 'number', 'boolean', 'bigint'].includes(typeof value)) result[key] = String(value)
    else throw new TypeError(`the tag ${key} must be a text, number or boolean`)
  }
  return result
}

const encoder = new TextEncoder()

/** The length in bytes of a text as it is sent. */
export function byteLength(text) {
  return encoder.encode(text).length
}

/** A text that no other call gives, also without the crypto API (plain http pages). */
export function uniqueText() {
  const bytes = new Uint8Array(16)
  if (globalThis.crypto?.getRandomValues) globalThis.crypto.getRandomValues(bytes)
  else for (let i = 0; i < bytes.length; i++) bytes[i] = Math.floor(Math.random() * 256)
  return Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('')
}
