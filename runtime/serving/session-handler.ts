import type { Server } from '../server.ts'
import { placeOf, type Store, type StoreOptions, sessionKeys } from '../store/store.ts'
import type { SessionOutcome } from './events.ts'
import { endSession, type HandleOptions, handleSession } from './handle-session.ts'

/** What became of a session, and what kept its request from being removed, if anything did. */
export interface HandledOutcome {
  readonly outcome: SessionOutcome
  readonly left: unknown
}

/** Answers the session of an id; rejects if the store fails, and then the session may be tried again. */
export type SessionHandler = (id: string, options?: CallOptions) => Promise<HandledOutcome>

export interface CallOptions extends StoreOptions, Pick<HandleOptions, 'patience'> {}

export interface SessionHandlerOptions extends HandleOptions {
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
export function sessionHandler(
  server: Server,
  store: Store,
  { now = Date.now, ...handling }: SessionHandlerOptions = {},
): SessionHandler {
  const inHand = new Map<string, Promise<HandledOutcome>>()
  // When each was answered, oldest first.
  const answered = new Map<string, number>()
  const place = placeOf(server.contract)

  async function handleOnce(session: string, { patience, ...options }: CallOptions): Promise<HandledOutcome> {
    for (const [old, at] of answered) {
      if (answered.size <= mostRemembered && now() - at < memory) break
      answered.delete(old)
    }
    const taken: SessionOutcome = { kind: 'skipped', session, reason: 'taken' }
    const end = async (): Promise<HandledOutcome> => {
      if (handling.keepRequest === true) return { outcome: taken, left: null }
      return endSession(store, sessionKeys(await place, session), { ...handling, ...options }).then(
        () => ({ outcome: taken, left: null }),
        (left: unknown) => ({ outcome: taken, left }),
      )
    }
    if (answered.has(session)) return end()
    const started = performance.now()
    const result = await handleSession(server, store, session, {
      ...handling,
      ...options,
      ...(patience === undefined ? {} : { patience }),
    })
    if (result.kind === 'spent') return end()
    if (result.kind !== 'answered') {
      return { outcome: { kind: 'skipped', session, reason: result.kind }, left: null }
    }
    answered.set(session, now())
    const { kind, left, ...sizes } = result
    return { outcome: { kind, session, milliseconds: performance.now() - started, ...sizes }, left }
  }

  return (session, options = {}) => {
    const begun = inHand.get(session)
    if (begun !== undefined) {
      return begun.then(() => ({ outcome: { kind: 'skipped', session, reason: 'taken' }, left: null }))
    }
    const work = handleOnce(session, options).finally(() => inHand.delete(session))
    inHand.set(session, work)
    return work
  }
}
