import { expect, test, vi } from 'vitest'
import { read } from '../../compiler/1-read/read.ts'
import { StoreError } from '../../runtime/errors.ts'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import type { ServeEvent } from '../../runtime/serving/events.ts'
import { handleSession } from '../../runtime/serving/handle-session.ts'
import { type Look, type ServeOptions, serveStore } from '../../runtime/serving/serve-store.ts'
import { takeOrder } from '../../runtime/serving/take-order.ts'
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
const place = await placeOf(plan.contract)
const idOf = (i: number) => i.toString(16).padStart(32, '0')
const keysOf = (i: number) => sessionKeys(place, idOf(i))
const keysIn = async (store: Store) => (await store.list('')).map(({ key }) => key).sort()

/** Serves until the condition holds; what happened, and what was evaluated. */
async function serveUntil(store: Store, holds: () => Promise<void>, options: Partial<ServeOptions> = {}) {
  const stop = new AbortController()
  const [events, looks]: [ServeEvent[], Look[]] = [[], []]
  const evaluate = vi.fn(server.evaluate)
  const own = { onEvent: (event: ServeEvent) => events.push(event), onLook: (look: Look) => looks.push(look) }
  const serving = serveStore({ ...server, evaluate }, store, { signal: stop.signal, poll: 5, ...own, ...options })
  await vi.waitFor(holds, { timeout: 30_000, interval: 5 })
  stop.abort()
  await serving
  return { events, looks, evaluations: evaluate.mock.calls.length }
}

test('three of the newest are taken up for one of the oldest, all of them once', () => {
  const entries = Array.from({ length: 200 }, (_, i) => ({ key: String(i), modified: new Date(1000 * i) }))
  const order = takeOrder(entries, () => 0.5).map(({ key }) => Number(key))
  expect(order.slice(0, 8)).toEqual([199, 198, 197, 0, 196, 195, 194, 1])
  expect(order.toSorted((a, b) => a - b)).toEqual(entries.map((_, i) => i))
  for (const length of [0, 1, 2, 3, 4, 5]) expect(takeOrder(entries.slice(0, length))).toHaveLength(length)
  // Two servers begin differently, but both with the newest.
  const [one, two] = [takeOrder(entries), takeOrder(entries)]
  expect(one).not.toEqual(two)
  for (const few of [one, two]) expect(Math.min(...few.slice(0, 3).map(({ key }) => Number(key)))).toBeGreaterThan(160)
})

test('one who comes now is answered long before a backlog of requests that nobody waits for', async () => {
  const store = memoryStore()
  for (let i = 1; i <= 600; i++) await store.put(keysOf(i).request, request)
  let replies = 0
  const slow = { ...server, evaluate: (bytes: Uint8Array) => sleepy(20).then(() => server.evaluate(bytes)) }
  const stop = new AbortController()
  const serving = serveStore(slow, store, { signal: stop.signal, poll: 5, concurrency: 2 })
  await vi.waitFor(async () => expect((await store.list('replies/')).length).toBeGreaterThan(4), 10_000)
  await store.put(keysOf(0).request, request)
  await vi.waitFor(async () => expect(await store.get(keysOf(0).reply, 10_000)).not.toBeNull(), 20_000)
  replies = (await store.list('replies/')).length
  stop.abort()
  await serving
  expect(replies).toBeLessThan(550)
})

const sleepy = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

test('what nobody waits for any more is removed unevaluated, by the clock of the store', async () => {
  // The clock of the store is a day behind that of the server.
  const day = 86_400_000
  let age = 301_000
  const store = memoryStore(() => new Date(Date.now() - day - age))
  for (let i = 1; i <= 20; i++) await store.put(keysOf(i).request, request)
  age = 0
  await store.put(keysOf(0).request, request)
  const { events, evaluations, looks } = await serveUntil(store, async () => {
    expect(await keysIn(store)).toEqual([keysOf(0).reply])
  })
  expect(evaluations).toBe(1)
  const expired = events.flatMap((event) => (event.kind === 'expired' ? [event.objects] : []))
  expect(expired.reduce((sum, objects) => sum + objects, 0)).toBe(20)
  expect(looks.every(({ waiting }) => waiting <= 1)).toBe(true)
})

test('a clock that is ahead sweeps nothing that is young', async () => {
  const store = memoryStore(() => new Date(Date.now() - 86_400_000))
  await store.put(keysOf(1).reply, new Uint8Array(1))
  await store.put(keysOf(2).spent, new Uint8Array(1))
  const looked = vi.fn()
  await serveUntil(store, async () => expect(looked.mock.calls.length).toBeGreaterThan(3), {
    sweepAfter: 60_000,
    onLook: looked,
  })
  expect(await keysIn(store)).toEqual([keysOf(1).reply, keysOf(2).spent])
})

test('objects that cannot be read hold up nobody, and are said once each', async () => {
  const store = memoryStore()
  const broken: Store = {
    ...store,
    get: (key, ...rest) => (key.endsWith('f') ? Promise.reject(new StoreError('unreadable')) : store.get(key, ...rest)),
  }
  const unreadable = Array.from({ length: 16 }, (_, i) => sessionKeys(place, `${idOf(i).slice(1)}f`).request)
  for (const key of unreadable) await store.put(key, request)
  for (let i = 0; i < 3; i++) await store.put(keysOf(i).request, request)
  let looks = 0
  const { events } = await serveUntil(
    broken,
    async () => {
      for (let i = 0; i < 3; i++) expect(await store.get(keysOf(i).reply, 10_000)).not.toBeNull()
      expect(looks).toBeGreaterThan(20)
    },
    { concurrency: 2, onLook: () => (looks += 1) },
  )
  expect(events.filter(({ kind }) => kind === 'failed')).toHaveLength(unreadable.length)
})

test.each([
  ['once', 1, []],
  ['again', Number.POSITIVE_INFINITY, ['failed']],
])('a read that is late %s: it is said where the next one, with more time, fails too', async (_, times, said) => {
  const store = memoryStore()
  await store.put(keysOf(0).request, request)
  let reads = 0
  const slow: Store = {
    ...store,
    get: async (key, ...rest) => {
      if (key === keysOf(0).request && ++reads <= times) throw new DOMException('too late', 'TimeoutError')
      return store.get(key, ...rest)
    },
  }
  const { events } = await serveUntil(slow, async () => {
    if (times === 1) expect(await keysIn(store)).toEqual([keysOf(0).reply])
    else expect(reads).toBeGreaterThan(3)
  })
  expect(events.map(({ kind }) => kind).filter((kind) => kind === 'failed')).toEqual(said)
})

test('a request that cannot be removed is evaluated once, and said once', async () => {
  const store = memoryStore()
  const stuck: Store = {
    ...store,
    delete: (key, ...rest) =>
      key.startsWith('requests/') ? Promise.reject(new StoreError('not allowed')) : store.delete(key, ...rest),
  }
  for (let i = 0; i < 5; i++) await store.put(keysOf(i).request, request)
  let looks = 0
  const { events, evaluations } = await serveUntil(stuck, async () => expect(looks).toBeGreaterThan(40), {
    onLook: () => (looks += 1),
  })
  expect(evaluations).toBe(5)
  expect(events.filter(({ kind }) => kind === 'failed')).toHaveLength(1)
})

test('what is no request is counted, and said once', async () => {
  const store = memoryStore()
  for (let i = 0; i < 50; i++) await store.put(`requests/${place}/junk-${i}`, new Uint8Array(1))
  const looks: Look[] = []
  const { events } = await serveUntil(store, async () => expect(looks.length).toBeGreaterThan(5), {
    onLook: (look) => looks.push(look),
  })
  expect(events).toEqual([{ kind: 'ignored', reason: 'objects among the requests are none (50)' }])
  expect(looks.at(-1)).toEqual({ isReached: true, waiting: 0, oldest: 0, foreign: 50 })
})

test('one session is one evaluation for all servers that mark them, whatever is put in its place', async () => {
  const store = memoryStore()
  const evaluate = vi.fn(server.evaluate)
  // Servers that know nothing of each other, as after a restart.
  const serveOne = () =>
    serveUntil(store, async () => expect(await store.get(keysOf(0).request, 10_000)).toBeNull(), { once: true })
  await store.put(keysOf(0).request, request)
  expect((await serveOne()).evaluations).toBe(1)
  await store.delete(keysOf(0).reply)
  await store.put(keysOf(0).request, request)
  expect((await serveOne()).evaluations).toBe(0)
  expect(await keysIn(store)).toEqual([keysOf(0).spent])
  expect(await handleSession({ ...server, evaluate }, store, idOf(0), { once: true })).toEqual({ kind: 'gone' })
})

test('a server that dies between reply and mark leaves the request, so that no second one can be put', async () => {
  const store = memoryStore()
  await store.put(keysOf(0).request, request)
  const dying: Store = {
    ...store,
    put: (key, ...rest) =>
      key.startsWith('spent/') ? Promise.reject(new StoreError('gone')) : store.put(key, ...rest),
  }
  expect(await handleSession(server, dying, idOf(0), { once: true })).toMatchObject({ kind: 'answered' })
  expect(await keysIn(store)).toEqual([keysOf(0).reply, keysOf(0).request])
})
