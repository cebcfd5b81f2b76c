import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { cellsFor } from '../../compiler/missing.ts'
import { StoreError } from '../../runtime/errors.ts'
import { defineSignsServer, type Server } from '../../runtime/schemes/signs/server.ts'
import type { ServeEvent } from '../../runtime/serving/events.ts'
import { type LambdaOptions, lambdaHandler } from '../../runtime/serving/lambda.ts'
import { overStore } from '../../runtime/session/index.ts'
import { memoryStore, type Store } from '../../runtime/store/index.ts'
import { s3Store } from '../../runtime/store/s3.ts'
import { placeOf, sessionKeys } from '../../runtime/store/store.ts'
import * as shapes from '../cases/events/shapes.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower, recordOf } from '../support/plans.ts'
import { credentials, describeS3, freshBucket, s3Server } from '../support/s3/index.ts'
import { notifyWebhook } from '../support/s3/topic.ts'
import { tableOf } from '../support/tables.ts'
import { answerOf, boundedOptions, trainClasses } from '../support/trees.ts'

const rows = Array.from({ length: 40 }, (_, i) => [
  String(i),
  String((i * 7) % 13),
  i % 9 < 4 || i > 30 ? 'sick' : 'well',
])
const table = tableOf(['age', 'days', 'target'], rows)
const tree = trainClasses(table, { ...boundedOptions, maxDepth: 3, minSamplesLeaf: 1 })
const plan = lower(tree, { name: 'test', keyBits: 512 })
const client = clientOf(plan)
const server = defineSignsServer(plan.contract, plan.server.tests)
const key = insecureTestKey(512)
const truth = (row: number) => answerOf(tree, cellsFor(table, tree)(row))
const sealed = await client.seal(recordOf(table, tree, 3), key)
const idOf = (i: number) => i.toString(16).padStart(32, '0')
const place = await placeOf(plan.contract)
const requestKey = (i: number) => `requests/${place}/${idOf(i)}`
const replyKey = (i: number) => `replies/${place}/${idOf(i)}`

/** A store with requests 0 .. count - 1, and a handler whose evaluations and events are recorded. */
async function bucketOf(count: number, options: LambdaOptions = {}, of: Server = server) {
  const store = memoryStore()
  for (let i = 0; i < count; i++) await store.put(requestKey(i), sealed.request)
  const evaluate = vi.fn(of.evaluate)
  const events: ServeEvent[] = []
  const own = { openBucket: () => store, onEvent: (event: ServeEvent) => events.push(event), ...options }
  const handler = lambdaHandler({ ...of, evaluate }, own)
  return { store, evaluate, events, handler, own }
}
const s3Event = (...indices: number[]) => ({ Records: indices.map((i) => shapes.s3Record('bucket', requestKey(i))) })
const opened = async (store: Store, i: number) => {
  const reply = await store.get(replyKey(i), 10_000)
  return reply === null ? null : (await sealed.open(reply)).answer
}

test.each([
  ['S3', s3Event(0)],
  ['Ceph', { Records: [shapes.cephRecord('bucket', requestKey(0))] }],
  ['EventBridge', shapes.eventBridge('bucket', requestKey(0))],
  ['SNS', shapes.snsEvent(s3Event(0))],
  ['SQS', shapes.sqsEvent(s3Event(0))],
  ['SNS to SQS', shapes.sqsEvent(shapes.snsEnvelope(s3Event(0)))],
  ['EventBridge to SQS', shapes.sqsEvent(shapes.eventBridge('bucket', requestKey(0)))],
])('a notification by %s is answered', async (name, event) => {
  const { handler, store, events } = await bucketOf(1)
  expect(await handler(event)).toEqual(name.includes('SQS') ? { batchItemFailures: [] } : undefined)
  expect(await opened(store, 0)).toBe(truth(3))
  const sizes = { requestBytes: sealed.request.length, replyBytes: plan.cost.replyBytes }
  expect(events).toMatchObject([{ kind: 'answered', session: idOf(0), error: null, ...sizes }])
})

test('all records of a notification are answered, so many at a time', async () => {
  let [now, most] = [0, 0]
  const slow: Server = {
    ...server,
    async evaluate(request) {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => setTimeout(resolve, 5))
      now -= 1
      return server.evaluate(request)
    },
  }
  const { handler, store } = await bucketOf(20, { concurrency: 4 }, slow)
  await handler(s3Event(...Array.from({ length: 20 }, (_, i) => i)))
  expect(most).toBe(4)
  for (let i = 0; i < 20; i++) expect(await opened(store, i)).toBe(truth(3))
})

test('a request that comes twice, in one notification or in two, is evaluated once: the first reply stands', async () => {
  const { handler, store, evaluate, events } = await bucketOf(1)
  await Promise.all([handler(s3Event(0, 0)), handler(shapes.sqsEvent(s3Event(0), s3Event(0)))])
  const first = await store.get(replyKey(0), 10_000)
  await handler(s3Event(0))
  expect(await store.get(replyKey(0), 10_000)).toEqual(first)
  expect(evaluate).toHaveBeenCalledTimes(1)
  expect(events.map(({ kind }) => kind).sort()).toEqual(['answered', 'skipped', 'skipped', 'skipped', 'skipped'])
})

test('another instance, which remembers nothing, sees the reply and evaluates nothing', async () => {
  const { handler, store, own } = await bucketOf(1)
  await handler(s3Event(0))
  const evaluate = vi.fn(server.evaluate)
  await lambdaHandler({ ...server, evaluate }, own)(s3Event(0))
  expect(evaluate).not.toHaveBeenCalled()
  expect(await opened(store, 0)).toBe(truth(3))
})

test('a notification after the client has gone leaves nothing', async () => {
  const { handler, store, evaluate, events } = await bucketOf(0)
  await handler(s3Event(0))
  expect(evaluate).not.toHaveBeenCalled()
  expect(await store.list('')).toEqual([])
  expect(events).toEqual([{ kind: 'skipped', session: idOf(0), reason: 'gone' }])
})

test.each<[string, unknown]>([
  ['the test event', shapes.s3TestEvent],
  ['a removal', { Records: [shapes.s3Record('bucket', requestKey(0), 'ObjectRemoved:Delete')] }],
  ['a reply', { Records: [shapes.s3Record('bucket', replyKey(0))] }],
  ['another model', { Records: [shapes.s3Record('bucket', `requests/other/0123456789abcdef/${idOf(0)}`)] }],
  ['no session', { Records: [shapes.s3Record('bucket', `requests/${place}/../../etc/passwd`)] }],
  ['another bucket', { Records: [shapes.s3Record('other', requestKey(0))] }],
  ['no notification', { hello: 'world' }],
  ['nothing', undefined],
])('%s is ignored, without a look into the store', async (_, event) => {
  const openBucket = vi.fn(() => memoryStore())
  const { handler } = await bucketOf(1, { openBucket, buckets: ['bucket'] })
  expect(await handler(event)).toBeUndefined()
  expect(openBucket).not.toHaveBeenCalled()
})

test('requests below a prefix are those of the store there', async () => {
  const openBucket = vi.fn((_: string): Store => store)
  const { handler, store } = await bucketOf(1, { prefix: 'a/b' })
  const prefixed = lambdaHandler(server, { prefix: 'a/b', openBucket, onEvent: () => {} })
  await prefixed({ Records: [shapes.s3Record('one', `a/b/${requestKey(0)}`)] })
  expect(openBucket.mock.calls).toEqual([['one']])
  expect(await opened(store, 0)).toBe(truth(3))
  await handler(s3Event(0))
})

describe('a store that fails', () => {
  const failingAt = (store: Store, i: number): Store => ({
    ...store,
    put: (name, ...rest) => (name === replyKey(i) ? Promise.reject(new StoreError('full')) : store.put(name, ...rest)),
  })

  test('fails the invocation, so that it is tried again; the others are answered', async () => {
    const { store, own, events } = await bucketOf(3)
    const handler = lambdaHandler(server, { ...own, openBucket: () => failingAt(store, 1) })
    await expect(handler(s3Event(0, 1, 2))).rejects.toThrow(StoreError)
    expect([await opened(store, 0), await opened(store, 1), await opened(store, 2)]).toEqual([truth(3), null, truth(3)])
    expect(events.filter(({ kind }) => kind === 'failed')).toMatchObject([{ session: idOf(1) }])
    await lambdaHandler(server, own)(s3Event(0, 1, 2))
    expect(await opened(store, 1)).toBe(truth(3))
  })

  test('fails of a batch the messages concerned alone', async () => {
    const { store, own } = await bucketOf(4)
    const handler = lambdaHandler(server, { ...own, openBucket: () => failingAt(store, 2) })
    const event = shapes.sqsEvent(s3Event(0), s3Event(1, 2), s3Event(2), s3Event(3), 'no JSON')
    expect(await handler(event)).toEqual({
      batchItemFailures: ['message-4', 'message-1', 'message-2'].map((itemIdentifier) => ({ itemIdentifier })),
    })
  })
})

describe('requests that were answered', () => {
  test('stay where strangers put them, and a second upload after the reply was fetched is not answered', async () => {
    const { handler, store, evaluate } = await bucketOf(1)
    await handler(s3Event(0))
    expect(await store.get(requestKey(0), 10_000)).not.toBeNull()
    await store.delete(replyKey(0))
    await handler(s3Event(0))
    expect(evaluate).toHaveBeenCalledTimes(1)
    expect(await store.get(replyKey(0), 10_000)).toBeNull()
  })

  test('are removed where that is asked for, a second upload included', async () => {
    const { handler, store, evaluate } = await bucketOf(1, { keepRequests: false })
    await handler(s3Event(0))
    expect(await store.get(requestKey(0), 10_000)).toBeNull()
    await store.delete(replyKey(0))
    await store.put(requestKey(0), sealed.request)
    await handler(s3Event(0))
    expect(evaluate).toHaveBeenCalledTimes(1)
    expect(await store.list('')).toEqual([])
  })
})

describe('the reply key', () => {
  afterEach(() => vi.unstubAllEnvs())
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  // The point is the end of its encoding.
  const point = pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-65).toString('base64url')
  const secret = pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
  const signing = lower(tree, { name: 'test', keyBits: 512, replyKey: point })
  const unequipped = defineSignsServer(signing.contract, signing.server.tests)
  const keyAt = async (folder: string, i: number) => `${folder}/${await placeOf(signing.contract)}/${idOf(i)}`
  const pinnedEvent = async (...indices: number[]) => ({
    Records: await Promise.all(indices.map(async (i) => shapes.s3Record('bucket', await keyAt('requests', i)))),
  })

  test('of the environment signs the replies', async () => {
    vi.stubEnv('EMP_COMPILE_REPLY_KEY', secret)
    const { store, own } = await bucketOf(0)
    const pinned = await clientOf(signing).seal(recordOf(table, tree, 3), key)
    await store.put(await keyAt('requests', 0), pinned.request)
    await lambdaHandler(unequipped, own)(await pinnedEvent(0))
    expect((await pinned.open((await store.get(await keyAt('replies', 0), 10_000)) ?? pinned.request)).answer).toBe(
      truth(3),
    )
  })

  test('of Secrets Manager does, too: asked for once', async () => {
    const asked: unknown[] = []
    const secrets = createServer(async (request, response) => {
      asked.push([request.headers['x-amz-target'], JSON.parse(Buffer.concat(await request.toArray()).toString())])
      response.setHeader('content-type', 'application/x-amz-json-1.1')
      response.end(JSON.stringify({ SecretString: secret }))
    })
    await new Promise<void>((resolve) => secrets.listen(0, '127.0.0.1', resolve))
    const environment = {
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${(secrets.address() as AddressInfo).port}`,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test-secret',
      EMP_COMPILE_REPLY_KEY_SECRET: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:reply-key',
    }
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    const { store, own } = await bucketOf(0)
    const pinned = await clientOf(signing).seal(recordOf(table, tree, 3), key)
    for (const i of [0, 1]) await store.put(await keyAt('requests', i), pinned.request)
    const handler = lambdaHandler(unequipped, own)
    await handler(await pinnedEvent(0))
    await handler(await pinnedEvent(1))
    secrets.close()
    for (const i of [0, 1]) {
      expect((await pinned.open((await store.get(await keyAt('replies', i), 10_000)) ?? pinned.request)).answer).toBe(
        truth(3),
      )
    }
    const SecretId = environment.EMP_COMPILE_REPLY_KEY_SECRET
    expect(asked).toEqual([['secretsmanager.GetSecretValue', { SecretId }]])
  })

  test('of two versions stand one after another in one secret, and each version takes its own', async () => {
    const next = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const nextPoint = next.publicKey.export({ type: 'spki', format: 'der' }).subarray(-65).toString('base64url')
    const fresh = lower(tree, { name: 'test', keyBits: 512, replyKey: nextPoint })
    const pems = [next, pair].map(({ privateKey }) => privateKey.export({ type: 'pkcs8', format: 'pem' }))
    vi.stubEnv('EMP_COMPILE_REPLY_KEY', pems.join('\n'))
    const { store, own } = await bucketOf(0)
    const handler = lambdaHandler([unequipped, defineSignsServer(fresh.contract, fresh.server.tests)], own)
    for (const version of [signing, fresh]) {
      const keys = sessionKeys(await placeOf(version.contract), idOf(1))
      const pinned = await clientOf(version).seal(recordOf(table, tree, 3), key)
      await store.put(keys.request, pinned.request)
      await handler({ Records: [shapes.s3Record('bucket', keys.request)] })
      const reply = await store.get(keys.reply, 10_000)
      expect((await pinned.open(reply ?? pinned.request)).answer).toBe(truth(3))
    }
    // Without the key of one of them nothing is answered by either.
    vi.stubEnv('EMP_COMPILE_REPLY_KEY', String(pems[0]))
    const half = lambdaHandler([unequipped, defineSignsServer(fresh.contract, fresh.server.tests)], own)
    await expect(half(await pinnedEvent(2))).rejects.toMatchObject({ code: 'wrong-reply-key' })
  })

  test('that is not there, or another one, fails every invocation, and nothing unsigned is sent', async () => {
    const { store, own } = await bucketOf(0)
    await store.put(await keyAt('requests', 0), sealed.request)
    const handler = lambdaHandler(unequipped, own)
    await expect(handler(await pinnedEvent(0))).rejects.toMatchObject({ code: 'no-reply-key' })
    await expect(handler(shapes.sqsEvent(await pinnedEvent(0)))).rejects.toMatchObject({ code: 'no-reply-key' })
    const wrong = lambdaHandler(unequipped, { ...own, replyKeys: async () => ['AAAA'] })
    await expect(wrong(await pinnedEvent(0))).rejects.toMatchObject({ code: 'malformed-reply-key' })
    expect(await store.get(await keyAt('replies', 0), 10_000)).toBeNull()
    vi.stubEnv('EMP_COMPILE_REPLY_KEY', secret)
    await handler(await pinnedEvent(0))
    expect(await store.get(await keyAt('replies', 0), 10_000)).not.toBeNull()
  })
})

test('a store that is silent ends the work before the function ends, and the log says what it was', async () => {
  const { store, events, own } = await bucketOf(1)
  const silent: Store = {
    ...store,
    get: (_key, _most, { signal } = {}) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  }
  const handler = lambdaHandler(server, { ...own, openBucket: () => silent })
  const context = { getRemainingTimeInMillis: () => 3100 }
  await expect(handler(s3Event(0), context)).rejects.toMatchObject({ code: 'store-unavailable' })
  expect(events).toEqual([
    { kind: 'failed', session: idOf(0), error: expect.objectContaining({ code: 'store-unavailable' }) },
  ])
})

test('logs an object for each event, at its level, with sizes and codes and nothing of the messages', async () => {
  const logged: unknown[] = []
  const spies = (['info', 'warn', 'error'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((fields) => logged.push({ level, ...fields })),
  )
  const { store, own } = await bucketOf(1)
  await store.put(requestKey(1), new Uint8Array(30))
  const { onEvent: _, ...silent } = own
  await lambdaHandler(server, silent)(s3Event(0, 1, 2))
  for (const spy of spies) spy.mockRestore()
  expect(logged).toHaveLength(3)
  expect(logged).toContainEqual({
    ...{ level: 'info', event: 'answered', session: idOf(0), milliseconds: expect.any(Number) },
    ...{ requestBytes: sealed.request.length, replyBytes: plan.cost.replyBytes, error: null, waiting: true },
  })
  const bad = { level: 'warn', event: 'answered', session: idOf(1), error: 'bad-message' }
  expect(logged).toContainEqual(expect.objectContaining(bad))
  expect(logged).toContainEqual({ level: 'info', event: 'skipped', session: idOf(2), reason: 'gone' })
})

describeS3('notifications of the S3 server', () => {
  test('twice to five times, late and out of order, to two instances: each client sees one reply, nothing is left', async () => {
    const service = await s3Server()
    const bucket = await freshBucket(service)
    const open = (name: string) => s3Store(`s3://${name}`, { ...service, credentials: credentials() })
    const replies = new Map<string, number>()
    const events: ServeEvent[] = []
    const openBucket = (name: string): Store => {
      const store = open(name)
      return {
        ...store,
        async put(at, ...rest) {
          const written = await store.put(at, ...rest)
          if (written) replies.set(at, (replies.get(at) ?? 0) + 1)
          return written
        },
      }
    }
    const options = { openBucket, onEvent: (event: ServeEvent) => events.push(event) }
    const instances = [lambdaHandler(server, options), lambdaHandler(server, options)]
    const deliveries: Promise<unknown>[] = []
    const recorded: unknown[] = []
    const webhook = createServer(async (request, response) => {
      const event: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString())
      response.end()
      recorded.push(event)
      const copies = 2 + Math.floor(4 * Math.random())
      for (let i = 0; i < copies; i++) {
        const delay = 1500 * Math.random() ** 2
        const instance = instances[i % 2] ?? lambdaHandler(server, options)
        deliveries.push(new Promise((resolve) => setTimeout(resolve, delay)).then(() => instance(event)))
      }
    })
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve))
    await notifyWebhook(service, bucket, 'requests/', `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`)

    const sessions = 120
    const seen = new Map<string, number>()
    const own = open(bucket)
    const get: Store['get'] = async (at, ...rest) => {
      const reply = await own.get(at, ...rest)
      if (reply !== null) seen.set(at, (seen.get(at) ?? 0) + 1)
      return reply
    }
    const via = overStore({ ...own, get }, plan.contract)
    const answers = await Promise.all(
      Array.from({ length: sessions }, (_, i) => client.predict(recordOf(table, tree, i % 40), { via, key })),
    )
    expect(answers.map(({ answer }) => answer)).toEqual(answers.map((_, i) => truth(i % 40)))
    // What the gateway sends from now on is not delivered, as it might be by nobody at all.
    const ended = new Promise((resolve) => webhook.close(resolve))
    webhook.closeIdleConnections()
    await ended
    await Promise.all(deliveries)

    expect(deliveries.length).toBeGreaterThanOrEqual(2 * sessions)
    expect(recorded[0]).toMatchObject({ Records: [{ eventSource: 'ceph:s3', s3: { bucket: { name: bucket } } }] })
    expect([seen.size, ...new Set(seen.values())]).toEqual([sessions, 1])
    // The copies were skipped, or evaluated by the other instance at the same time; a second reply was taken back.
    const outcomes = events.filter((event) => event.kind === 'answered' || event.kind === 'skipped')
    expect(outcomes).toHaveLength(deliveries.length)
    const waited = outcomes.flatMap((event) => (event.kind === 'answered' && event.waiting ? [event.session] : []))
    expect(new Set(waited).size).toBe(waited.length)
    expect(replies.size).toBe(sessions)
    expect(events.filter(({ kind }) => kind === 'failed' || kind === 'ignored')).toEqual([])
    expect(await open(bucket).list('')).toEqual([])
  })
})
