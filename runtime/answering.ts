import { type AnswerOptions, answerSession } from './answer.ts'
import type { Outcome } from './events.ts'
import type { Server } from './server.ts'
import { type Store, sessionKeys } from './store/store.ts'

/** Answers the session of an id; rejects if the store fails, and then the session may be tried again. */
export type Answering = (id: string) => Promise<Outcome>

export interface AnsweringOptions extends AnswerOptions {
  readonly now?: () => number
}

/** Milliseconds for which a process remembers what it answered: twice as long as a ticket lasts. */
const memory = 600_000
/** Sessions that it remembers at most; some 10 MB. */
const mostRemembered = 100_000

/**
 * Answers the sessions of a store, each of them once: one that is in hand is not begun again, and one that this process
 * answered lately is not evaluated again, whatever is put in its place.
 */
export function answering(
  server: Server,
  store: Store,
  { now = Date.now, ...options }: AnsweringOptions = {},
): Answering {
  const inHand = new Map<string, Promise<Outcome>>()
  // When each was answered, oldest first.
  const answered = new Map<string, number>()

  async function answerOnce(session: string): Promise<Outcome> {
    for (const [old, at] of answered) {
      if (answered.size <= mostRemembered && now() - at < memory) break
      answered.delete(old)
    }
    if (answered.has(session)) {
      if (options.keepRequest !== true) await store.delete(sessionKeys(server.contract.model, session).request)
      return { kind: 'skipped', session, reason: 'taken' }
    }
    const started = performance.now()
    const result = await answerSession(server, store, session, options)
    if (result.kind !== 'answered') return { kind: 'skipped', session, reason: result.kind }
    answered.set(session, now())
    const { kind, ...sizes } = result
    return { kind, session, milliseconds: performance.now() - started, ...sizes }
  }

  return (session) => {
    const begun = inHand.get(session)
    if (begun !== undefined) return begun.then(() => ({ kind: 'skipped', session, reason: 'taken' }))
    const work = answerOnce(session).finally(() => inHand.delete(session))
    inHand.set(session, work)
    return work
  }
}
