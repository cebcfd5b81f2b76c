import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { defineSignsServer, type Server } from '../../runtime/schemes/signs/server.ts'
import { newCounters } from '../../runtime/serving/counters.ts'
import type { ServeEvent } from '../../runtime/serving/events.ts'
import { newGate } from '../../runtime/serving/gate.ts'
import { type HttpOptions, httpApp } from '../../runtime/serving/http.ts'
import { operatorApp } from '../../runtime/serving/operator-app.ts'
import { rateLimiter } from '../../runtime/serving/rate-limit.ts'
import { newVitals } from '../../runtime/serving/vitals.ts'
import { overHttp } from '../../runtime/session/index.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower, recordOf } from '../support/plans.ts'
import { tableOf } from '../support/tables.ts'
import { boundedOptions, trainClasses } from '../support/trees.ts'

const rows = Array.from({ length: 40 }, (_, i) => [String(i), String((i * 7) % 13), i % 9 < 4 ? 'sick' : 'well'])
const table = tableOf(['age', 'days', 'target'], rows)
const treeOf = (maxDepth: number) => trainClasses(table, { ...boundedOptions, maxDepth, minSamplesLeaf: 1 })
const versions = [3, 1].map((depth) => {
  const tree = treeOf(depth)
  const plan = lower(tree, { name: 'test', keyBits: 512 })
  return { tree, plan, client: clientOf(plan), server: defineSignsServer(plan.contract, plan.server.tests) }
})
const [first, second] = versions
if (first === undefined || second === undefined) throw new Error('two versions')
const key = insecureTestKey(512)
const { request } = await first.client.seal(recordOf(table, first.tree, 0), key)
const slow = (milliseconds: number): Server => ({
  ...first.server,
  evaluate: (bytes) =>
    new Promise((resolve) => setTimeout(resolve, milliseconds)).then(() => first.server.evaluate(bytes)),
})

const open: HttpServer[] = []
afterAll(() => {
  for (const http of open) http.close()
})
function listening(servers: Server | readonly Server[], options: HttpOptions = {}): Promise<string> {
  return new Promise((resolve) => {
    const http = serve(
      { fetch: httpApp(servers, options).fetch, port: 0, hostname: '127.0.0.1', createServer },
      ({ port }) => resolve(`http://127.0.0.1:${port}`),
    ) as HttpServer
    open.push(http)
  })
}
const post = (url: string, signal?: AbortSignal) =>
  fetch(`${url}/evaluate`, {
    method: 'POST',
    body: new Uint8Array(request),
    ...(signal === undefined ? {} : { signal }),
  })

describe('a server that has too much to do', () => {
  test('says so by status 503 and when to come back; its clients do, and get their answers', async () => {
    const events: ServeEvent[] = []
    const gate = newGate({ hands: 1, maxWait: 200 })
    const url = await listening(slow(60), { gate, onEvent: (event) => events.push(event) })
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const response = await post(url)
        if (response.status === 503) expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
        return response.status
      }),
    )
    expect(new Set(statuses)).toEqual(new Set([200, 503]))
    expect(events.filter(({ kind }) => kind === 'busy')).toHaveLength(
      statuses.filter((status) => status === 503).length,
    )
    const via = overHttp(url, first.plan.contract)
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => first.client.predict(recordOf(table, first.tree, 0), { via, key })),
    )
    expect(new Set(answers.map(({ answer }) => answer)).size).toBe(1)
  })

  test('drops what waits for a client that has gone, and counts it', async () => {
    const events: ServeEvent[] = []
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const evaluate = vi.fn((bytes: Uint8Array) => released.then(() => first.server.evaluate(bytes)))
    const gate = newGate({ hands: 1, maxWait: 10_000 })
    const url = await listening({ ...first.server, evaluate }, { gate, onEvent: (event) => events.push(event) })
    const staying = post(url)
    await vi.waitFor(() => expect(evaluate).toHaveBeenCalledTimes(1), 20_000)
    const going = new AbortController()
    const left = Array.from({ length: 10 }, () => post(url, going.signal).catch(() => {}))
    await vi.waitFor(() => expect(gate.waiting()).toBe(10), 20_000)
    going.abort()
    await Promise.all(left)
    await vi.waitFor(() => expect(events.filter(({ kind }) => kind === 'aborted')).toHaveLength(10), 20_000)
    release()
    expect((await staying).status).toBe(200)
    expect(evaluate).toHaveBeenCalledTimes(1)
    expect(events.filter(({ kind }) => kind === 'failed')).toEqual([])
  })

  test('limits the rate of a caller, and refuses one that it cannot tell', async () => {
    const limiter = rateLimiter({ burst: 2, perHour: 60 })
    const app = httpApp(first.server, { limit: { limiter, caller: (c) => c.req.header('x-caller') ?? null } })
    const ask = async (caller: string) => {
      const init = {
        method: 'POST',
        body: new Uint8Array(request),
        headers: caller === '' ? {} : { 'x-caller': caller },
      }
      return (await app.request('/evaluate', init)).status
    }
    expect([await ask('a'), await ask('a'), await ask('a'), await ask('b'), await ask('')]).toEqual([
      ...[200, 200, 429, 200, 403],
    ])
  })
})

test('two versions of a model behind one address: each client is answered by its own', async () => {
  for (const servers of [
    [first.server, second.server],
    [second.server, first.server],
  ]) {
    const url = await listening(servers)
    for (const { client, plan, tree } of versions) {
      const via = overHttp(url, plan.contract)
      for (const row of [0, 7, 20]) {
        const straight = await client.seal(recordOf(table, tree, row), key)
        const server = defineSignsServer(plan.contract, plan.server.tests)
        const { answer } = await straight.open(await server.evaluate(straight.request))
        expect((await client.predict(recordOf(table, tree, row), { via, key })).answer).toBe(answer)
      }
    }
  }
  const alone = await listening(second.server)
  const stale = first.client.predict(recordOf(table, first.tree, 0), { via: overHttp(alone, first.plan.contract), key })
  await expect(stale).rejects.toMatchObject({ code: 'wrong-contract' })
})

describe('a client over HTTP', () => {
  /** A server that first refuses in these ways, then answers. */
  async function refusing(steps: readonly ('reset' | 'cut' | number)[]) {
    let asked = 0
    const http = createServer(async (incoming, response) => {
      const bytes = new Uint8Array(Buffer.concat(await incoming.toArray()))
      const step = steps[asked]
      asked += 1
      if (step === 'reset') return void incoming.socket.resetAndDestroy()
      if (typeof step === 'number') return void response.writeHead(step, { 'retry-after': '0' }).end('later')
      const reply = await first?.server.evaluate(bytes)
      response.writeHead(200, { 'content-type': 'application/cbor', 'content-length': String(reply?.length) })
      if (step === 'cut') response.write(reply?.subarray(0, 10), () => response.destroy())
      else response.end(reply)
    })
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    open.push(http)
    return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, asked: () => asked }
  }
  const predictAt = (url: string, deadline = 30_000) =>
    first.client.predict(recordOf(table, first.tree, 0), { via: overHttp(url, first.plan.contract), key, deadline })

  test('tries again what may pass', async () => {
    const { url, asked } = await refusing(['reset', 503, 429, 502, 504, 'cut'])
    expect((await predictAt(url)).answer).toMatch(/sick|well/)
    expect(asked()).toBe(7)
  })

  test('waits for a server that it has reached, and that is restarted', async () => {
    const { url } = await refusing([])
    const http = open.at(-1)
    const { port } = new URL(url)
    const via = overHttp(url, first.plan.contract)
    const ask = () => first.client.predict(recordOf(table, first.tree, 0), { via, key, deadline: 30_000 })
    const { answer } = await ask()
    await new Promise((closed) => {
      http?.close(closed)
      http?.closeAllConnections()
    })
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
    const asked = ask()
    await new Promise((later) => setTimeout(later, 300))
    await new Promise<void>((listening) => http?.listen(Number(port), '127.0.0.1', listening))
    expect((await asked).answer).toBe(answer)
  })

  test('gives up at once what will not', async () => {
    const { url, asked } = await refusing([404])
    await expect(predictAt(url)).rejects.toMatchObject({ code: 'unreachable' })
    expect(asked()).toBe(1)
  })

  test('tries no longer than its deadline', async () => {
    const { url } = await refusing(Array(100).fill(503))
    await expect(predictAt(url, 700)).rejects.toMatchObject({ code: 'deadline' })
  })
})

describe('what operators see', () => {
  const look = { isReached: true, waiting: 3, oldest: 1500, foreign: 7 }

  test('readiness follows the store, the queue and the signal; life does not', async () => {
    const vitals = newVitals(['test/a', 'test/b'], newGate({ hands: 1, maxWait: 1000 }))
    const app = operatorApp({ contracts: [first.plan.contract], vitals, counters: newCounters() })
    const statuses = async () => [(await app.request('/health')).status, (await app.request('/ready')).status]
    expect(await statuses()).toEqual([200, 503])
    vitals.onLook('test/a', look)
    expect(vitals.unready()).toBe('store-not-reached')
    vitals.onLook('test/b', look)
    expect(await statuses()).toEqual([200, 200])
    vitals.onLook('test/b', { ...look, isReached: false })
    expect(await statuses()).toEqual([200, 503])
    vitals.onLook('test/b', look)
    vitals.drain()
    expect(await (await app.request('/ready')).json()).toEqual({ status: 'not-ready', reason: 'draining' })
    expect(await (await app.request('/health')).json()).toEqual({
      status: 'ok',
      models: [{ model: 'test', contract: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    })
  })

  test('metrics are in the text format of Prometheus', async () => {
    const counters = newCounters()
    const answered = { kind: 'answered', session: null, requestBytes: 10, replyBytes: 20, waiting: true } as const
    counters.count({ ...answered, milliseconds: 30, error: null })
    counters.count({ ...answered, milliseconds: 3000, error: 'bad-key' })
    const vitals = newVitals(['test/a'], null)
    vitals.onLook('test/a', look)
    const response = await operatorApp({ contracts: [], vitals, counters }).request('/metrics')
    expect(response.headers.get('content-type')).toContain('version=0.0.4')
    const text = await response.text()
    const lines = text.trim().split('\n')
    const sample = /^emp_compile_[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.e+-]+$/
    expect(lines.filter((line) => !line.startsWith('# ') && !sample.test(line))).toEqual([])
    expect(lines).toEqual(
      expect.arrayContaining([
        'emp_compile_answered_total 1',
        'emp_compile_refused_total{code="bad-key"} 1',
        'emp_compile_evaluation_seconds_bucket{le="0.025"} 0',
        'emp_compile_evaluation_seconds_bucket{le="0.05"} 1',
        'emp_compile_evaluation_seconds_bucket{le="+Inf"} 2',
        'emp_compile_evaluation_seconds_sum 3.03',
        'emp_compile_store_oldest_seconds 1.5',
        'emp_compile_store_foreign 7',
        'emp_compile_ready 1',
      ]),
    )
  })
})
