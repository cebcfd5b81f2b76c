import { sessionIdPattern, sessionKeys } from '../store/store.ts'

/** An object that a store says was created. */
export interface Created {
  readonly bucket: string
  readonly key: string
}

/** What one message says; `created` is null if it says nothing that is known here. */
export interface Delivery {
  /** By which a queue knows the message; null if it came without a queue. */
  readonly messageId: string | null
  readonly created: readonly Created[] | null
}

/**
 * Reads a notification of S3: as S3 itself, Ceph and MinIO send it, through EventBridge ("Object Created"), through SNS,
 * each of them also through SQS, or in the record of an invocation
 * that failed, and S3's test event. Of everything but creations it says nothing.
 */
export function deliveriesOf(event: unknown): readonly Delivery[] {
  const records = isObject(event) && Array.isArray(event.Records) ? event.Records : []
  const messages = records.filter((record) => isObject(record) && record.eventSource === 'aws:sqs')
  if (messages.length === 0) return [{ messageId: null, created: createdIn(event) }]
  return messages.map(({ messageId, body }) => ({ messageId: String(messageId), created: createdIn(parse(body)) }))
}

/** The session whose request in a place an object is; null for any other object. */
export function sessionOf({ key }: Created, place: string, prefix = ''): string | null {
  const folder = `${prefix === '' ? '' : `${prefix}/`}${sessionKeys(place, '').request}`
  if (!key.startsWith(folder)) return null
  const id = key.slice(folder.length)
  return sessionIdPattern.test(id) ? id : null
}

function createdIn(event: unknown): readonly Created[] | null {
  if (!isObject(event)) return null
  if (event.Event === 's3:TestEvent') return []
  // What Lambda keeps of an invocation that failed.
  if (isObject(event.requestContext) && 'requestPayload' in event) return createdIn(event.requestPayload)
  if (event.Type === 'Notification') return createdIn(parse(event.Message))
  if (event['detail-type'] === 'Object Created') return createdAt(event.detail, (key) => key)
  if (!Array.isArray(event.Records)) return null
  const created = event.Records.map((record: unknown) => {
    if (!isObject(record)) return null
    if (isObject(record.Sns)) return createdIn(parse(record.Sns.Message))
    if (typeof record.eventName !== 'string') return null
    return /^(s3:)?ObjectCreated:/.test(record.eventName) ? createdAt(record.s3, decodeKey) : []
  })
  return created.length > 0 && created.every((part) => part === null) ? null : created.flatMap((part) => part ?? [])
}

function createdAt(detail: unknown, decode: (key: string) => string): readonly Created[] | null {
  if (!isObject(detail) || !isObject(detail.bucket) || !isObject(detail.object)) return null
  const [bucket, key] = [detail.bucket.name, detail.object.key]
  return typeof bucket === 'string' && typeof key === 'string' ? [{ bucket, key: decode(key) }] : null
}

/** S3 sends a key as in a query string, with `+` for a space; Ceph sends it as it is. The keys of sessions are the same. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch {
    return key
  }
}

function parse(text: unknown): unknown {
  try {
    return JSON.parse(String(text))
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
