import { messageLimit } from './contract.ts'
import { ProtocolError, type ProtocolErrorCode } from './errors.ts'
import { replyError } from './message.ts'
import type { Server } from './server.ts'
import { type Store, sessionKeys } from './store/store.ts'

/**
 * How an attempt at a session ended: `answered`, with the lengths of the messages, and the code if the reply is an error;
 * `gone`, if the client has given up (or has its answer) and nothing is left to do; `taken`, if another server's reply
 * stands, which then removes the request.
 */
export type Answered =
  | {
      readonly kind: 'answered'
      readonly requestBytes: number
      readonly replyBytes: number
      readonly error: ProtocolErrorCode | null
      /** Whether the client was still there when the reply was; if not it has it, or came back for none. */
      readonly waiting: boolean
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'taken' }

export interface AnswerOptions {
  /**
   * Leaves the request in its place, for its client or a lifecycle rule to remove. Where strangers put requests by
   * presigned URLs this makes them write-once: the store itself refuses a second upload.
   */
  readonly keepRequest?: boolean
  /** Looks for a reply before the evaluation: worth its price where events come twice. */
  readonly lookFirst?: boolean
}

/**
 * Answers one session: evaluates the request, puts the reply if there is none, removes the request.
 *
 * Any number of servers may do this at once. The first reply stands, and only the server that put it removes the
 * request. A client removes its request before its reply; so a request that is gone when the reply has been put means
 * that the client is too, and that nobody else will remove the reply.
 *
 * @throws {StoreError} if the store fails. The request is then still in place, to be tried again, or answered.
 */
export async function answerSession(
  server: Server,
  store: Store,
  id: string,
  { keepRequest = false, lookFirst = false }: AnswerOptions = {},
): Promise<Answered> {
  const keys = sessionKeys(server.contract.model, id)
  const limit = messageLimit(server.contract)
  const [request, earlier] = await Promise.all([
    readObject(store, keys.request, limit),
    lookFirst ? readObject(store, keys.reply, limit) : null,
  ])
  if (request === null) return { kind: 'gone' }
  if (earlier !== null) return { kind: 'taken' }
  const reply = await server.evaluate(request)
  if (!(await store.put(keys.reply, reply, { ifAbsent: true }))) return { kind: 'taken' }
  const waiting = (await readObject(store, keys.request, limit)) !== null
  if (!waiting) await store.delete(keys.reply)
  else if (!keepRequest) await store.delete(keys.request)
  const [requestBytes, replyBytes] = [request.length, reply.length]
  return { kind: 'answered', requestBytes, replyBytes, error: replyError(reply), waiting }
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
