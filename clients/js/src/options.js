/** Fills in what the caller left open, and mends what cannot work. */
export function complete(options) {
  const given = options ?? {}
  return {
    url: endpoint(given.url ?? defaultURL()),
    token: given.token ?? '',
    source: given.source ?? '',
    maxQueue: atLeast(1, given.maxQueue, 10_000),
    maxBatch: atLeast(1, given.maxBatch, 500),
    flushInterval: atLeast(0, given.flushInterval, 1_000),
    timeout: atLeast(1, given.timeout, 30_000),
    minBackoff: atLeast(1, given.minBackoff, 500),
    maxBackoff: atLeast(1, given.maxBackoff, 30_000),
    flushOnHide: given.flushOnHide ?? true,
    fetch: given.fetch ?? ((...args) => globalThis.fetch(...args)),
    now: given.now ?? Date.now,
    random: given.random ?? Math.random,
    onError: typeof given.onError === 'function' ? given.onError : warnOnce(),
  }
}

/** In a page the server that served it, elsewhere HMS_URL or the default address. */
function defaultURL() {
  const page = globalThis.location
  if (page && /^https?:$/.test(page.protocol)) return page.origin
  return globalThis.process?.env?.HMS_URL || 'http://127.0.0.1:8080'
}

function endpoint(url) {
  const root = String(url).replace(/\/+$/, '')
  return root.endsWith('/metrics') ? root : root + '/metrics'
}

function atLeast(least, given, otherwise) {
  return Number.isFinite(given) ? Math.max(least, given) : otherwise
}

/** Every fault once, so that an outage does not fill the console. */
function warnOnce() {
  const said = new Set()
  return error => {
    if (said.has(error.message) || said.size > 20) return
    said.add(error.message)
    console.warn(`track: ${error.message}`)
  }
}
