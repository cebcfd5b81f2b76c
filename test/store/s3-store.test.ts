import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { openStore, type Store, StoreError } from '../../runtime/store/index.ts'
import { type S3Options, s3Store } from '../../runtime/store/s3.ts'
import { type Fault, type FaultProxy, faultProxy } from '../support/s3/faults.ts'
import { credentials, describeS3, freshBucket, type S3Server, s3Environment, s3Server } from '../support/s3/index.ts'

const most = 1_000_000
const bytesOf = (text: string) => new TextEncoder().encode(text)
const isPut = ({ method }: IncomingMessage) => method === 'PUT'
const isGet = ({ method }: IncomingMessage) => method === 'GET'
const slowDown: Fault = { kind: 'status', status: 503, code: 'SlowDown', acted: false }

/** Gives the faults one by one to the requests that match; the rest passes. */
function inTurn(faults: readonly Fault[], matches: (incoming: IncomingMessage) => boolean = () => true) {
  const left = [...faults]
  return (incoming: IncomingMessage) => (matches(incoming) ? (left.shift() ?? null) : null)
}

describeS3('s3Store', () => {
  let [server, bucket]: [S3Server, string] = [{ endpoint: '', region: '' }, '']
  beforeAll(async () => {
    server = await s3Server()
    bucket = await freshBucket(server)
  })
  const proxies: FaultProxy[] = []
  afterEach(async () => {
    vi.unstubAllEnvs()
    await Promise.all(proxies.splice(0).map((proxy) => proxy.close()))
  })
  const open = (options: S3Options = {}, prefix: string = randomUUID()) =>
    s3Store(`s3://${bucket}/${prefix}`, { ...server, credentials: credentials(), ...options })

  /** A store behind a proxy with faults, and the same store without. */
  async function disturbed(faultOf: (incoming: IncomingMessage) => Fault | null, options: S3Options = {}) {
    const proxy = await faultProxy(server.endpoint, faultOf)
    proxies.push(proxy)
    const prefix = randomUUID()
    const endpoint = { endpoint: proxy.endpoint }
    return { proxy, store: open({ ...options, ...endpoint }, prefix), direct: open({}, prefix) }
  }

  /** The error of a store, whose whole text must not say more than it may. */
  async function failure(work: Promise<unknown>): Promise<StoreError> {
    const error: unknown = await work.catch((reason: unknown) => reason)
    if (!(error instanceof StoreError)) throw new Error('no StoreError', { cause: error })
    const text = inspect(error, { depth: 10, showHidden: true })
    for (const secret of ['secret-', 'test-secret', 'stranger-secret', 'Signature=', 'wrong-secret']) {
      expect(text).not.toContain(secret)
    }
    return error
  }

  const everyMethod: [string, (store: Store) => Promise<unknown>][] = [
    ['put', (store) => store.put('secret-object', bytesOf('x'))],
    ['put ifAbsent', (store) => store.put('secret-object', bytesOf('x'), { ifAbsent: true })],
    ['get', (store) => store.get('secret-object', most)],
    ['delete', (store) => store.delete('secret-object')],
    ['list', (store) => store.list('')],
  ]

  test.each(everyMethod)('%s says what is wrong, names the bucket, and tells nothing else', async (_, work) => {
    const denied = await failure(work(open({ credentials: credentials('stranger') })))
    expect(denied.message).toContain(`"${bucket}": access is denied`)
    const forged = { accessKeyId: 'test', secretAccessKey: 'wrong-secret' }
    expect((await failure(work(open({ credentials: forged })))).message).toContain('credentials are refused')
    const unknown = { accessKeyId: 'nobody', secretAccessKey: 'wrong-secret' }
    expect((await failure(work(open({ credentials: unknown })))).message).toContain('credentials are refused')
    const absent = s3Store('s3://no-such-bucket', { ...server, credentials: credentials() })
    expect((await failure(work(absent))).message).toContain('"no-such-bucket": there is no such bucket')
    const nowhere = open({ endpoint: 'http://127.0.0.1:1', attempts: 2 })
    expect((await failure(work(nowhere))).message).toMatch(/unreachable \(ECONNREFUSED\).*AWS_ENDPOINT_URL/)
  })

  test('opens by the usual AWS means, and says which are missing', async () => {
    for (const [name, value] of Object.entries(s3Environment(server))) vi.stubEnv(name, value)
    const store = await openStore(`s3://${bucket}/by/environment/`)
    expect(await store.put('a', bytesOf('x'))).toBe(true)
    expect(await (await openStore(`s3://${bucket}`)).get('by/environment/a', most)).toEqual(bytesOf('x'))
    vi.stubEnv('AWS_REGION', '')
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null')
    expect(await (await openStore(`s3://${bucket}/by/environment`)).get('a', most)).toEqual(bytesOf('x'))
    vi.stubEnv('AWS_ENDPOINT_URL_S3', '')
    const regionless = await openStore(`s3://${bucket}`)
    expect((await failure(regionless.get('a', most))).message).toContain('Set AWS_REGION')
    vi.stubEnv('AWS_ENDPOINT_URL', 'localhost:9000')
    await expect(openStore(`s3://${bucket}`)).rejects.toThrow(/AWS_ENDPOINT_URL/)
  })

  test('lists more than one page', async () => {
    const store = open()
    const keys = Array.from({ length: 1100 }, (_, i) => `many/${i}`)
    for (let at = 0; at < keys.length; at += 50) {
      await Promise.all(keys.slice(at, at + 50).map((key) => store.put(key, bytesOf(key))))
    }
    expect((await store.list('many/')).map(({ key }) => key).sort()).toEqual(keys.sort())
  })

  const passing: [string, Fault[]][] = [
    ['500', [{ kind: 'status', status: 500, code: 'InternalError', acted: false }]],
    ['503 SlowDown, several times', [slowDown, slowDown, slowDown]],
    ['a connection that is reset', [{ kind: 'reset', acted: false }]],
    ['a connection that is reset after the server acted', [{ kind: 'reset', acted: true }]],
    ['500 after the server acted', [{ kind: 'status', status: 500, code: 'InternalError', acted: true }]],
    ['silence', [{ kind: 'silent', acted: false }]],
    ['a slow body', [{ kind: 'slow', milliseconds: 100 }]],
    ['a slow body, longer than the deadline', [{ kind: 'slow', milliseconds: 5000 }]],
    ['half a body', [{ kind: 'truncated' }]],
  ]
  test.each(passing)('passes over %s', async (_, faults) => {
    for (const [method, work] of everyMethod) {
      const { store, direct, proxy } = await disturbed(inTurn(faults), { deadline: 1000 })
      if (method === 'get') await direct.put('secret-object', randomBytes(1000))
      const result = await work(store)
      if (method.startsWith('put')) expect(result).toBe(true)
      if (method === 'get') expect(result).toEqual(await direct.get('secret-object', most))
      if (method === 'list') expect(result).toEqual([])
      if (method === 'delete') expect(await store.get('secret-object', most)).toBe(null)
      expect(proxy.counts.get('requests')).toBeGreaterThanOrEqual(faults.length)
    }
  })

  test.each(passing)('an absent object is absent through %s', async (_, faults) => {
    const { store } = await disturbed(inTurn(faults), { deadline: 1000 })
    expect(await store.get('secret-object', most)).toBe(null)
  })

  test('409 on a conditional write is tried again', async () => {
    const conflict: Fault = { kind: 'status', status: 409, code: 'ConditionalRequestConflict', acted: false }
    const { store, direct } = await disturbed(inTurn([conflict, conflict]))
    expect(await store.put('a', bytesOf('x'), { ifAbsent: true })).toBe(true)
    expect(await direct.get('a', most)).toEqual(bytesOf('x'))
  })

  test('a lost response to a conditional write: whose object stands there decides', async () => {
    const lost: Fault = { kind: 'reset', acted: true }
    const mine = await disturbed(inTurn([lost, lost]))
    expect(await mine.store.put('a', bytesOf('mine'), { ifAbsent: true })).toBe(true)
    for (const other of ['another', 'mind', 'min', '']) {
      const theirs = await disturbed(inTurn([lost]))
      await theirs.direct.put('a', bytesOf(other))
      expect(await theirs.store.put('a', bytesOf('mine'), { ifAbsent: true })).toBe(false)
      expect(await theirs.direct.get('a', most)).toEqual(bytesOf(other))
    }
  })

  test('gives up after its attempts, and says so', async () => {
    const { store, proxy } = await disturbed(() => slowDown, { attempts: 3 })
    const { message } = await failure(store.get('secret-object', most))
    expect(message).toContain('the service fails (SlowDown, status 503). Try again later.')
    expect(proxy.counts.get('requests')).toBe(3)
    const silent = await disturbed(() => ({ kind: 'silent', acted: false }), { attempts: 2, deadline: 100 })
    expect((await failure(silent.store.get('secret-object', most))).message).toContain('unreachable (TimeoutError)')
    expect(silent.proxy.counts.get('requests')).toBe(2)
  })

  test('what cannot pass is not tried again', async () => {
    const denial: Fault = { kind: 'status', status: 403, code: 'AccessDenied', acted: false }
    const { store, proxy } = await disturbed(() => denial)
    await failure(store.put('secret-object', bytesOf('x')))
    expect(proxy.counts.get('requests')).toBe(1)
  })

  test.each<[string, Fault]>([
    ['a gigabyte that is declared', { kind: 'length', declared: 1_000_000_000 }],
    ['a body one byte too long', { kind: 'length', declared: most + 1 }],
    ['a body without end', { kind: 'endless' }],
  ])('%s is refused, and its connection closed', async (_, fault) => {
    const { store, proxy } = await disturbed((incoming) => (isGet(incoming) ? fault : null))
    await expect(store.get('a', most)).rejects.toMatchObject({ name: 'ProtocolError', code: 'too-large' })
    await vi.waitFor(async () => expect(await proxy.open()).toBe(0), 5000)
    // What is under way in the system's buffers, and no more.
    expect(proxy.sent()).toBeLessThan(most + 16_000_000)
  })

  test('a signal ends what is under way, in every method, and its connection', async () => {
    for (const [, work] of [
      ['put', (store: Store, signal: AbortSignal) => store.put('a', bytesOf('x'), { signal })],
      ['get', (store: Store, signal: AbortSignal) => store.get('a', most, { signal })],
      ['delete', (store: Store, signal: AbortSignal) => store.delete('a', { signal })],
      ['list', (store: Store, signal: AbortSignal) => store.list('', { signal })],
    ] as const) {
      for (const fault of [{ kind: 'silent', acted: false }, { kind: 'endless' }] as const) {
        const { store, proxy } = await disturbed((incoming) => (isPut(incoming) ? { ...slowDown } : fault))
        const stop = new AbortController()
        setTimeout(() => stop.abort(new Error('enough')), 50)
        await expect(work(store, stop.signal)).rejects.toThrow(/^(enough|The message is larger.*)$/)
        await vi.waitFor(async () => expect(await proxy.open()).toBeLessThanOrEqual(1), 5000)
      }
    }
  })
})
