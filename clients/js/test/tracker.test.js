import assert from 'node:assert/strict'
import {afterEach, beforeEach, describe, it} from 'node:test'
import {configure, createTracker, flush, track} from '../src/index.js'
import {startServer} from './server.js'

let server

beforeEach(async () => {
  server = await startServer()
})
afterEach(async () => {
  await server.close()
})

function tracker(options) {
  const errors = []
  const made = createTracker({url: server.url, flushInterval: 60_000, minBackoff: 1, maxBackoff: 4, onError: e => errors.push(e.message), ...options})
  made.errors = errors
  return made
}

describe('sending', () => {
  it('posts what was tracked, with the time of the call', async () => {
    let now = 1_700_000_000_000
    const t = tracker({now: () => now, source: 'permits', token: 'secret'})
    t.track('case.resolved', 1, {caseId: 'C-1', attempts: 2, urgent: true, nothing: null, at: new Date(0)})
    now += 5_000
    t.track('queue.length', 7.5)
    assert.equal(await t.flush(), true)
    assert.equal(server.requests.length, 1)
    const {headers, url, events} = server.requests[0]
    assert.equal(url, '/metrics')
    assert.equal(headers['content-type'], 'application/x-ndjson')
    assert.equal(headers.authorization, 'Bearer secret')
    assert.ok(headers['idempotency-key'])
    const [first, second] = events
    assert.deepEqual(first.tags, {caseId: 'C-1', attempts: '2', urgent: 'true', at: '1970-01-01T00:00:00.000Z'})
    assert.equal(first.timestamp, 1_700_000_000_000)
    assert.equal(second.timestamp, 1_700_000_005_000)
    assert.equal(first.source, 'permits')
    assert.notEqual(first.id, second.id)
    assert.deepEqual(t.stats, {queued: 0, sent: 2, dropped: 0, refused: 0, retries: 0})
    await t.close()
  })

  it('sends in batches of maxBatch, in order', async () => {
    const t = tracker({maxBatch: 10})
    for (let i = 0; i < 25; i++) t.track('n', i)
    await t.flush()
    assert.deepEqual(server.requests.map(r => r.events.length), [10, 10, 5])
    assert.deepEqual(server.events.map(e => e.value), Array.from({length: 25}, (_, i) => i))
  })

  it('sends by itself after the interval', async context => {
    context.mock.timers.enable({apis: ['setTimeout']})
    const sent = []
    const t = tracker({flushInterval: 1_000, fetch: async (_, init) => {
      sent.push(init.body)
      return new Response(null, {status: 204})
    }})
    t.track('n', 1)
    context.mock.timers.tick(999)
    assert.equal(sent.length, 0)
    context.mock.timers.tick(1)
    assert.equal(sent.length, 1)
  })

  it('has a one-line form', async () => {
    configure({url: server.url + '/metrics', flushInterval: 0})
    track('case.resolved', 1, {caseId: 'C-9'})
    assert.equal(await flush(), true)
    assert.equal(server.events[0].tags.caseId, 'C-9')
  })
})

describe('faults', () => {
  it('repeats a batch under the same key until it is stored', async () => {
    server.answers.push({status: 503}, {drop: true}, {status: 429}, {storeAndDrop: true})
    const t = tracker()
    t.track('n', 1)
    while (!(await t.flush()));
    const keys = new Set(server.requests.map(r => r.headers['idempotency-key']))
    assert.equal(keys.size, 1)
    assert.equal(new Set(server.requests.map(r => r.body)).size, 1)
    assert.equal(server.events.length, 1)
    assert.equal(t.stats.sent, 1)
    assert.equal(t.stats.retries, server.requests.length - 1)
  })

  it('retries by itself, waiting longer each time, and honours Retry-After', async context => {
    context.mock.timers.enable({apis: ['setTimeout']})
    const answers = [503, 503, 503, 204].map(status => new Response(null, {status}))
    answers[2] = new Response(null, {status: 503, headers: {'Retry-After': '7'}})
    let calls = 0
    const t = tracker({minBackoff: 100, maxBackoff: 10_000, flushInterval: 0, random: () => 1, fetch: async () => answers[calls++]})
    const settled = async () => { for (let i = 0; i < 20; i++) await null }
    t.track('n', 1)
    for (const [wait, want] of [[0, 1], [99, 1], [1, 2], [199, 2], [1, 3], [7_000, 3], [100, 4]]) {
      context.mock.timers.tick(wait)
      await settled()
      assert.equal(calls, want, `after ${wait} ms more`)
    }
    assert.equal(t.stats.sent, 1)
  })

  it('leaves refused events out and sends the rest', async () => {
    server.answers.push(events => ({status: 400, problem: {errors: [
      {index: 1, field: 'timestamp', detail: 'too far ahead'}, {index: 3, field: 'tags', detail: 'too many'}]}}))
    const t = tracker()
    for (let i = 0; i < 5; i++) t.track('n', i)
    assert.equal(await t.flush(), true)
    assert.deepEqual(server.events.map(e => e.value), [0, 2, 4])
    assert.equal(t.stats.refused, 2)
    assert.notEqual(server.requests[0].headers['idempotency-key'], server.requests[1].headers['idempotency-key'])
    assert.match(t.errors[0], /too far ahead/)
  })

  it('halves a batch that is too large', async () => {
    server.answers.push({status: 413}, {status: 413})
    const t = tracker()
    for (let i = 0; i < 8; i++) t.track('n', i)
    assert.equal(await t.flush(), true)
    assert.deepEqual(server.events.map(e => e.value), [0, 1, 2, 3, 4, 5, 6, 7])
  })

  it('gives up a request that can never pass', async () => {
    server.answers.push({status: 415})
    const t = tracker()
    t.track('n', 1)
    assert.equal(await t.flush(), true)
    assert.equal(t.stats.refused, 1)
  })

  it('keeps events while a token is missing', async () => {
    server.answers.push({status: 401})
    const t = tracker()
    t.track('n', 1)
    assert.equal(await t.flush(), false)
    assert.equal(t.stats.queued, 1)
    assert.equal(await t.flush(), true)
  })

  it('drops the oldest beyond maxQueue and counts them', async () => {
    const t = tracker({maxQueue: 3, fetch: async () => { throw new TypeError('offline') }})
    for (let i = 0; i < 10; i++) t.track('n', i)
    assert.equal(t.stats.queued, 3)
    assert.equal(t.stats.dropped, 7)
    await t.flush()
    assert.deepEqual(t.stats, {queued: 3, sent: 0, dropped: 7, refused: 0, retries: 1})
    await t.close()
    assert.equal(t.stats.dropped, 10)
  })

  it('gives up an attempt that gets no answer', async () => {
    const t = tracker({timeout: 5, fetch: (_, {signal}) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))})
    t.track('n', 1)
    assert.equal(await t.flush(), false)
    assert.match(t.errors[0], /no answer within 5 ms/)
  })

  it('never throws into the caller', async () => {
    const t = tracker({onError: () => { throw new Error('handler') }})
    for (const args of [[], [null, 1], ['', 1], ['n'], ['n', NaN], ['n', '1'], ['n', 1n], ['n', 1, 7], ['n', 1, {a: {}}], ['n', 1, {get a() { throw new Error('x') }}]]) {
      t.track(...args)
    }
    assert.equal(t.stats.refused, 10)
    await t.close()
    await t.close()
    t.track('n', 1)
    assert.equal(t.stats.dropped, 1)
    createTracker({url: 12, fetch: 'no', onError: () => {}}).track('n', 1)
  })
})
