import { type Answering, answering } from './answer.ts'
import type { ServeEvent } from './events.ts'
import { requireReplyKey } from './reply-key.ts'
import type { Server } from './server.ts'
import { sleep } from './sleep.ts'
import { type Store, sessionIdPattern } from './store/store.ts'

export type { ServeEvent } from './events.ts'

export interface ServeOptions {
  readonly signal: AbortSignal
  readonly onEvent?: (event: ServeEvent) => void
  /** Milliseconds between two looks into an empty store; 50 by default. */
  readonly poll?: number
  /** Age in milliseconds at which objects nobody fetched are removed; a day by default. */
  readonly sweepAfter?: number
  /** Answers sessions, in common with what else answers those of this store; by default of its own. */
  readonly answer?: Answering
}

/** Milliseconds between two tries at a store, or a session's objects, that fail. */
const longestPause = 5000

/**
 * Answers every request in a store until the signal is aborted. The request in hand is finished first.
 *
 * A reply is put only if there is none: the first one stands, so any number of servers may share a store, and a
 * request that is seen twice changes nothing. An error of the store is reported and tried again.
 *
 * @throws {ReplyKeyError} if the server lacks its reply key.
 */
export async function serveStore(
  server: Server,
  store: Store,
  { signal, onEvent = () => {}, poll = 50, sweepAfter = 86_400_000, answer = answering(server, store) }: ServeOptions,
): Promise<void> {
  requireReplyKey(server)
  const prefix = `requests/${server.contract.model}/`
  let [pause, nextSweep] = [poll, 0]
  // Sessions whose objects could not be read or written, or whose reply waits for its client, and when to look again.
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
        const isDone = await answer(id).then(
          (outcome) => {
            if (outcome.kind === 'answered') onEvent(outcome)
            return outcome.kind === 'answered'
          },
          (error: unknown) => {
            onEvent({ kind: 'failed', session: id, error })
            return false
          },
        )
        if (isDone) {
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
