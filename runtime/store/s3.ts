import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'
import { ProtocolError, StoreError } from '../errors.ts'
import { storeClock } from './s3-clock.ts'
import { failureOf, isTransient, storeError } from './s3-errors.ts'
import { checkKey, type Entry, isKey, type Store } from './store.ts'
import { type RetryOptions, withRetries } from './with-retries.ts'

/** What the usual AWS means (environment, profile, role of the machine) do not say, or say otherwise. */
export interface S3Options {
  /** URL of a service other than AWS; `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` by default. */
  readonly endpoint?: string
  readonly region?: string
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** Milliseconds that one attempt at a request may take; 10,000 by default. */
  readonly deadline?: number
  /** RetryOptions at a request; 6 by default, which passes over disturbances of a second or two. */
  readonly attempts?: number
}

/**
 * A bucket of S3, or of a service that is compatible down to conditional writes, as the store; `s3://bucket/prefix`
 * holds its objects below the prefix. With an endpoint of its own it is addressed by path, as such services expect,
 * and the region is `us-east-1` unless one is set. Keys and prefix together have at most 1,024 characters.
 *
 * Requests are attempted several times, with random pauses. A put whose response was lost is not taken for another's:
 * if the very same bytes stand there afterwards, it was written.
 *
 * @throws {RangeError} if the URL is none of this kind. @throws {StoreError} if the endpoint is no URL.
 */
export function s3Store(url: string, options: S3Options = {}): Store {
  const { bucket, root } = parseUrl(url)
  const client = new S3Client(configOf(options))
  const clock = storeClock(client)
  const attempts: RetryOptions = {
    most: options.attempts ?? 6,
    deadline: options.deadline ?? 10_000,
    pause: 100,
    isTransient,
  }
  const objectAt = (key: string) => {
    checkKey(key)
    return { Bucket: bucket, Key: root + key }
  }

  async function tried<T>(
    action: string,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal, before: number) => Promise<T>,
  ): Promise<T> {
    try {
      return await withRetries(work, attempts, signal)
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof ProtocolError) throw error
      throw storeError(action, bucket, error)
    }
  }

  const store: Store = {
    async put(key, bytes, { ifAbsent = false, signal } = {}) {
      const object = objectAt(key)
      const body = { Body: bytes.slice(), ContentType: 'application/cbor', ContentLength: bytes.length }
      const put = new PutObjectCommand({ ...object, ...body, ...(ifAbsent ? { IfNoneMatch: '*' } : {}) })
      // Whether an attempt may have written, though it failed.
      let unsure = false
      const written = await tried('write to', signal, async (abortSignal) => {
        try {
          await client.send(put, { abortSignal })
          return true
        } catch (error) {
          if (failureOf(error).status === 412) return false
          unsure ||= failureOf(error).status !== 409
          throw error
        }
      })
      if (written || !unsure) return written
      return isSame(bytes, await store.get(key, bytes.length, signal === undefined ? {} : { signal }).catch(orNull))
    },

    async get(key, maxBytes, { signal } = {}) {
      const object = objectAt(key)
      return tried('read from', signal, async (abortSignal) => {
        try {
          const { Body, ContentLength } = await client.send(new GetObjectCommand(object), { abortSignal })
          return await readBody(Body as AsyncIterable<Uint8Array>, ContentLength, maxBytes, abortSignal)
        } catch (error) {
          if (failureOf(error).code === 'NoSuchKey') return null
          throw error
        }
      })
    },

    async delete(key, { signal } = {}) {
      const object = objectAt(key)
      await tried('delete from', signal, (abortSignal) => client.send(new DeleteObjectCommand(object), { abortSignal }))
    },

    async list(prefix, { signal } = {}) {
      const entries: Entry[] = []
      for await (const page of pagesOf(prefix, signal)) entries.push(...page.filter(({ key }) => isKey(key)))
      return entries
    },

    async *scan(folder, name, { signal } = {}) {
      for await (const page of pagesOf(folder, signal)) {
        const entries = page.filter(({ key }) => name.test(key.slice(folder.length)))
        yield { entries, foreign: page.length - entries.length }
      }
    },

    async now({ signal } = {}) {
      if (clock.offset === null) {
        const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: `${root}requests/`, MaxKeys: 1 })
        await tried('list', signal, (abortSignal) => client.send(list, { abortSignal }))
      }
      return new Date(Date.now() + (clock.offset ?? 0))
    },
  }

  async function* pagesOf(prefix: string, signal: AbortSignal | undefined): AsyncGenerator<readonly Entry[]> {
    if (prefix !== '') checkKey(prefix.replace(/\/$/, ''))
    let token: string | undefined
    do {
      const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: root + prefix, ContinuationToken: token })
      const page = await tried('list', signal, (abortSignal) => client.send(list, { abortSignal }))
      yield (page.Contents ?? []).flatMap(({ Key = '', LastModified: modified }) =>
        modified === undefined ? [] : [{ key: Key.slice(root.length), modified }],
      )
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined
    } while (token !== undefined)
  }
  return store
}

/** The bucket of a `s3://bucket/prefix`, and what all keys in it begin with. @throws {RangeError} */
export function parseUrl(url: string): { bucket: string; root: string } {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/+(.*?))?\/*$/s.exec(url) ?? []
  if (bucket === '' || (prefix !== '' && !isKey(prefix))) {
    throw new RangeError(
      'A store on S3 is s3://bucket or s3://bucket/prefix, of letters, digits, "-", "_", "." and "/".',
    )
  }
  return { bucket, root: prefix === '' ? '' : `${prefix}/` }
}

/** The SDK's options: what is given, and else what the environment says. */
export function configOf({ endpoint = endpointSet(), region, credentials }: S3Options): S3ClientConfig {
  if (endpoint !== undefined && !/^https?:$/.test(URL.canParse(endpoint) ? new URL(endpoint).protocol : '')) {
    throw new StoreError('The endpoint of S3 is not a URL. Set AWS_ENDPOINT_URL to one such as http://localhost:9000.')
  }
  const sockets = { maxSockets: 256, keepAlive: true }
  return {
    maxAttempts: 1,
    requestHandler: { httpAgent: sockets, httpsAgent: sockets },
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...regionOf(region ?? setTo('AWS_REGION') ?? setTo('AWS_DEFAULT_REGION'), endpoint !== undefined),
  }
}

/** Other services rarely have regions, but signatures need one. */
function regionOf(region: string | undefined, elsewhere: boolean): { region?: string | (() => Promise<string>) } {
  if (region !== undefined) return { region }
  if (!elsewhere) return {}
  const ofProfile = new S3Client().config.region
  return { region: async () => (await ofProfile().catch(() => '')) || 'us-east-1' }
}

const setTo = (name: string) => (process.env[name] === '' ? undefined : process.env[name])
const endpointSet = () => setTo('AWS_ENDPOINT_URL_S3') ?? setTo('AWS_ENDPOINT_URL')

/** Reads a body to its end; one that is too long is given up unread, or as soon as that shows. */
async function readBody(
  body: AsyncIterable<Uint8Array>,
  declared: number | undefined,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (declared !== undefined && declared > maxBytes) throw new ProtocolError('too-large')
  const chunks: Uint8Array[] = []
  let length = 0
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  stopped.catch(() => {})
  const iterator = body[Symbol.asyncIterator]()
  for (;;) {
    const { done, value } = await Promise.race([iterator.next(), stopped])
    if (done === true) break
    length += value.length
    if (length > maxBytes) throw new ProtocolError('too-large')
    chunks.push(value)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function isSame(bytes: Uint8Array, other: Uint8Array | null): boolean {
  return other !== null && other.length === bytes.length && bytes.every((byte, i) => byte === other[i])
}

/** An object longer than asked for is not the one that was put. */
function orNull(error: unknown): null {
  if (error instanceof ProtocolError) return null
  throw error
}
