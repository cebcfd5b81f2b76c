import { messageLimit } from '../contract.ts'
import { ProtocolError, type ProtocolErrorCode } from '../errors.ts'
import type { Server } from '../server.ts'
import { placeOf, type Store, type StoreOptions, sessionKeys } from '../store/store.ts'
import { replyError } from '../wire/message.ts'

/**
 * How an attempt at a session ended: `answered`, with the lengths of the messages, and the code if the reply is an error;
 * `gone`, if the client has given up (or has its answer) and nothing is left to do; `taken`, if another server's reply
 * stands, which then removes the request; `spent`, if the session was answered before, and is over.
 */
export type Handled =
  | {
      readonly kind: 'answered'
      readonly requestBytes: number
      readonly replyBytes: number
      readonly error: ProtocolErrorCode | null
      /** Whether the client was still there when the reply was; if not it has it, or came back for none. */
      readonly waiting: boolean
      /** What kept the request from being removed, as it should have been; null if nothing did. */
      readonly left: unknown
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'taken' }
  | { readonly kind: 'spent' }

export interface HandleOptions {
  /**
   * Leaves the request in its place, for its client or a lifecycle rule to remove. Where strangers put requests by
   * presigned URLs this makes them write-once: the store itself refuses a second upload.
   */
  readonly keepRequest?: boolean
  /** Looks for a reply before the evaluation: worth its price where events come twice. */
  readonly lookFirst?: boolean
  /**
   * Marks a session that has a reply as spent before its request is removed, and evaluates none that is spent: so one
   * session is one evaluation for all servers of the store that do this, whatever is put in its place later.
   */
  readonly once?: boolean
  /** Milliseconds that reading the request may take; as long as the store tries, by default. */
  readonly patience?: number
}

/**
 * Answers one session: evaluates the request, puts the reply if there is none, removes the request.
 *
 * Any number of servers may do this at once. The first reply stands, and only the server that put it removes the
 * request. A client removes its request before its reply; so a request that is gone when the reply has been put means
 * that the client is too, and that nobody else will remove the reply.
 *
 * @throws {StoreError} if the store fails before there is a reply. The request is then still in place, to be tried again.
 * @throws the reason of the signal when that is aborted; likewise.
 */
export async function handleSession(
  server: Server,
  store: Store,
  id: string,
  { keepRequest = false, lookFirst = false, once = false, patience, ...options }: HandleOptions & StoreOptions = {},
): Promise<Handled> {
  const keys = sessionKeys(await placeOf(server.contract), id)
  const limit = messageLimit(server.contract)
  const reading = patience === undefined ? options : withTimeout(options, patience)
  const [request, earlier, mark] = await Promise.all([
    readObject(store, keys.request, limit, reading),
    lookFirst ? readObject(store, keys.reply, limit, reading) : null,
    once ? readObject(store, keys.spent, 1, reading) : null,
  ])
  if (request === null) return { kind: 'gone' }
  if (mark !== null) return { kind: 'spent' }
  if (earlier !== null) return { kind: 'taken' }
  const reply = await server.evaluate(request)
  if (!(await store.put(keys.reply, reply, { ...options, ifAbsent: true }))) return { kind: 'taken' }
  const answered = { kind: 'answered', requestBytes: request.length, replyBytes: reply.length } as const
  const error = replyError(reply)
  try {
    const waiting = (await readObject(store, keys.request, limit, options)) !== null
    if (!waiting) await store.delete(keys.reply, options)
    else if (!keepRequest) await endSession(store, keys, { once, ...options })
    return { ...answered, error, waiting, left: null }
  } catch (left) {
    return { ...answered, error, waiting: true, left }
  }
}

/** Removes the request of a session that has its reply, once it is marked as spent, where it is to be. */
export async function endSession(
  store: Store,
  { request, spent }: ReturnType<typeof sessionKeys>,
  { once = false, ...options }: Pick<HandleOptions, 'once'> & StoreOptions,
): Promise<void> {
  if (once) await store.put(spent, new Uint8Array(1), options)
  await store.delete(request, options)
}

function withTimeout({ signal }: StoreOptions, milliseconds: number): StoreOptions {
  const timeout = AbortSignal.timeout(milliseconds)
  return { signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) }
}

/** An object's bytes; zeros in the place of one that is too large, to be refused for its length, unread. */
async function readObject(store: Store, key: string, limit: number, options: StoreOptions): Promise<Uint8Array | null> {
  try {
    return await store.get(key, limit, options)
  } catch (error) {
    if (error instanceof ProtocolError) return new Uint8Array(limit + 1)
    throw error
  }
}
