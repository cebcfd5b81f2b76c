import { messageLimit } from './contract.ts'
import { ProtocolError } from './errors.ts'
import type { Server } from './server.ts'
import { type Store, sessionKeys } from './store/store.ts'

/**
 * How an attempt at a session ended: `answered`, with the length of the reply; `gone`, if the client has given up (or
 * has its answer) and nothing is left to do; `taken`, if another server's reply stands, which then removes the request.
 */
export type Answered =
  | { readonly kind: 'answered'; readonly bytes: number }
  | { readonly kind: 'gone' }
  | { readonly kind: 'taken' }

/**
 * Answers one session: evaluates the request, puts the reply if there is none, removes the request.
 *
 * Any number of servers may do this at once. The first reply stands, and only the server that put it removes the
 * request. A client removes its request before its reply; so a request that is gone when the reply has been put means
 * that the client is too, and that nobody else will remove the reply.
 *
 * @throws {StoreError} if the store fails. The request is then still in place, to be tried again, or answered.
 */
export async function answerSession(server: Server, store: Store, id: string): Promise<Answered> {
  const keys = sessionKeys(server.contract.model, id)
  const limit = messageLimit(server.contract)
  const request = await readRequest(store, keys.request, limit)
  if (request === null) return { kind: 'gone' }
  const reply = await server.evaluate(request)
  if (!(await store.put(keys.reply, reply, { ifAbsent: true }))) return { kind: 'taken' }
  if ((await readRequest(store, keys.request, limit)) === null) {
    await store.delete(keys.reply)
    return { kind: 'gone' }
  }
  await store.delete(keys.request)
  return { kind: 'answered', bytes: reply.length }
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
