import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { read } from '../../compiler/1-read/read.ts'
import { cellsFor } from '../../compiler/missing.ts'
import { ProtocolError } from '../../runtime/errors.ts'
import { defineSignsServer, type Server } from '../../runtime/schemes/signs/server.ts'
import { type ServeEvent, serveStore } from '../../runtime/serving/serve-store.ts'
import { overStore } from '../../runtime/session/index.ts'
import { directoryStore, memoryStore, type Store } from '../../runtime/store/index.ts'
import { s3Store } from '../../runtime/store/s3.ts'
import { placeOf } from '../../runtime/store/store.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower, recordOf } from '../support/plans.ts'
import { credentials, describeS3, freshBucket, type S3Server, s3Server } from '../support/s3/index.ts'
import { classTable } from '../support/tables.ts'
import { answerOf, boundedOptions, trainClasses } from '../support/trees.ts'

const table = classTable(await read({ csv: 'datasets/heart-disease.csv', schema: null, target: null, delimiter: null }))
const tree = trainClasses(table, boundedOptions)
const plan = lower(tree, { name: 'test', keyBits: 512 })
const place = await placeOf(plan.contract)
const client = clientOf(plan)
const newServer = () => defineSignsServer(plan.contract, plan.server.tests)
const truth = (row: number) => answerOf(tree, cellsFor(table, tree)(row))

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'emp-sessions-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

/** Runs `work` while the servers answer over the store, and stops them afterwards. */
async function whileServing(
  servers: readonly Server[],
  store: Store,
  work: () => Promise<void>,
): Promise<ServeEvent[]> {
  const events: ServeEvent[] = []
  const stop = new AbortController()
  const loops = servers.map((server) =>
    serveStore(server, store, { signal: stop.signal, poll: 5, onEvent: (event) => events.push(event) }),
  )
  try {
    await work()
  } finally {
    stop.abort()
    await Promise.all(loops)
  }
  return events
}

describe('sessions over a memory store', () => sessions(() => memoryStore()))
describe('sessions over a directory store', () => sessions(() => directoryStore(join(root, 'mailbox'))))
describeS3('sessions over S3', () => {
  let [server, bucket]: [S3Server, string] = [{ endpoint: '', region: '' }, '']
  beforeAll(async () => {
    server = await s3Server()
    bucket = await freshBucket(server)
  })
  const open = () => s3Store(`s3://${bucket}/${randomUUID()}`, { ...server, credentials: credentials() })
  sessions(open)

  test('200 clients at once: each gets its own answer, and nothing is left', async () => {
    const store = open()
    const via = overStore(store, plan.contract)
    const key = insecureTestKey(512)
    const events = await whileServing([newServer()], store, async () => {
      const sessions = Array.from({ length: 200 }, async (_, row) => {
        const { answer } = await client.predict(recordOf(table, tree, row), { via, key })
        expect(answer).toBe(truth(row))
      })
      await Promise.all(sessions)
    })
    expect(events.filter(({ kind }) => kind === 'failed')).toEqual([])
    expect(await store.list('')).toEqual([])
  })
})

/** What holds of sessions over every store. */
function sessions(open: () => Store): void {
  test.each([1, 2])('50 sessions of two clients interleaved, %i server(s): each gets its own answer', async (count) => {
    const store = open()
    const via = overStore(store, plan.contract)
    const keys = [insecureTestKey(512), insecureTestKey(512)]
    const answered: string[] = []
    const events = await whileServing(Array.from({ length: count }, newServer), store, async () => {
      const sessions = Array.from({ length: 50 }, async (_, i) => {
        const [row, key] = [i * 6, keys[i % 2] ?? insecureTestKey(512)]
        const { answer } = await client.predict(recordOf(table, tree, row), { via, key })
        answered.push(answer)
        expect(answer).toBe(truth(row))
      })
      await Promise.all(sessions)
    })
    expect(answered).toHaveLength(50)
    expect(new Set(answered).size).toBe(2)
    expect(events.filter(({ kind }) => kind === 'failed')).toEqual([])
    expect(await store.list('')).toEqual([])
  })

  test('a request that is no request gets an error reply, and the next one its answer', async () => {
    const store = open()
    const id = '0123456789abcdef0123456789abcdef'
    await store.put(`requests/${place}/${id}`, new Uint8Array([1, 2, 3]))
    await store.put(`requests/${place}/not-a-session`, new Uint8Array([4]))
    await whileServing([newServer()], store, async () => {
      const via = overStore(store, plan.contract)
      const { answer } = await client.predict(recordOf(table, tree, 0), { via, key: insecureTestKey(512) })
      expect(answer).toBe(truth(0))
    })
    expect((await store.list('')).map(({ key }) => key).sort()).toEqual([
      `replies/${place}/${id}`,
      `requests/${place}/not-a-session`,
    ])
    await Promise.all((await store.list('')).map(({ key }) => store.delete(key)))
  })

  test('a client that gives up leaves nothing behind', async () => {
    const store = open()
    const session = client.predict(recordOf(table, tree, 0), {
      via: overStore(store, plan.contract),
      key: insecureTestKey(512),
      deadline: 200,
    })
    await expect(session).rejects.toSatisfy((error) => error instanceof ProtocolError && error.code === 'deadline')
    // At once, as the process may end now.
    expect(await store.list('')).toEqual([])
  })

  test('one whose caller gives up does not either', async () => {
    const store = open()
    const stop = new AbortController()
    const { signal } = stop
    const via = overStore(store, plan.contract)
    const session = client.predict(recordOf(table, tree, 0), { via, key: insecureTestKey(512), signal })
    session.catch(() => {})
    await vi.waitFor(async () => expect(await store.list('')).toHaveLength(1), 5000)
    stop.abort()
    await expect(session).rejects.toMatchObject({ code: 'aborted' })
    expect(await store.list('')).toEqual([])
  })

  test('objects that nobody fetched are swept after their time, young ones are not', async () => {
    const store = open()
    await store.put(`replies/${place}/0123456789abcdef0123456789abcdef`, new Uint8Array([1]))
    await whileServing([newServer()], store, async () => {})
    expect(await store.list('')).toHaveLength(1)
    const stop = new AbortController()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const events: ServeEvent[] = []
    const onEvent = (event: ServeEvent) => {
      events.push(event)
      stop.abort()
    }
    await serveStore(newServer(), store, { signal: stop.signal, poll: 5, sweepAfter: 10, onEvent })
    expect(events).toEqual([{ kind: 'swept', objects: 1 }])
    expect(await store.list('')).toEqual([])
  })
}

test('a store that fails is tried again, and the server goes on when it recovers', async () => {
  const store = memoryStore()
  let failures = 2
  const flaky: Store = {
    ...store,
    async put(key, bytes, options) {
      if (!key.startsWith('replies/') || failures === 0) return store.put(key, bytes, options)
      failures -= 1
      throw new Error('full')
    },
  }
  const events = await whileServing([newServer()], flaky, async () => {
    const via = overStore(store, plan.contract)
    const { answer } = await client.predict(recordOf(table, tree, 1), { via, key: insecureTestKey(512) })
    expect(answer).toBe(truth(1))
  })
  // Said once, though it was tried three times.
  expect(events.map(({ kind }) => kind)).toEqual(['failed', 'answered'])
  expect(await store.list('')).toEqual([])
})

test('a client removes its request before its reply, by which servers know that it is gone', async () => {
  const store = memoryStore()
  const deleted: string[] = []
  const recorded: Store = {
    ...store,
    delete: async (key, options) => {
      // Slow, so that they would overtake each other if they could.
      await new Promise((resolve) => setTimeout(resolve, key.startsWith('requests/') ? 50 : 0))
      await store.delete(key, options)
      deleted.push(key.split('/')[0] ?? '')
    },
  }
  await whileServing([newServer()], store, async () => {
    const via = overStore(recorded, plan.contract)
    await client.predict(recordOf(table, tree, 1), { via, key: insecureTestKey(512) })
  })
  expect(deleted).toEqual(['requests', 'replies'])
})

test('a put that is given up, and takes effect later all the same, is cleaned up too', async () => {
  const store = memoryStore()
  const late: Store = {
    ...store,
    put: (key, bytes, { signal } = {}) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
        setTimeout(() => void store.put(key, bytes), 500)
      }),
  }
  const options = { key: insecureTestKey(512), deadline: 200, via: overStore(late, plan.contract) }
  const session = client.predict(recordOf(table, tree, 0), options)
  session.catch(() => {})
  await vi.waitFor(async () => expect(await store.list('')).toHaveLength(1), 5000)
  await expect(session).rejects.toMatchObject({ code: 'deadline' })
  expect(await store.list('')).toEqual([])
})

test('a transport that does not come to an end is not waited for forever', async () => {
  const options = { key: insecureTestKey(512), deadline: 100, via: () => new Promise<never>(() => {}) }
  await expect(client.predict(recordOf(table, tree, 0), options)).rejects.toMatchObject({ code: 'deadline' })
})

test('no file of a directory store is left when all is done', async () => {
  const files = await readdir(join(root, 'mailbox'), { recursive: true, withFileTypes: true })
  expect(files.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual([])
})
