import { messageLimit } from './contract.ts'
import { ProtocolError } from './errors.ts'
import type { Server } from './server.ts'
import { sleep } from './sleep.ts'
import { type Store, sessionIdPattern, sessionKeys } from './store/store.ts'

/** What a server loop tells its operator: never the contents of a message. */
export type ServeEvent =
  | { readonly kind: 'answered'; readonly session: string; readonly milliseconds: number; readonly bytes: number }
  | { readonly kind: 'swept'; readonly objects: number }
  | { readonly kind: 'failed'; readonly session: string | null; readonly error: unknown }

export interface ServeOptions {
  readonly signal: AbortSignal
  readonly onEvent?: (event: ServeEvent) => void
  /** Milliseconds between two looks into an empty store; 50 by default. */
  readonly poll?: number
  /** Age in milliseconds at which objects nobody fetched are removed; a day by default. */
  readonly sweepAfter?: number
}

/** Milliseconds between two tries at a store, or a session's objects, that fail. */
const longestPause = 5000

/**
 * Answers every request in a store until the signal is aborted. The request in hand is finished first.
 *
 * A reply is put only if there is none: the first one stands, so any number of servers may share a store, and a
 * request that is seen twice changes nothing. An error of the store is reported and tried again.
 */
export async function serveStore(
  server: Server,
  store: Store,
  { signal, onEvent = () => {}, poll = 50, sweepAfter = 86_400_000 }: ServeOptions,
): Promise<void> {
  const prefix = `requests/${server.contract.model}/`
  let [pause, nextSweep] = [poll, 0]
  // Sessions whose objects could not be read or written, and when to try each again.
  const retries = new Map<string, { readonly at: number; readonly pause: number }>()
  while (!signal.aborted) {
    try {
      if (Date.now() >= nextSweep) {
        const objects = await sweep(server.contract.model, store, Date.now() - sweepAfter)
        if (objects > 0) onEvent({ kind: 'swept', objects })
        nextSweep = Date.now() + sweepAfter / 24
      }
      const ids = (await store.list(prefix)).map(({ key }) => key.slice(prefix.length))
      for (const id of retries.keys()) if (!ids.includes(id)) retries.delete(id)
      for (const id of ids.filter((name) => sessionIdPattern.test(name))) {
        if (signal.aborted) return
        const retry = retries.get(id)
        if (retry !== undefined && Date.now() < retry.at) continue
        if (await answerSession(server, store, id, onEvent)) {
          retries.delete(id)
        } else {
          const next = Math.min(longestPause, 2 * (retry?.pause ?? poll))
          retries.set(id, { at: Date.now() + next, pause: next })
        }
      }
      pause = poll
    } catch (error) {
      onEvent({ kind: 'failed', session: null, error })
      pause = Math.min(longestPause, 2 * pause)
    }
    await sleep(pause, signal).catch(() => {})
  }
}

/**
 * Answers one session: evaluate, put the reply if absent, delete the request.
 *
 * @returns false if the store failed; the request is then still in place, to be tried again.
 */
async function answerSession(
  server: Server,
  store: Store,
  id: string,
  onEvent: (event: ServeEvent) => void,
): Promise<boolean> {
  const keys = sessionKeys(server.contract.model, id)
  const started = performance.now()
  try {
    const request = await readRequest(store, keys.request, messageLimit(server.contract))
    if (request === null) return true
    const reply = await server.evaluate(request)
    // The client may have given up, or another server may have answered, in the meantime: leave no reply behind then.
    if ((await readRequest(store, keys.request, messageLimit(server.contract))) === null) return true
    await store.put(keys.reply, reply, { ifAbsent: true })
    await store.delete(keys.request)
    const milliseconds = performance.now() - started
    onEvent({ kind: 'answered', session: id, milliseconds, bytes: reply.length })
    return true
  } catch (error) {
    onEvent({ kind: 'failed', session: id, error })
    return false
  }
}

/** The request's bytes; zeros in the place of one that is too large, to be refused for its length, unread. */
async function readRequest(store: Store, key: string, limit: number): Promise<Uint8Array | null> {
  try {
    return await store.get(key, limit)
  } catch (error) {
    if (error instanceof ProtocolError) return new Uint8Array(limit + 1)
    throw error
  }
}

async function sweep(model: string, store: Store, before: number): Promise<number> {
  let removed = 0
  for (const prefix of [`requests/${model}/`, `replies/${model}/`]) {
    for (const { key, modified } of await store.list(prefix)) {
      if (modified.getTime() >= before || !sessionIdPattern.test(key.slice(prefix.length))) continue
      await store.delete(key)
      removed += 1
    }
  }
  return removed
}
