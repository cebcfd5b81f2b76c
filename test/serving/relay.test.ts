import { Hono } from 'hono'
import { expect, test, vi } from 'vitest'
import { requestBytes } from '../../runtime/contract.ts'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import type { Server } from '../../runtime/server.ts'
import { handleSession } from '../../runtime/serving/handle-session.ts'
import { ticketRelay } from '../../runtime/serving/relay.ts'
import { memoryStore } from '../../runtime/store/index.ts'
import { placeOf, sessionKeys } from '../../runtime/store/store.ts'
import { lower } from '../support/plans.ts'
import { tableOf } from '../support/tables.ts'
import { boundedOptions, trainClasses } from '../support/trees.ts'

const rows = Array.from({ length: 20 }, (_, i) => [String(i), i % 5 < 2 ? 'sick' : 'well'])
const tree = trainClasses(tableOf(['age', 'target'], rows), { ...boundedOptions, maxDepth: 3, minSamplesLeaf: 1 })
const plan = lower(tree, { name: 'test', keyBits: 512 })
const { contract } = plan
const place = await placeOf(contract)
const session = 'a'.repeat(32)
const keys = sessionKeys(place, session)
const body = new Uint8Array(requestBytes(contract)).fill(7)
const reply = new Uint8Array([1, 2, 3])

async function relayed() {
  const store = memoryStore()
  let now = 1_000_000
  const onPut = vi.fn()
  const key = new Uint8Array(32).fill(1)
  const relay = ticketRelay([contract], store, { key, onPut, now: () => now })
  const { put } = await relay.sign(contract)(session, 300)
  const app = new Hono().route('/', relay.app)
  const call = (method: string, url = put, sent: Uint8Array<ArrayBuffer> | null = null, headers = {}) =>
    app.request(`/${url}`, { method, headers, ...(sent === null ? {} : { body: sent }) })
  return { store, onPut, put, call, pass: (ms: number) => (now += ms) }
}

test('a ticket carries one request to the store, and its reply back, and no more', async () => {
  const { store, onPut, call, put } = await relayed()
  expect((await call('GET')).status).toBe(404)
  expect((await call('PUT', put, body)).status).toBe(204)
  expect(onPut).toHaveBeenCalledTimes(1)
  expect(await store.get(keys.request, 10_000)).toEqual(body)
  expect((await call('PUT', put, body)).status).toBe(412)
  await store.put(keys.reply, reply)
  const response = await call('GET')
  expect([response.status, new Uint8Array(await response.arrayBuffer())]).toEqual([200, reply])
  expect((await call('DELETE')).status).toBe(204)
  expect((await store.list('')).map(({ key }) => key)).toEqual([keys.spent])
  expect((await call('PUT', put, body)).status).toBe(412)
})

test('a session that its client ends while it is evaluated leaves a mark and no reply, and is not asked again', async () => {
  const { store, call, put } = await relayed()
  expect((await call('PUT', put, body)).status).toBe(204)
  const answering = defineSignsServer(contract, plan.server.tests)
  const server: Server = {
    ...answering,
    async evaluate() {
      expect((await call('DELETE')).status).toBe(204)
      return reply
    },
  }
  expect(await handleSession(server, store, session, { once: true })).toMatchObject({
    kind: 'answered',
    waiting: false,
  })
  expect((await store.list('')).map(({ key }) => key)).toEqual([keys.spent])
  expect((await call('PUT', put, body)).status).toBe(412)
})

test('a ticket that was used takes nothing after its request is gone', async () => {
  const { store, call, put } = await relayed()
  await store.put(keys.spent, new Uint8Array(1))
  expect((await call('PUT', put, body)).status).toBe(412)
  expect(await store.get(keys.request, 10_000)).toBeNull()
})

test.each<[string, (put: string) => string]>([
  ['no signature', (put) => put.replace(/&signature=.*/, '')],
  ['a signature that is changed', (put) => put.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))],
  ['another session', (put) => put.replace(session, 'b'.repeat(32))],
  ['another contract', (put) => put.replace(place.split('/')[1] ?? '', '0'.repeat(16))],
  ['a longer life', (put) => put.replace(/expires=\d+/, 'expires=9999999999999')],
  ['no number', (put) => put.replace(/expires=\d+/, 'expires=1e9')],
  ['no session', (put) => put.replace(session, '..%2F..%2Fx')],
])('a URL with %s is refused, by every method', async (_, change) => {
  const { store, call, put } = await relayed()
  await store.put(keys.reply, reply)
  for (const method of ['PUT', 'GET', 'DELETE']) {
    const { status } = await call(method, change(put), method === 'PUT' ? body : null)
    expect([403, 404], method).toContain(status)
  }
  expect((await store.list('')).map(({ key }) => key)).toEqual([keys.reply])
})

test('a ticket ends with its time', async () => {
  const { call, put, pass } = await relayed()
  pass(300_001)
  for (const method of ['PUT', 'GET', 'DELETE']) {
    expect((await call(method, put, method === 'PUT' ? body : null)).status).toBe(403)
  }
})

test('a request of another length, and headers that a store would heed, have no effect', async () => {
  const { store, call, put } = await relayed()
  expect((await call('PUT', put, new Uint8Array(body.length - 1))).status).toBe(411)
  expect((await call('PUT', put, new Uint8Array(body.length + 1))).status).toBe(413)
  expect(await store.list('')).toEqual([])
  const headers = { 'x-amz-copy-source': '/other/secret', 'x-amz-acl': 'public-read' }
  expect((await call('PUT', put, body, headers)).status).toBe(204)
  expect(await store.get(keys.request, 10_000)).toEqual(body)
})

test('servers that share a secret answer each other’s tickets, and those of another secret not', async () => {
  const store = memoryStore()
  const relayOf = (fill: number) => ticketRelay([contract], store, { key: new Uint8Array(32).fill(fill) })
  const [first, second, other] = [relayOf(1), relayOf(1), relayOf(2)]
  const { put, get } = await first.sign(contract)(session, 300)
  const ask = (relay: typeof first, method: string, url: string, sent: Uint8Array<ArrayBuffer> | null = null) =>
    new Hono().route('/', relay.app).request(`/${url}`, { method, ...(sent === null ? {} : { body: sent }) })
  expect((await ask(other, 'PUT', put, body)).status).toBe(403)
  expect((await ask(second, 'PUT', put, body)).status).toBe(204)
  expect((await ask(first, 'PUT', put, body)).status).toBe(412)
  await store.put(keys.reply, reply)
  expect((await ask(first, 'GET', get)).status).toBe(200)
  expect((await ask(other, 'GET', get)).status).toBe(403)
})
