import { type Answering, answering } from './answering.ts'
import { forEachBounded } from './bounded.ts'
import { ReplyKeyError, StoreError } from './errors.ts'
import { jsonLine, type ServeEvent } from './events.ts'
import { deliveriesOf, sessionOf } from './notifications.ts'
import type { ReplyKey } from './reply-key.ts'
import type { Server } from './server.ts'
import { s3Store } from './store/s3.ts'
import type { Store } from './store/store.ts'

export interface LambdaOptions {
  /** Opens the store in a bucket; by default S3, as the function's role may. */
  readonly openBucket?: (bucket: string) => Store
  /** The buckets whose notifications are heeded; by default all that the function is sent. */
  readonly buckets?: readonly string[]
  /** Where in a bucket the requests lie, as in `s3://bucket/prefix`; by default at its top. */
  readonly prefix?: string
  /** The private reply key; by default {@link replyKeyOfEnvironment}. */
  readonly replyKey?: () => Promise<ReplyKey | null>
  /** Sessions of one notification that are in hand at a time; 8 by default. */
  readonly concurrency?: number
  /** Whether answered requests stay until their clients or a lifecycle rule remove them; true by default. */
  readonly keepRequests?: boolean
  /** By default a line of JSON on standard output. */
  readonly onEvent?: (event: ServeEvent) => void
}

/** What SQS is told: the messages to send again. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}

/**
 * The server as the handler of a Lambda function: for notifications of S3, directly, through EventBridge or SNS, or
 * wrapped in SQS. What is no request of this model is ignored. Events may come twice, late and in any order.
 *
 * The invocation fails if the store does, so that it is tried again; of a batch from SQS only the messages that failed.
 *
 * @throws {ReplyKeyError} on every invocation, if the model pins a reply key and there is none, or another one.
 */
export function lambdaHandler(
  server: Server,
  {
    prefix = '',
    openBucket = (bucket) => s3Store(`s3://${bucket}${prefix === '' ? '' : `/${prefix}`}`),
    buckets,
    replyKey = replyKeyOfEnvironment,
    concurrency = 8,
    keepRequests = true,
    onEvent = (event) => console.log(jsonLine(event)),
  }: LambdaOptions = {},
): (event: unknown) => Promise<BatchResponse | undefined> {
  const answerings = new Map<string, Answering>()
  let equipped: Promise<Server> | null = null

  async function answeringOf(bucket: string): Promise<Answering> {
    equipped ??= equip(server, replyKey)
    const ready = await equipped.catch((error: unknown) => {
      // Read again by the next invocation: the secret may be there by then.
      equipped = null
      throw error
    })
    const known =
      answerings.get(bucket) ?? answering(ready, openBucket(bucket), { keepRequest: keepRequests, lookFirst: true })
    answerings.set(bucket, known)
    return known
  }

  return async (event) => {
    const deliveries = deliveriesOf(event)
    const failed = new Set<string | null>()
    const sessions = deliveries.flatMap(({ messageId, created }) => {
      if (created === null) onEvent({ kind: 'ignored', reason: 'it has no form that is known' })
      return (created ?? []).flatMap((object) => {
        const session = sessionOf(object, server.contract.model, prefix)
        const isOurs = session !== null && (buckets?.includes(object.bucket) ?? true)
        if (!isOurs) onEvent({ kind: 'ignored', reason: 'it is of no request of this model' })
        return isOurs ? [{ messageId, session, bucket: object.bucket }] : []
      })
    })
    await forEachBounded(sessions, concurrency, async ({ messageId, session, bucket }) => {
      try {
        const answer = await answeringOf(bucket)
        onEvent(await answer(session))
      } catch (error) {
        if (error instanceof ReplyKeyError) throw error
        failed.add(messageId)
        onEvent({ kind: 'failed', session, error })
      }
    })
    if (deliveries.some(({ messageId }) => messageId !== null)) {
      return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier: String(itemIdentifier) })) }
    }
    if (failed.size > 0) throw new StoreError('Not every session of this notification could be answered. Try it again.')
    return undefined
  }
}

/**
 * The reply key of a function: the value of `EMP_COMPILE_REPLY_KEY`, or of the secret in Secrets Manager whose ARN is
 * in `EMP_COMPILE_REPLY_KEY_SECRET`; null if neither is set.
 */
export async function replyKeyOfEnvironment(): Promise<ReplyKey | null> {
  const { EMP_COMPILE_REPLY_KEY: key, EMP_COMPILE_REPLY_KEY_SECRET: secret } = process.env
  if (key !== undefined && key !== '') return key
  if (secret === undefined || secret === '') return null
  // Loaded by models that pin a key only: it takes as long as the rest of the start.
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager')
  const { SecretString } = await new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: secret }))
  return SecretString ?? null
}

async function equip(server: Server, replyKey: () => Promise<ReplyKey | null>): Promise<Server> {
  if (!server.lacksReplyKey) return server
  const key = await replyKey()
  if (key === null) throw new ReplyKeyError('no-reply-key')
  return server.withReplyKey(key)
}
