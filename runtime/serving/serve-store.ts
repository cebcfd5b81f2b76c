import type { Server } from '../server.ts'
import { type Entry, placeOf, type Store, sessionIdPattern, sessionKeys } from '../store/store.ts'
import { type Bell, newBell } from './bell.ts'
import type { ServeEvent } from './events.ts'
import { endSession } from './handle-session.ts'
import { mapConcurrent } from './map-concurrent.ts'
import { requireReplyKey } from './require-reply-key.ts'
import { sessionHandler } from './session-handler.ts'
import { sweepRegularly } from './sweep.ts'
import { takeOrder } from './take-order.ts'

export { type Bell, newBell } from './bell.ts'

export type { ServeEvent } from './events.ts'

/** What a look into the store found. */
export interface Look {
  /** Whether the store could be read. */
  readonly isReached: boolean
  /** Requests that waited. */
  readonly waiting: number
  /** Age of the oldest of them in milliseconds. */
  readonly oldest: number
  /** Objects among them that are no requests. */
  readonly foreign: number
}

export interface ServeOptions {
  readonly signal: AbortSignal
  readonly onEvent?: (event: ServeEvent) => void
  readonly onLook?: (look: Look) => void
  /** Milliseconds between two looks into the store; 50 by default. */
  readonly poll?: number
  /** Milliseconds that this grows to while the store stays empty, where a look costs; by default it does not grow. */
  readonly idlePoll?: number
  /** Sessions under way at once; 8 by default. While one is evaluated, others wait for the store. */
  readonly concurrency?: number
  /** Age in milliseconds at which requests are removed unevaluated, as nobody waits for them; five minutes by default. */
  readonly maxAge?: number
  /** Age in milliseconds at which replies are removed that nobody fetched; ten minutes by default. */
  readonly sweepAfter?: number
  /** Whether a session is marked as spent when it is answered, so that it is evaluated once: see `handleSession`. */
  readonly once?: boolean
  /** Rung by whoever knows of a new request before the next look. */
  readonly bell?: Bell
}

/** Milliseconds between two tries at a store, or a session's objects, that fail. */
const longestPause = 5000
/** Milliseconds after which a request that another server has answered is taken for one that it could not remove. */
const grace = 5000
/** Milliseconds after which the store is looked at again, however much there is to do. */
const longestPass = 1000
/** Milliseconds that a hand waits for a request that it takes up; one that cannot be read is tried again beside the others. */
const longestRead = 15_000
/** Sessions that failed before, under way at once. */
const retriesAtOnce = 2
/** Expired requests that are removed between two looks, and at once. */
const expiredAtOnce = { look: 500, hands: 8 }

/** When a session is to be taken up again, and what is known of it. */
interface Delay {
  readonly at: number
  readonly pause: number
  /** Whether a reply stands, so that the request is only to be removed. */
  readonly isAnswered: boolean
  /** Whether the first attempt took too long: nothing has failed yet, and the next one has more time. */
  readonly isLate: boolean
}

/**
 * Answers every request in a store until the signal is aborted; what is under way then is finished first. New requests
 * come first; those that have waited longer than clients do are removed.
 *
 * Any number of servers may share a store, and a request that is seen twice changes nothing: see `handleSession`. An
 * error of the store is reported and tried again; one of a single object holds up no other.
 *
 * @throws {ReplyKeyError} if the server lacks its reply key. @throws {StoreError} if folders cannot be made.
 */
export async function serveStore(
  server: Server,
  store: Store,
  {
    signal,
    onEvent = () => {},
    onLook = () => {},
    poll = 50,
    idlePoll = poll,
    concurrency = 8,
    maxAge = 300_000,
    sweepAfter = 600_000,
    once = false,
    bell = newBell(),
  }: ServeOptions,
): Promise<void> {
  requireReplyKey(server)
  const answer = sessionHandler(server, store, { once })
  const place = await placeOf(server.contract)
  const { request: folder, ...folders } = sessionKeys(place, '')
  await store.prepare?.([folder, folders.reply, ...(once ? [folders.spent] : [])])
  const underWay = new Map<string, Promise<void>>()
  const retrying = new Map<string, Promise<void>>()
  const delays = new Map<string, Delay>()
  const said = { foreign: false, stuck: false }
  let expiring: Promise<void> | null = null

  /** Once: whoever may not remove one request may remove none of them. */
  function sayStuck(session: string, error: unknown): void {
    if (!said.stuck) onEvent({ kind: 'failed', session, error })
    said.stuck = true
  }

  async function takeUp(id: string, isRetry: boolean): Promise<void> {
    const delay = delays.get(id)
    const later = (isAnswered: boolean, isLate = false) => {
      const pause = Math.min(longestPause, 2 * (delay?.pause ?? poll))
      delays.set(id, { at: Date.now() + pause, pause, isAnswered, isLate })
    }
    try {
      if (delay?.isAnswered === true) {
        await endSession(store, sessionKeys(place, id), { once })
        return void delays.delete(id)
      }
      const { outcome, left } = await answer(id, isRetry ? {} : { patience: longestRead })
      if (outcome.kind === 'answered') onEvent(outcome)
      if (left !== null) {
        later(true)
        sayStuck(id, left)
      } else if (outcome.kind === 'skipped' && outcome.reason === 'taken') {
        delays.set(id, { at: Date.now() + grace, pause: poll, isAnswered: true, isLate: false })
      } else if (outcome.kind === 'skipped') {
        later(false)
      } else {
        delays.delete(id)
      }
    } catch (error) {
      const isAnswered = delay?.isAnswered === true
      const isLate = delay === undefined && error instanceof Error && error.name === 'TimeoutError'
      if (isAnswered) sayStuck(id, error)
      else if (delay === undefined ? !isLate : delay.isLate) onEvent({ kind: 'failed', session: id, error })
      later(isAnswered, isLate)
    }
  }

  /** Removes a part of what has expired. */
  async function expire(expired: readonly Entry[]): Promise<void> {
    let objects = 0
    await mapConcurrent(expired.slice(0, expiredAtOnce.look), expiredAtOnce.hands, async ({ key }) => {
      const isGone = await store.delete(key).then(
        () => true,
        (error: unknown) => {
          sayStuck(key.slice(folder.length), error)
          return false
        },
      )
      if (isGone) objects += 1
    })
    if (objects > 0) onEvent({ kind: 'expired', objects })
  }

  async function look(): Promise<{ readonly entries: readonly Entry[]; readonly expired: readonly Entry[] }> {
    const all: Entry[] = []
    let foreign = 0
    for await (const piece of store.scan(folder, sessionIdPattern, { signal })) {
      all.push(...piece.entries)
      foreign += piece.foreign
    }
    const now = all.length === 0 ? 0 : (await store.now({ signal })).getTime()
    const ageOf = ({ modified }: Entry) => now - modified.getTime()
    const entries = all.filter((entry) => ageOf(entry) <= maxAge)
    const oldest = entries.reduce((most, entry) => Math.max(most, ageOf(entry)), 0)
    onLook({ isReached: true, waiting: entries.length, oldest, foreign })
    if (foreign > 0 && !said.foreign) {
      said.foreign = true
      onEvent({ kind: 'ignored', reason: `objects among the requests are none (${foreign})` })
    }
    return { entries, expired: all.filter((entry) => ageOf(entry) > maxAge) }
  }

  /** Takes up what is there, as long as a pass may take, and gives the pause after it when the last was `former`. */
  async function pass(former: number): Promise<number> {
    const began = performance.now()
    const { entries, expired } = await look()
    // A look that takes long, among many objects, is rarer.
    const looking = performance.now() - began
    const until = performance.now() + Math.max(longestPass, 2 * looking)
    expiring ??= expire(expired).finally(() => {
      expiring = null
    })
    const there = new Set(entries.map(({ key }) => key.slice(folder.length)))
    for (const id of delays.keys()) if (!there.has(id)) delays.delete(id)
    let isBusy = expired.length > 0
    for (const { key } of takeOrder(entries)) {
      const id = key.slice(folder.length)
      const delay = delays.get(id)
      if (underWay.has(id) || retrying.has(id) || Date.now() < (delay?.at ?? 0)) continue
      const hands = delay === undefined ? underWay : retrying
      if (hands === retrying && retrying.size >= retriesAtOnce) continue
      while (hands === underWay && underWay.size >= concurrency) await Promise.race(underWay.values())
      if (signal.aborted || performance.now() > until) return 0
      hands.set(
        id,
        takeUp(id, delay !== undefined).finally(() => hands.delete(id)),
      )
      isBusy = true
    }
    await expiring
    return Math.max(2 * looking, isBusy ? poll : Math.max(poll, Math.min(idlePoll, 1.5 * former)))
  }

  const sweeping = sweepRegularly(server.contract, store, { signal, onEvent, lifetime: sweepAfter })
  let pause = poll
  while (!signal.aborted) {
    try {
      pause = await pass(pause)
    } catch (error) {
      if (signal.aborted) break
      onLook({ isReached: false, waiting: 0, oldest: 0, foreign: 0 })
      onEvent({ kind: 'failed', session: null, error })
      pause = Math.min(longestPause, Math.max(poll, 2 * pause))
    }
    await bell.wait(pause, signal)
  }
  await Promise.all([...underWay.values(), ...retrying.values(), sweeping])
}
