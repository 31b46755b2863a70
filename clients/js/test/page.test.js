import assert from 'node:assert/strict'
import {afterEach, beforeEach, describe, it} from 'node:test'
import {createTracker} from '../src/index.js'

/** As much of a page as the tracker looks at. */
class Page extends EventTarget {
  visibilityState = 'visible'
  hide() {
    this.visibilityState = 'hidden'
    this.dispatchEvent(new Event('visibilitychange'))
  }
}

let sent
let answer
let window

beforeEach(() => {
  sent = []
  answer = () => new Response(null, {status: 204})
  window = new EventTarget()
  globalThis.document = new Page()
  globalThis.addEventListener = (...args) => window.addEventListener(...args)
  globalThis.removeEventListener = (...args) => window.removeEventListener(...args)
})
afterEach(() => {
  delete globalThis.document
  delete globalThis.addEventListener
  delete globalThis.removeEventListener
})

function tracker(options) {
  return createTracker({url: 'http://monitor.test', flushInterval: 60_000, onError: () => {}, fetch: async (_, init) => {
    sent.push(init)
    return answer(init)
  }, ...options})
}

const settled = () => new Promise(resolve => setImmediate(resolve))

describe('a page that goes away', () => {
  it('sends what waits in requests that outlive it', async () => {
    const t = tracker()
    t.track('n', 1)
    globalThis.document.hide()
    assert.equal(sent.length, 1)
    assert.equal(sent[0].keepalive, true)
    window.dispatchEvent(new Event('pagehide'))
    assert.equal(sent.length, 1)
    await settled()
    assert.equal(t.stats.sent, 1)
    await t.close()
  })

  it('stays within what browsers allow', async () => {
    const t = tracker({maxBatch: 100})
    for (let i = 0; i < 1_000; i++) t.track('n', i, {text: 'x'.repeat(200)})
    await settled()
    sent = []
    for (let i = 0; i < 90; i++) t.track('n', i, {text: 'ü'.repeat(1_000)})
    globalThis.document.hide()
    const bytes = sent.filter(s => s.keepalive).reduce((sum, s) => sum + new TextEncoder().encode(s.body).length, 0)
    assert.ok(bytes > 50_000 && bytes <= 60_000, `${bytes} bytes`)
    await t.close()
    assert.equal(t.stats.sent, 1_090)
  })

  it('sends a batch under way once more, under its own key', async () => {
    let arrive
    answer = () => new Promise(resolve => { arrive ??= () => resolve(new Response(null, {status: 204})) })
    const t = tracker()
    t.track('n', 1)
    void t.flush()
    answer = () => new Response(null, {status: 204})
    globalThis.document.hide()
    assert.equal(sent.length, 2)
    assert.equal(sent[0].headers['Idempotency-Key'], sent[1].headers['Idempotency-Key'])
    arrive()
    await settled()
    assert.equal(t.stats.sent, 1)
    assert.equal(t.stats.queued, 0)
  })

  it('keeps what could not be sent, should the page come back', async () => {
    const t = tracker()
    t.track('n', 1)
    answer = () => { throw new TypeError('offline') }
    globalThis.document.hide()
    await settled()
    assert.equal(t.stats.queued, 1)
    answer = () => new Response(null, {status: 204})
    assert.equal(await t.flush(), true)
    assert.equal(t.stats.sent, 1)
    await t.close()
  })

  it('sends at once when the network is back', async () => {
    const t = tracker({minBackoff: 60_000, maxBackoff: 60_000})
    answer = () => { throw new TypeError('offline') }
    t.track('n', 1)
    assert.equal(await t.flush(), false)
    answer = () => new Response(null, {status: 204})
    window.dispatchEvent(new Event('online'))
    await settled()
    assert.equal(t.stats.sent, 1)
    await t.close()
  })
})
