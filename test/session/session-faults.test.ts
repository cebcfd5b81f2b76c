import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { read } from '../../compiler/1-read/read.ts'
import { cellsFor } from '../../compiler/missing.ts'
import { ProtocolError, StoreError } from '../../runtime/errors.ts'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import { serveStore } from '../../runtime/serving/serve-store.ts'
import { overStore } from '../../runtime/session/index.ts'
import type { Store } from '../../runtime/store/index.ts'
import { s3Store } from '../../runtime/store/s3.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower, recordOf } from '../support/plans.ts'
import { type Fault, faultProxy } from '../support/s3/faults.ts'
import { credentials, describeS3, freshBucket, s3Server } from '../support/s3/index.ts'
import { announcedRandom } from '../support/seed.ts'
import { classTable } from '../support/tables.ts'
import { answerOf, boundedOptions, trainClasses } from '../support/trees.ts'

const table = classTable(await read({ csv: 'datasets/heart-disease.csv', schema: null, target: null, delimiter: null }))
const tree = trainClasses(table, { ...boundedOptions, maxDepth: 3 })
const plan = lower(tree, { name: 'test', keyBits: 512 })
const client = clientOf(plan)
const truth = (row: number) => answerOf(tree, cellsFor(table, tree)(row))

const sessions = Number(process.env.SESSIONS ?? 1000)

/**
 * A fault for one request in five, of every kind; a `late` one of more than two seconds outlives its sender. One client in
 * 32 never gets its request to the store.
 */
function faultsOf(random: () => number): (incoming: IncomingMessage) => Fault | null {
  const acted = () => random() < 0.5
  const kinds: (() => Fault)[] = [
    () => ({ kind: 'status', status: 500, code: 'InternalError', acted: acted() }),
    () => ({ kind: 'status', status: 503, code: 'SlowDown', acted: false }),
    () => ({ kind: 'reset', acted: acted() }),
    () => ({ kind: 'late', milliseconds: 200 * random() }),
    () => ({ kind: 'slow', milliseconds: 200 * random() }),
    () => ({ kind: 'truncated' }),
  ]
  return ({ url = '' }) => {
    if (/requests\/test\/[0-9a-f]{16}\/0[0-7]/.test(url))
      return { kind: 'status', status: 503, code: 'SlowDown', acted: false }
    const drawn = random()
    if (drawn < 0.003) return { kind: 'silent', acted: acted() }
    if (drawn < 0.006) return { kind: 'late', milliseconds: 2000 + 500 * random() }
    if (drawn < 0.2) return kinds[Math.floor(random() * kinds.length)]?.() ?? null
    return null
  }
}

class Killed extends Error {}

/** A store as a process sees it that is killed before or after one of its steps, and does nothing from then on. */
function mortal(store: Store, dies: (step: string) => boolean, onDeath: () => void): Store {
  let dead = false
  const boundary = (step: string) => {
    if (!dead && dies(step)) {
      dead = true
      onDeath()
    }
    if (dead) throw new Killed()
  }
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    boundary(`before ${name}`)
    const result = await work()
    boundary(`after ${name}`)
    return result
  }
  return {
    put: (...args) => step('put', () => store.put(...args)),
    get: (...args) => step('get', () => store.get(...args)),
    delete: (...args) => step('delete', () => store.delete(...args)),
    list: (...args) => step('list', () => store.list(...args)),
    async *scan(...args) {
      boundary('before scan')
      yield* store.scan(...args)
      boundary('after scan')
    },
    now: (...args) => store.now(...args),
  }
}

/** Two servers on one store, each followed by another one when it is killed. */
async function serveMortally(store: Store, random: () => number, signal: AbortSignal): Promise<Map<string, number>> {
  const deaths = new Map<string, number>()
  const dies = (step: string) => {
    if (random() > 0.015) return false
    deaths.set(step, (deaths.get(step) ?? 0) + 1)
    return true
  }
  const slot = async () => {
    while (!signal.aborted) {
      const stop = new AbortController()
      const end = () => stop.abort()
      signal.addEventListener('abort', end, { once: true })
      const server = defineSignsServer(plan.contract, plan.server.tests)
      await serveStore(server, mortal(store, dies, end), { signal: stop.signal, poll: 20 })
      signal.removeEventListener('abort', end)
    }
  }
  await Promise.all([slot(), slot()])
  return deaths
}

describeS3('sessions over S3 through faults', () => {
  test(`${sessions} sessions, two servers that are killed at every step, every kind of fault`, async () => {
    const random = announcedRandom('session-faults')
    const server = await s3Server()
    const url = `s3://${await freshBucket(server)}/${randomUUID()}`
    const proxy = await faultProxy(server.endpoint, faultsOf(random))
    const direct = s3Store(url, { ...server, credentials: credentials() })
    const store = s3Store(url, { endpoint: proxy.endpoint, credentials: credentials(), deadline: 2000 })
    const stop = new AbortController()
    const serving = serveMortally(store, random, stop.signal)

    const keys = Array.from({ length: 4 }, () => insecureTestKey(512))
    const endings = new Map<string, number>()
    const cleanUps: Promise<unknown>[] = []
    const answers = new Set<string>()
    let wrong = 0
    async function session(i: number): Promise<void> {
      let seen = 0
      const counted: Store = {
        ...store,
        async get(...args) {
          const bytes = await store.get(...args)
          if (bytes !== null) seen += 1
          return bytes
        },
      }
      const transport = overStore(counted, plan.contract)
      const row = i % table.rows
      const cancel = new AbortController()
      // One client in twenty gives up early, at any moment.
      const leaves = random() < 0.05 ? setTimeout(() => cancel.abort(), 600 * random()) : undefined
      const ending = await client
        .predict(recordOf(table, tree, row), {
          via: (request, signal) => {
            const carried = transport(request, signal)
            cleanUps.push(carried.catch(() => {}))
            return carried
          },
          key: keys[i % keys.length] ?? insecureTestKey(512),
          deadline: 60_000,
          signal: cancel.signal,
        })
        .then(({ answer }) => {
          if (answer !== truth(row)) wrong += 1
          answers.add(answer)
          return seen === 1 ? 'answered' : `answered after ${seen} replies`
        })
        .catch((error: unknown) => {
          if (error instanceof ProtocolError) return error.code
          return error instanceof StoreError ? error.code : String(error)
        })
      clearTimeout(leaves)
      endings.set(ending, (endings.get(ending) ?? 0) + 1)
    }
    const started = performance.now()
    const todo = Array.from({ length: sessions }, (_, i) => i).values()
    const worker = async () => {
      for (const i of todo) await session(i)
    }
    await Promise.all(Array.from({ length: 40 }, worker))
    await Promise.all(cleanUps)
    const seconds = (performance.now() - started) / 1000
    stop.abort()
    const deaths = await serving
    // What outlived its sender has arrived by now.
    await new Promise((resolve) => setTimeout(resolve, 3000))
    const left = await direct.list('')
    const sweep = new AbortController()
    const sweeper = defineSignsServer(plan.contract, plan.server.tests)
    // A request that was left is answered first, and its reply swept after that: the first event is not the last.
    const swept = serveStore(sweeper, direct, { signal: sweep.signal, poll: 100, sweepAfter: 1 })
    for (let i = 0; i < 100 && (await direct.list('')).length > 0; i++)
      await new Promise((wait) => setTimeout(wait, 100))
    sweep.abort()
    await swept

    const figures = (map: ReadonlyMap<string, number>) =>
      [...map]
        .sort()
        .map(([name, count]) => `${count} ${name}`)
        .join(', ')
    console.log(`${sessions} sessions in ${seconds.toFixed(1)} s: ${figures(endings)}`)
    console.log(`requests and faults: ${figures(proxy.counts)}`)
    console.log(`servers killed: ${figures(deaths)}`)
    console.log(`left behind before the sweep: ${left.length}, after it: ${(await direct.list('')).length}`)
    await proxy.close()

    expect(wrong).toBe(0)
    expect(answers.size).toBe(2)
    const allowed = ['answered', 'aborted', 'deadline', 'store-unavailable']
    expect([...endings.keys()].filter((ending) => !allowed.includes(ending))).toEqual([])
    expect([...endings.values()].reduce((sum, count) => sum + count, 0)).toBe(sessions)
    expect(endings.get('answered')).toBeGreaterThan(0.5 * sessions)
    expect(endings.get('store-unavailable')).toBeGreaterThan(0)
    expect(left.length).toBeLessThan(sessions / 10)
    expect(await direct.list('')).toEqual([])
    // Each step is there often enough to be died at in a thousand sessions; in fewer only for a trial.
    for (const step of sessions < 1000 ? [] : ['put', 'get', 'delete', 'list']) {
      expect(deaths.get(`before ${step}`), step).toBeGreaterThan(0)
      expect(deaths.get(`after ${step}`), step).toBeGreaterThan(0)
    }
  }, 600_000)
})
