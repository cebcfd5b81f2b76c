import { StoreError } from '../errors.ts'
import type { Server } from '../server.ts'
import { s3Store } from '../store/s3.ts'
import { placeOf, type Store } from '../store/store.ts'
import type { ReplyKey } from '../wire/reply-key.ts'
import { logObject, type ServeEvent } from './events.ts'
import { separateKeys, withFittingKey } from './fitting-key.ts'
import { mapConcurrent } from './map-concurrent.ts'
import { deliveriesOf, sessionOf } from './notifications.ts'
import { type SessionHandler, sessionHandler } from './session-handler.ts'

export interface LambdaOptions {
  /** Opens the store in a bucket; by default S3, as the function's role may. */
  readonly openBucket?: (bucket: string) => Store
  /** The buckets whose notifications are heeded; by default all that the function is sent. */
  readonly buckets?: readonly string[]
  /** Where in a bucket the requests lie, as in `s3://bucket/prefix`; by default at its top. */
  readonly prefix?: string
  /** The private reply keys. Each server takes the one that it pins; by default {@link replyKeysOfEnvironment}. */
  readonly replyKeys?: () => Promise<readonly ReplyKey[]>
  /** Sessions of one notification that are in hand at a time; 8 by default. */
  readonly concurrency?: number
  /** Whether answered requests stay until their clients or a lifecycle rule remove them; true by default. */
  readonly keepRequests?: boolean
  /** By default an object on the console, at the event's level: a line of JSON where the function's log format is that. */
  readonly onEvent?: (event: ServeEvent) => void
}

/** What SQS is told: the messages to send again. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}

/** What Lambda tells of an invocation; of it only the time that is left is of use. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number
}

/** Milliseconds before the end of an invocation at which its work is given up, so that it can say what failed. */
const farewell = 3000

/** A server, equipped, and where its sessions lie. */
interface Place {
  readonly server: Server
  readonly place: string
}

/**
 * Servers as the handler of a Lambda function: for notifications of S3, directly, through EventBridge or SNS, or wrapped
 * in SQS, and for what Lambda keeps of failed invocations. Requests of other contracts are ignored. Events may come
 * twice, late and in any order.
 *
 * The invocation fails if the store does, so that it is tried again; of a batch from SQS only the messages that failed,
 * or that have no form that is known. Work ends some seconds before the function's own time does.
 *
 * @throws {ReplyKeyError} on every invocation, if a model pins a reply key and there is none, or another one.
 */
export function lambdaHandler(
  servers: Server | readonly Server[],
  {
    prefix = '',
    openBucket = (bucket) => s3Store(`s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`),
    buckets,
    replyKeys = replyKeysOfEnvironment,
    concurrency = 8,
    keepRequests = true,
    onEvent = logObject,
  }: LambdaOptions = {},
): (event: unknown, context?: InvocationContext) => Promise<BatchResponse | undefined> {
  const all: readonly Server[] = 'contract' in servers ? [servers] : servers
  const stores = new Map<string, Store>()
  const handlers = new Map<string, SessionHandler>()
  let equipped: Promise<readonly Place[]> | null = null

  function handlerOf(bucket: string, { server, place }: Place): SessionHandler {
    const store = stores.get(bucket) ?? openBucket(bucket)
    stores.set(bucket, store)
    const name = `${bucket} ${place}`
    const handler = handlers.get(name) ?? sessionHandler(server, store, { keepRequest: keepRequests, lookFirst: true })
    handlers.set(name, handler)
    return handler
  }

  async function equip(): Promise<readonly Place[]> {
    const keys = all.some(({ lacksReplyKey }) => lacksReplyKey) ? await replyKeys() : []
    return Promise.all(
      all.map(async (server) => ({
        server: server.lacksReplyKey ? await withFittingKey(server, keys) : server,
        place: await placeOf(server.contract),
      })),
    )
  }

  return async (event, context) => {
    const deliveries = deliveriesOf(event)
    equipped ??= equip()
    const places = await equipped.catch((error: unknown) => {
      // Read again by the next invocation: the secret may be there by then.
      equipped = null
      throw error
    })
    const remaining = context?.getRemainingTimeInMillis()
    const options = remaining === undefined ? {} : { signal: AbortSignal.timeout(Math.max(0, remaining - farewell)) }
    const failed = new Set<string | null>()
    const sessions = deliveries.flatMap(({ messageId, created }) => {
      if (created === null) {
        onEvent({ kind: 'ignored', reason: 'a notification has no form that is known' })
        // Kept by the queue, for somebody to look at.
        if (messageId !== null) failed.add(messageId)
      }
      return (created ?? []).flatMap((object) => {
        const heeded = buckets?.includes(object.bucket) ?? true
        const found = places.flatMap((place) => {
          const session = heeded ? sessionOf(object, place.place, prefix) : null
          return session === null ? [] : [{ messageId, session, handle: () => handlerOf(object.bucket, place) }]
        })
        if (found.length === 0) onEvent({ kind: 'ignored', reason: 'a notification is of no request of this model' })
        return found
      })
    })
    await mapConcurrent(sessions, concurrency, async ({ messageId, session, handle }) => {
      try {
        const { outcome, left } = await handle()(session, options)
        onEvent(outcome)
        if (left !== null) onEvent({ kind: 'failed', session, error: left })
      } catch (error) {
        failed.add(messageId)
        onEvent({ kind: 'failed', session, error: options.signal?.aborted === true ? outOfTime(error) : error })
      }
    })
    if (deliveries.some(({ messageId }) => messageId !== null)) {
      return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier: String(itemIdentifier) })) }
    }
    if (failed.size > 0) throw new StoreError('Not every session of this notification could be answered. Try it again.')
    return undefined
  }
}

const outOfTime = (cause: unknown) =>
  new StoreError('The store did not answer in the time that the function has. It is tried again.', { cause })

/**
 * The reply keys of a function: in the value of `EMP_COMPILE_REPLY_KEY`, or of the secret in Secrets Manager whose ARN is
 * in `EMP_COMPILE_REPLY_KEY_SECRET`, one after another; none if neither is set.
 */
export async function replyKeysOfEnvironment(): Promise<readonly ReplyKey[]> {
  const { EMP_COMPILE_REPLY_KEY: keys, EMP_COMPILE_REPLY_KEY_SECRET: secret } = process.env
  if (keys !== undefined && keys !== '') return separateKeys(keys)
  if (secret === undefined || secret === '') return []
  // Loaded by models that pin a key only: it takes as long as the rest of the start.
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
  const { SecretString } = await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: secret }))
  return separateKeys(SecretString ?? '')
}
