import {byteLength, encode, uniqueText} from './event.js'
import {whenHidden, whenOnline} from './page.js'
import {complete} from './options.js'
import {post} from './send.js'

/** Browsers let at most 64 KiB of keepalive requests outlive a page, all together. */
const KEEPALIVE_BYTES = 60_000
/** A batch stays far below the server's limit for a request. */
const BATCH_BYTES = 1 << 20
/** A server may ask for patience, but not for so much that events go stale unseen. */
const LONGEST_WAIT = 5 * 60_000

/**
 * Keeps events in a bounded queue and sends them in batches, one batch at a
 * time, in order. A batch that fails in a way that may pass is sent again
 * under the same Idempotency-Key; each event has an id as well, so that
 * nothing counts twice whatever is repeated.
 */
export class Tracker {
  #options
  #prefix = uniqueText()
  #count = 0
  #queue = [] // {line, bytes}
  #batch = null // {events, key, body}: being sent, or to be sent again
  #sending = null // the promise of the attempt under way
  #timer = null
  #failures = 0
  #closed = false
  #unlisten = []
  #stats = {sent: 0, dropped: 0, refused: 0, retries: 0}

  constructor(options) {
    this.#options = complete(options)
    if (this.#options.flushOnHide) this.#unlisten.push(whenHidden(() => this.#flushForGood()))
    this.#unlisten.push(whenOnline(() => this.#hurry()))
  }

  /** How many events wait, were stored, were dropped because the queue was full, were refused. */
  get stats() {
    return {...this.#stats, queued: this.#queue.length + (this.#batch?.events.length ?? 0)}
  }

  /** Reports that something happened just now. Never throws. */
  track = (metricName, value, tags) => {
    if (this.#closed) {
      this.#stats.dropped++
      this.#report(new Error('the tracker is closed'))
      return
    }
    try {
      const id = `${this.#prefix}-${this.#count++}`
      const line = encode(metricName, value, tags, this.#options.now(), id, this.#options.source)
      this.#enqueue({line, bytes: byteLength(line) + 1})
    } catch (error) {
      this.#stats.refused++
      this.#report(error)
    }
  }

  /**
   * Sends what is waiting now. Resolves when the server has all of it, or when
   * an attempt failed; what was not sent stays in the queue.
   * @returns {Promise<boolean>} whether everything was sent
   */
  flush = async () => {
    do {
      if (!(await this.#send())) return false
    } while (this.#queue.length > 0 || this.#batch)
    return true
  }

  /** Sends what is waiting, then stops. What cannot be sent is dropped. */
  close = async () => {
    if (this.#closed) return
    this.#closed = true
    for (const unlisten of this.#unlisten) unlisten()
    await this.flush()
    this.#clearTimer()
    this.#drop(this.stats.queued)
    this.#queue = []
    this.#batch = null
  }

  #enqueue(event) {
    this.#queue.push(event)
    // The oldest go first: a control room is about the present. A batch that
    // is under way is not touched, it may have arrived already.
    const waiting = this.#queue.length + (this.#batch?.events.length ?? 0)
    if (waiting > this.#options.maxQueue) this.#drop(this.#queue.splice(0, 1).length)
    if (this.#failures > 0) return // the retry's timer is set
    if (this.#queue.length >= this.#options.maxBatch) void this.#send()
    else this.#schedule(this.#options.flushInterval)
  }

  #drop(count) {
    if (count === 0) return
    this.#stats.dropped += count
    this.#report(new Error('events were dropped: the server could not be reached for too long'))
  }

  #schedule(delay, detached = false) {
    if (this.#timer !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.#send()
    }, delay)
    // A Node process stays alive for the first attempt, not for an outage.
    if (detached) this.#timer?.unref?.()
  }

  #clearTimer() {
    clearTimeout(this.#timer)
    this.#timer = null
  }

  #hurry() {
    if (this.#failures === 0) return
    this.#clearTimer()
    void this.#send()
  }

  /** One attempt at the next batch; whoever comes while it lasts shares it. */
  #send() {
    this.#sending ??= this.#attempt().finally(() => {
      this.#sending = null
    })
    return this.#sending
  }

  async #attempt() {
    this.#clearTimer()
    this.#batch ??= this.#nextBatch()
    if (!this.#batch) return true
    const batch = this.#batch
    const answer = await post(batch, this.#options)
    if (this.#batch !== batch) return true // sent meanwhile when the page was hidden
    return this.#settle(batch, answer)
  }

  #settle(batch, answer) {
    if (answer.retry) {
      this.#failures++
      this.#stats.retries++
      this.#report(new Error(answer.reason))
      if (!this.#closed) this.#schedule(this.#backoff(answer), true)
      return false
    }
    this.#failures = 0
    this.#batch = null
    if (answer.done) this.#stats.sent += batch.events.length
    else this.#remainder(batch, answer)
    if (this.#batch || this.#queue.length > 0) this.#schedule(this.#full() || this.#batch ? 0 : this.#options.flushInterval)
    return true
  }

  /** What is left of a batch that cannot go as it is. */
  #remainder(batch, {refused, split, reason}) {
    if (split && batch.events.length > 1) {
      const half = batch.events.length >> 1
      this.#queue.unshift(...batch.events.slice(half))
      this.#batch = seal(batch.events.slice(0, half))
      return
    }
    const rest = refused ? batch.events.filter((_, i) => !refused.has(i)) : []
    const lost = batch.events.length - rest.length
    this.#stats.refused += lost || batch.events.length
    this.#report(new Error(refused ? `an event was refused: ${[...refused.values()][0]}` : reason))
    if (lost > 0 && rest.length > 0) this.#batch = seal(rest)
  }

  #full() {
    return this.#queue.length >= this.#options.maxBatch
  }

  #backoff({after, slowly}) {
    const {minBackoff, maxBackoff, random} = this.#options
    if (after > 0) return Math.min(after, LONGEST_WAIT) + random() * minBackoff
    const ceiling = slowly ? maxBackoff : Math.min(maxBackoff, minBackoff * 2 ** Math.min(this.#failures - 1, 16))
    return ceiling / 2 + (random() * ceiling) / 2
  }

  #nextBatch(most = BATCH_BYTES) {
    let count = 0
    for (let bytes = 0; count < this.#queue.length && count < this.#options.maxBatch; count++) {
      bytes += this.#queue[count].bytes
      if (bytes > most && count > 0) break
    }
    return count > 0 ? seal(this.#queue.splice(0, count)) : null
  }

  /**
   * The page may be gone in a moment: hands everything that fits to requests
   * that outlive it. A batch under way is sent again, since the page's end
   * would cut it off; its key makes that harmless.
   */
  #flushForGood() {
    this.#clearTimer()
    let room = KEEPALIVE_BYTES
    const hand = batch => {
      room -= byteLength(batch.body)
      void this.#sendKept(batch)
    }
    if (this.#batch && byteLength(this.#batch.body) <= room) {
      const batch = this.#batch
      this.#batch = null
      hand(batch)
    }
    while (this.#queue.length > 0 && this.#queue[0].bytes <= room) hand(this.#nextBatch(room))
    if (this.#queue.length > 0 || this.#batch) this.#schedule(this.#options.flushInterval)
  }

  async #sendKept(batch) {
    const answer = await post(batch, {...this.#options, keepalive: true})
    // Still here: the page was only put aside. What failed goes the usual way.
    if (answer.done) this.#stats.sent += batch.events.length
    else {
      this.#queue.unshift(...batch.events)
      this.#schedule(this.#options.flushInterval)
    }
  }

  #report(error) {
    try {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)))
    } catch {
      // The caller's handler is the caller's affair; tracking goes on.
    }
  }
}

function seal(events) {
  return {events, key: uniqueText(), body: events.map(e => e.line).join('\n') + '\n'}
}
