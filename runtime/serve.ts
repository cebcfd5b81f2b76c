import { answering } from './answering.ts'
import { type Bell, newBell } from './bell.ts'
import type { ServeEvent } from './events.ts'
import { requireReplyKey } from './reply-key.ts'
import type { Server } from './server.ts'
import { type Store, sessionIdPattern, sessionKeys } from './store/store.ts'

export { type Bell, newBell } from './bell.ts'

export type { ServeEvent } from './events.ts'

export interface ServeOptions {
  readonly signal: AbortSignal
  readonly onEvent?: (event: ServeEvent) => void
  /** Milliseconds between two looks into the store; 50 by default. */
  readonly poll?: number
  /** Milliseconds that this grows to while the store stays empty, where a look costs; by default it does not grow. */
  readonly idlePoll?: number
  /** Sessions under way at once; 8 by default. While one is evaluated, others wait for the store. */
  readonly concurrency?: number
  /** Age in milliseconds at which objects nobody fetched are removed; a day by default. */
  readonly sweepAfter?: number
  /** Rung by whoever knows of a new request before the next look. */
  readonly bell?: Bell
}

/** Milliseconds between two tries at a store, or a session's objects, that fail. */
const longestPause = 5000

/** Milliseconds after which a request that another server has answered is taken for one that it could not remove. */
const grace = 5000

/** When a session is to be taken up again, and what is known of it. */
interface Delay {
  readonly at: number
  readonly pause: number
  /** Whether a reply stands, so that the request is only to be removed. */
  readonly taken: boolean
}

/**
 * Answers every request in a store until the signal is aborted; what is under way then is finished first.
 *
 * Any number of servers may share a store, and a request that is seen twice changes nothing: see `answerSession`. An
 * error of the store is reported and tried again. The store is listed once for each look.
 *
 * @throws {ReplyKeyError} if the server lacks its reply key.
 */
export async function serveStore(
  server: Server,
  store: Store,
  {
    signal,
    onEvent = () => {},
    poll = 50,
    idlePoll = poll,
    concurrency = 8,
    sweepAfter = 86_400_000,
    bell = newBell(),
  }: ServeOptions,
): Promise<void> {
  requireReplyKey(server)
  const { model } = server.contract
  const answer = answering(server, store)
  const prefix = sessionKeys(model, '').request
  const underWay = new Map<string, Promise<void>>()
  const delays = new Map<string, Delay>()

  async function takeUp(id: string): Promise<void> {
    const delay = delays.get(id)
    try {
      if (delay?.taken === true) return await store.delete(sessionKeys(model, id).request)
      const outcome = await answer(id)
      if (outcome.kind === 'answered') onEvent(outcome)
      if (outcome.kind === 'skipped' && outcome.reason === 'taken') {
        delays.set(id, { at: Date.now() + grace, pause: poll, taken: true })
      } else {
        delays.delete(id)
      }
    } catch (error) {
      const pause = Math.min(longestPause, 2 * (delay?.pause ?? poll))
      delays.set(id, { at: Date.now() + pause, pause, taken: delay?.taken === true })
      onEvent({ kind: 'failed', session: id, error })
    }
  }

  /** Takes up everything that is there, and gives how much that was. */
  async function look(): Promise<number> {
    const ids = (await store.list(prefix, { signal })).map(({ key }) => key.slice(prefix.length))
    const there = new Set(ids.filter((id) => sessionIdPattern.test(id)))
    for (const id of delays.keys()) if (!there.has(id)) delays.delete(id)
    let taken = 0
    for (const id of inRandomOrder(there)) {
      if (underWay.has(id) || Date.now() < (delays.get(id)?.at ?? 0)) continue
      while (underWay.size >= concurrency) await Promise.race(underWay.values())
      if (signal.aborted) break
      const session = takeUp(id).finally(() => underWay.delete(id))
      underWay.set(id, session)
      taken += 1
    }
    return taken
  }

  const sweeping = sweepRegularly(model, store, sweepAfter, { signal, onEvent })
  let pause = poll
  while (!signal.aborted) {
    try {
      pause = (await look()) > 0 ? poll : Math.max(poll, Math.min(idlePoll, 1.5 * pause))
    } catch (error) {
      if (signal.aborted) break
      onEvent({ kind: 'failed', session: null, error })
      pause = Math.min(longestPause, 2 * pause)
    }
    await bell.wait(pause, signal)
  }
  await Promise.all([...underWay.values(), sweeping])
}

/** So that servers which share a store rarely do the same at once, and no session is always the last. */
function inRandomOrder(ids: Iterable<string>): string[] {
  return [...ids]
    .map((id) => ({ id, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ id }) => id)
}

/** Removes what nobody fetched, 24 times in the lifetime of such an object, until the signal is aborted. */
async function sweepRegularly(
  model: string,
  store: Store,
  lifetime: number,
  { signal, onEvent }: { readonly signal: AbortSignal; readonly onEvent: (event: ServeEvent) => void },
): Promise<void> {
  const never = newBell()
  while (!signal.aborted) {
    let objects = 0
    try {
      const { request, reply } = sessionKeys(model, '')
      for (const prefix of [request, reply]) {
        for (const { key, modified } of await store.list(prefix, { signal })) {
          if (signal.aborted) break
          if (modified.getTime() >= Date.now() - lifetime) continue
          if (!sessionIdPattern.test(key.slice(prefix.length))) continue
          await store.delete(key)
          objects += 1
        }
      }
    } catch (error) {
      if (!signal.aborted) onEvent({ kind: 'failed', session: null, error })
    }
    if (objects > 0) onEvent({ kind: 'swept', objects })
    await never.wait(lifetime / 24, signal)
  }
}
