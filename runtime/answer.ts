import { messageLimit } from './contract.ts'
import { ProtocolError } from './errors.ts'
import type { Outcome } from './events.ts'
import { replyError } from './message.ts'
import type { Server } from './server.ts'
import { type Store, sessionKeys } from './store/store.ts'

export interface AnswerOptions {
  /**
   * Leaves the request in its place for its client, or a lifecycle rule, to remove. Where strangers put requests by
   * presigned URLs this is what makes them write-once: the store itself refuses a second upload.
   */
  readonly keepRequests?: boolean
  readonly now?: () => number
}

/** Answers the session of an id; rejects if the store fails, and then the session may be tried again. */
export type Answering = (id: string) => Promise<Outcome>

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
  { keepRequests = false, now = Date.now }: AnswerOptions = {},
): Answering {
  const inHand = new Map<string, Promise<Outcome>>()
  // When each was answered, oldest first.
  const answered = new Map<string, number>()

  async function answerOnce(id: string): Promise<Outcome> {
    for (const [old, at] of answered) {
      if (answered.size <= mostRemembered && now() - at < memory) break
      answered.delete(old)
    }
    if (answered.has(id)) {
      if (!keepRequests) await store.delete(sessionKeys(server.contract.model, id).request)
      return { kind: 'skipped', session: id, reason: 'answered' }
    }
    const outcome = await answerSession(server, store, id, keepRequests)
    if (outcome.kind === 'answered') answered.set(id, now())
    return outcome
  }

  return (id) => {
    const begun = inHand.get(id)
    if (begun !== undefined) return begun.then(() => ({ kind: 'skipped', session: id, reason: 'answered' }))
    const work = answerOnce(id).finally(() => inHand.delete(id))
    inHand.set(id, work)
    return work
  }
}

/**
 * Evaluates a request, puts the reply if there is none, removes the request. Events come twice, and several servers may
 * share a store: the first reply stands.
 */
async function answerSession(server: Server, store: Store, id: string, keepRequest: boolean): Promise<Outcome> {
  const keys = sessionKeys(server.contract.model, id)
  const limit = messageLimit(server.contract)
  const started = performance.now()
  const [request, earlier] = await Promise.all([
    readObject(store, keys.request, limit),
    readObject(store, keys.reply, limit),
  ])
  if (request === null) return { kind: 'skipped', session: id, reason: 'gone' }
  if (earlier !== null) return { kind: 'skipped', session: id, reason: 'answered' }
  const reply = await server.evaluate(request)
  if (!(await store.put(keys.reply, reply, { ifAbsent: true }))) {
    return { kind: 'skipped', session: id, reason: 'answered' }
  }
  // Of the servers only the one whose reply stands removes a request. So this one was removed by its client, who has an
  // earlier reply or has given up, removes the request before the reply, and will not come back for this reply.
  if ((await readObject(store, keys.request, limit)) === null) {
    await store.delete(keys.reply)
    return { kind: 'skipped', session: id, reason: 'gone' }
  }
  if (!keepRequest) await store.delete(keys.request)
  return {
    kind: 'answered',
    session: id,
    milliseconds: performance.now() - started,
    requestBytes: request.length,
    replyBytes: reply.length,
    error: replyError(reply),
  }
}

/** An object's bytes; zeros in the place of one that is too large, to be refused for its length, unread. */
async function readObject(store: Store, key: string, limit: number): Promise<Uint8Array | null> {
  try {
    return await store.get(key, limit)
  } catch (error) {
    if (error instanceof ProtocolError) return new Uint8Array(limit + 1)
    throw error
  }
}
