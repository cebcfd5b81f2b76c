import { expect, test, vi } from 'vitest'
import { read } from '../../compiler/1-read/read.ts'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import { handleSession } from '../../runtime/serving/handle-session.ts'
import { newBell, serveStore } from '../../runtime/serving/serve-store.ts'
import { memoryStore, type Store } from '../../runtime/store/index.ts'
import { placeOf, sessionKeys } from '../../runtime/store/store.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower, recordOf } from '../support/plans.ts'
import { classTable } from '../support/tables.ts'
import { boundedOptions, trainClasses } from '../support/trees.ts'

const table = classTable(await read({ csv: 'datasets/heart-disease.csv', schema: null, target: null, delimiter: null }))
const tree = trainClasses(table, boundedOptions)
const plan = lower(tree, { name: 'test', keyBits: 512 })
const server = defineSignsServer(plan.contract, plan.server.tests)
const { request } = await clientOf(plan).seal(recordOf(table, tree, 0), insecureTestKey(512))

const id = '0123456789abcdef0123456789abcdef'
const place = await placeOf(plan.contract)
const keys = sessionKeys(place, id)
const keysIn = async (store: Store) => (await store.list('')).map(({ key }) => key).sort()

async function withRequest(): Promise<Store> {
  const store = memoryStore()
  await store.put(keys.request, request)
  return store
}

/** What a client does when it gives up, or has its answer. */
async function clientGoes(store: Store): Promise<void> {
  await store.delete(keys.request)
  await store.delete(keys.reply)
}

/** The store, where something happens before or after a server's operation. */
function interrupted(store: Store, at: Partial<Record<'before put' | 'after put', () => Promise<unknown>>>): Store {
  return {
    ...store,
    async put(key, bytes, options) {
      await at['before put']?.()
      const written = await store.put(key, bytes, options)
      await at['after put']?.()
      return written
    },
  }
}

test('a session that is there is answered, one that is not is gone', async () => {
  const store = await withRequest()
  expect(await handleSession(server, store, id)).toMatchObject({
    kind: 'answered',
    requestBytes: request.length,
    error: null,
  })
  expect(await keysIn(store)).toEqual([keys.reply])
  await clientGoes(store)
  expect(await handleSession(server, store, id)).toEqual({ kind: 'gone' })
  expect(await keysIn(store)).toEqual([])
})

test.each(['before put', 'after put'] as const)('a client that goes %s leaves no reply behind', async (moment) => {
  const store = await withRequest()
  const meddled = interrupted(store, { [moment]: () => clientGoes(store) })
  expect(await handleSession(server, meddled, id)).toMatchObject({ kind: 'answered', waiting: false })
  expect(await keysIn(store)).toEqual([])
})

test('of two servers the second leaves reply and request alone, as it cannot know whether the client has been', async () => {
  const store = await withRequest()
  const first = await server.evaluate(request)
  const second = interrupted(store, { 'before put': () => store.put(keys.reply, first) })
  expect(await handleSession(server, second, id)).toEqual({ kind: 'taken' })
  expect(await keysIn(store)).toEqual([keys.reply, keys.request])
  expect(await store.get(keys.reply, 10_000)).toEqual(first)
})

test('a server that answers while another is between put and look leaves the reply to the client', async () => {
  const store = await withRequest()
  const results: unknown[] = []
  const first = interrupted(store, {
    'after put': async () => results.push(await handleSession(server, store, id)),
  })
  results.push(await handleSession(server, first, id))
  expect(results).toMatchObject([{ kind: 'taken' }, { kind: 'answered' }])
  expect(await keysIn(store)).toEqual([keys.reply])
})

test('a request whose server died after its reply is removed in the end, without another evaluation', async () => {
  const store = await withRequest()
  await store.put(keys.reply, await server.evaluate(request))
  const evaluate = vi.fn(server.evaluate)
  const stop = new AbortController()
  const loop = serveStore({ ...server, evaluate }, store, { signal: stop.signal, poll: 5 })
  await vi.waitFor(async () => expect(await keysIn(store)).toEqual([keys.reply]), 20_000)
  stop.abort()
  await loop
  expect(evaluate).toHaveBeenCalledTimes(1)
})

test('sessions are under way at once, as many as may be, and are finished when the server is told to end', async () => {
  const store = memoryStore()
  const ids = Array.from({ length: 10 }, (_, i) => id.slice(1) + i)
  for (const one of ids) await store.put(sessionKeys(place, one).request, request)
  let [now, most, ended] = [0, 0, 0]
  const stop = new AbortController()
  const evaluate = async (bytes: Uint8Array) => {
    now += 1
    most = Math.max(most, now)
    if (now === 3) stop.abort()
    await new Promise((resolve) => setTimeout(resolve, 50))
    now -= 1
    ended += 1
    return server.evaluate(bytes)
  }
  await serveStore({ ...server, evaluate }, store, { signal: stop.signal, poll: 5, concurrency: 3 })
  expect([now, most, ended]).toEqual([0, 3, 3])
  const left = await keysIn(store)
  expect([left.filter((key) => key.startsWith('replies/')).length, left.length]).toEqual([3, 10])
})

test('sessions are taken up in a random order, so that none is always the last', async () => {
  const store = memoryStore()
  const ids = Array.from({ length: 20 }, (_, i) => id.slice(2) + (i + 10))
  for (const one of ids) await store.put(sessionKeys(place, one).request, request)
  const taken = new Set<string>()
  const stop = new AbortController()
  const get: Store['get'] = (key, ...rest) => {
    if (taken.add(key).size === ids.length) stop.abort()
    return store.get(key, ...rest)
  }
  await serveStore(server, { ...store, get }, { signal: stop.signal, poll: 5, concurrency: 1 })
  expect([...taken].sort()).toEqual(ids.map((one) => sessionKeys(place, one).request))
  expect([...taken]).not.toEqual([...taken].sort())
})

test('an empty store is looked into ever more rarely, and at once when the bell rings', async () => {
  const store = memoryStore()
  const scan = vi.fn(store.scan)
  const [stop, bell] = [new AbortController(), newBell()]
  const looks = () => scan.mock.calls.filter(([folder]) => folder === `requests/${place}/`).length
  const options = { signal: stop.signal, poll: 10, idlePoll: 3_600_000, sweepAfter: 1e9, bell }
  const loop = serveStore(server, { ...store, scan }, options)
  // Pauses grow by half: of the first second's hundred looks, fewer than fifteen are left.
  await new Promise((resolve) => setTimeout(resolve, 1000))
  expect(looks()).toBeLessThan(15)
  await store.put(keys.request, request)
  bell.ring()
  await vi.waitFor(async () => expect(await keysIn(store)).toEqual([keys.reply]), 5000)
  stop.abort()
  await loop
})

test('a bell that was rung in a look ends the pause after it, once', async () => {
  const bell = newBell()
  const { signal } = new AbortController()
  bell.ring()
  bell.ring()
  await bell.wait(3_600_000, signal)
  let over = false
  const waiting = bell.wait(3_600_000, signal).then(() => {
    over = true
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(over).toBe(false)
  bell.ring()
  await waiting
})
