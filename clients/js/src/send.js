/**
 * One attempt to post a batch. It never rejects; the answer says what to do:
 * {done} stored, {retry, after?} try the same again, {split} too large,
 * {refused: Map(index -> reason)} without these it may pass, {fault} never.
 */
export async function post(batch, {url, token, timeout, fetch, keepalive}) {
  const headers = {'Content-Type': 'application/x-ndjson', 'Idempotency-Key': batch.key}
  if (token) headers.Authorization = `Bearer ${token}`
  const gaveUp = new AbortController()
  const timer = setTimeout(() => gaveUp.abort(), timeout)
  try {
    const response = await fetch(url, {method: 'POST', headers, body: batch.body, keepalive, signal: gaveUp.signal})
    return await verdict(response)
  } catch (error) {
    const reason = gaveUp.signal.aborted ? `no answer within ${timeout} ms` : error?.cause?.message || error?.message || String(error)
    return {retry: true, reason: `the server cannot be reached: ${reason}`}
  } finally {
    clearTimeout(timer)
  }
}

async function verdict(response) {
  if (response.ok) return {done: true}
  const problem = await readProblem(response)
  const reason = `the server answered ${response.status}${problem.detail ? `: ${problem.detail}` : ''}`
  switch (response.status) {
    case 400:
    case 422: {
      const refused = new Map()
      for (const e of problem.errors) {
        if (Number.isInteger(e?.index)) refused.set(e.index, [e.field, e.detail].filter(Boolean).join(': '))
      }
      return refused.size > 0 ? {refused} : {fault: true, reason}
    }
    case 413:
      return {split: true, reason}
    // Someone may yet put the token, or the server behind the address, right.
    case 401:
    case 403:
    case 404:
      return {retry: true, slowly: true, reason}
    case 408:
    case 429:
      return {retry: true, after: retryAfter(response), reason}
  }
  if (response.status >= 500) return {retry: true, after: retryAfter(response), reason}
  return {fault: true, reason}
}

async function readProblem(response) {
  try {
    const problem = await response.json()
    return {detail: problem.detail || problem.title || '', errors: Array.isArray(problem.errors) ? problem.errors : []}
  } catch {
    return {detail: '', errors: []}
  }
}

/** In milliseconds; 0 where the server asked for nothing. */
function retryAfter(response) {
  const text = response.headers.get('Retry-After') ?? ''
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? 0 : Math.max(0, at - Date.now())
}
