import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cellsFor } from '../../compiler/missing.ts'
import { requestBytes } from '../../runtime/contract.ts'
import { defineSignsServer } from '../../runtime/schemes/signs/server.ts'
import type { ServeEvent } from '../../runtime/serving/events.ts'
import { lambdaHandler } from '../../runtime/serving/lambda.ts'
import { rateLimiter } from '../../runtime/serving/rate-limit.ts'
import { serveStore } from '../../runtime/serving/serve-store.ts'
import { type SignTicket, type TicketOptions, ticketApp } from '../../runtime/serving/tickets.ts'
import { overTickets } from '../../runtime/session/index.ts'
import { s3Store } from '../../runtime/store/s3.ts'
import { ticketSigner } from '../../runtime/store/s3-presign.ts'
import { placeOf, type Store } from '../../runtime/store/store.ts'
import * as shapes from '../cases/events/shapes.ts'
import { insecureTestKey } from '../support/keys.ts'
import { clientOf, lower, recordOf } from '../support/plans.ts'
import { credentials, describeS3, freshBucket, type S3Server, s3Server } from '../support/s3/index.ts'
import { tableOf } from '../support/tables.ts'
import { answerOf, boundedOptions, trainClasses } from '../support/trees.ts'

const rows = Array.from({ length: 40 }, (_, i) => [String(i), i % 9 < 4 || i > 30 ? 'sick' : 'well'])
const table = tableOf(['age', 'target'], rows)
const tree = trainClasses(table, { ...boundedOptions, maxDepth: 3, minSamplesLeaf: 1 })
const plan = lower(tree, { name: 'test', keyBits: 512 })
const { contract } = plan
const client = clientOf(plan)
const server = defineSignsServer(contract, plan.server.tests)
const key = insecureTestKey(512)
const place = await placeOf(contract)
const record = (row: number) => recordOf(table, tree, row)
const truth = (row: number) => answerOf(tree, cellsFor(table, tree)(row))
const bytes = new Uint8Array(requestBytes(contract)).fill(7)
const headers = { 'content-type': 'application/cbor', 'if-none-match': '*' }

const closing: (() => void)[] = []
afterAll(() => {
  for (const close of closing) close()
})

/** A ticket endpoint on a port of its own. */
function endpointOf(sign: SignTicket, options: Partial<TicketOptions> = {}): Promise<string> {
  const limiter = rateLimiter({ burst: 1000 })
  const app = ticketApp([{ contract, sign }], { caller: () => 'somebody', limiter, ...options })
  return new Promise((resolve) => {
    const http = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
      resolve(`http://127.0.0.1:${port}`)
    })
    closing.push(() => http.close())
  })
}

/** A server that answers in the test's own words. */
function scripted(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const http = createServer((request, response) => {
    request.resume().on('end', () => answer(request, response))
  })
  closing.push(() => http.close())
  return new Promise((resolve) => {
    http.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(http.address() as AddressInfo).port}`))
  })
}

const sessionOver = (url: string, row = 0) => client.predict(record(row), { via: overTickets(url, contract), key })

describeS3('tickets for the S3 server', () => {
  let [service, bucket]: [S3Server, string] = [{ endpoint: '', region: '' }, '']
  let store: Store
  let sign: SignTicket
  const signerFor = (options: object) => ticketSigner(`s3://${bucket}/a/b`, contract, { ...service, ...options })
  beforeAll(async () => {
    service = await s3Server()
    bucket = await freshBucket(service)
    store = s3Store(`s3://${bucket}/a/b`, { ...service, credentials: credentials() })
    sign = signerFor({ credentials: credentials() })
  })

  test('carry sessions of clients without keys of their own, and nothing is left', async () => {
    const stop = new AbortController()
    const serving = serveStore(server, store, { signal: stop.signal, poll: 20 })
    const url = await endpointOf(sign)
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => sessionOver(`${url}/`, i)))
    stop.abort()
    await serving
    expect(answers.map(({ answer }) => answer)).toEqual(answers.map((_, i) => truth(i)))
    expect(await store.list('')).toEqual([])
  })

  test('are told from a session id, and good for five minutes', async () => {
    const events: ServeEvent[] = []
    const url = await endpointOf(sign, { onEvent: (event) => events.push(event) })
    const response = await fetch(`${url}/ticket`, { method: 'POST' })
    expect([response.status, response.headers.get('cache-control')]).toEqual([201, 'no-store'])
    const { session, model, contract: print, seconds, ...urls } = (await response.json()) as Record<string, string>
    expect([`${model}/${print}`, seconds]).toEqual([place, 300])
    expect(session).toMatch(/^[0-9a-f]{32}$/)
    expect(events).toEqual([{ kind: 'ticket', session }])
    expect(Object.keys(urls).sort()).toEqual(['delete', 'get', 'put'])
    for (const signed of Object.values(urls)) {
      expect(new URL(signed).searchParams.get('X-Amz-Expires')).toBe('300')
      expect(signed).not.toContain('test-secret')
    }
    expect(new URL(urls.put ?? '').pathname).toBe(`/${bucket}/a/b/requests/${place}/${session}`)
    for (const at of [urls.get, urls.delete])
      expect(new URL(at ?? '').pathname).toContain(`/replies/${place}/${session}`)
  })

  test('take one request of the right length and type; the storage refuses everything else', async () => {
    const urls = await sign('1'.repeat(32), 300)
    const put = (url: string, body: Uint8Array, given: Record<string, string> = headers) =>
      fetch(url, { method: 'PUT', headers: given, body: new Uint8Array(body) }).then(({ status }) => status)
    expect(await put(urls.put, new Uint8Array(bytes.length + 1))).toBe(403)
    expect(await put(urls.put, new Uint8Array(bytes.length - 1))).toBe(403)
    expect(await put(urls.put, new Uint8Array(0))).toBe(403)
    expect(await put(urls.put, bytes, { ...headers, 'content-type': 'text/html' })).toBe(403)
    expect(await put(urls.put, bytes, { 'content-type': 'application/cbor' })).toBe(403)
    expect(await put(urls.put, bytes, { ...headers, 'if-none-match': '"0"' })).toBe(403)
    expect(await put(urls.put.replace('1'.repeat(32), '2'.repeat(32)), bytes)).toBe(403)
    expect(await put(urls.put.replace('X-Amz-Expires=300', 'X-Amz-Expires=3000'), bytes)).toBe(403)
    expect(await put(urls.put.replace('/requests/', '/replies/'), bytes)).toBe(403)
    expect(await put(urls.get, bytes)).toBe(403)
    for (const method of ['GET', 'DELETE']) expect((await fetch(urls.put, { method })).status).toBe(403)
    expect(await store.list('')).toEqual([])
    expect(await put(urls.put, bytes)).toBe(200)
    expect(await put(urls.put, bytes)).toBe(412)
    expect(await put(urls.put, bytes.with(0, 1))).toBe(412)
    expect(await store.get(`requests/${place}/${'1'.repeat(32)}`, 10_000)).toEqual(bytes)
    await store.delete(`requests/${place}/${'1'.repeat(32)}`)
  })

  test('cannot be used again after the answer where a function answers: the request stays in its place', async () => {
    const id = '3'.repeat(32)
    const urls = await sign(id, 300)
    const { request } = await client.seal(record(0), key)
    const put = () => fetch(urls.put, { method: 'PUT', headers, body: new Uint8Array(request) })
    expect((await put()).status).toBe(200)
    const handler = lambdaHandler(server, { prefix: 'a/b', openBucket: () => store, onEvent: () => {} })
    await handler({ Records: [shapes.cephRecord(bucket, `a/b/requests/${place}/${id}`)] })
    expect((await fetch(urls.get)).status).toBe(200)
    expect((await fetch(urls.delete, { method: 'DELETE' })).status).toBe(204)
    expect((await fetch(urls.get)).status).toBe(404)
    expect((await put()).status).toBe(412)
    await store.delete(`requests/${place}/${id}`)
  })

  test('that were used are "ticket-used"', async () => {
    const urls = await sign('4'.repeat(32), 300)
    await fetch(urls.put, { method: 'PUT', headers, body: bytes })
    await expect(sessionOver(await endpointOf(async () => urls))).rejects.toMatchObject({ code: 'ticket-used' })
    await store.delete(`requests/${place}/${'4'.repeat(32)}`)
  })

  test.each<[string, () => SignTicket]>([
    ['signed with a wrong secret', () => signerFor({ credentials: { accessKeyId: 'test', secretAccessKey: 'wrong' } })],
    ['signed by nobody', () => signerFor({ credentials: { accessKeyId: 'nobody', secretAccessKey: 'test-secret' } })],
    ['signed by somebody without rights', () => signerFor({ credentials: credentials('stranger') })],
    [
      'that were changed',
      () => async (session, seconds) => {
        const urls = await sign(session, seconds)
        return { ...urls, put: urls.put.replace(session, '5'.repeat(32)) }
      },
    ],
  ])('%s are "ticket-refused", and nothing is stored', async (_, signer) => {
    await expect(sessionOver(await endpointOf(signer()))).rejects.toMatchObject({ code: 'ticket-refused' })
    expect(await store.list('')).toEqual([])
  })

  test('that have expired are refused by the storage, and "ticket-expired"', async () => {
    const urls = await sign('6'.repeat(32), 1)
    await new Promise((resolve) => setTimeout(resolve, 2200))
    expect((await fetch(urls.put, { method: 'PUT', headers, body: bytes })).status).toBe(403)
    const ticket = JSON.stringify({ model: 'test', contract: place.split('/')[1], seconds: 0, ...urls })
    const late = await scripted((_, response) => response.writeHead(201).end(ticket))
    await expect(sessionOver(late)).rejects.toMatchObject({ code: 'ticket-expired' })
    expect(await store.list('')).toEqual([])
  })

  test('whose reply is refused end the session: a changed GET', async () => {
    const changed: SignTicket = async (session, seconds) => {
      const urls = await sign(session, seconds)
      return { ...urls, get: urls.get.replace(session, '7'.repeat(32)) }
    }
    await expect(sessionOver(await endpointOf(changed))).rejects.toMatchObject({ code: 'ticket-refused' })
    for (const entry of await store.list('')) await store.delete(entry.key)
  })
})

describe('the ticket endpoint', () => {
  const anywhere: SignTicket = async () => ({
    put: 'http://127.0.0.1:1',
    get: 'http://127.0.0.1:1',
    delete: 'http://127.0.0.1:1',
  })

  test('limits the rate of each caller, and says when to come back', async () => {
    const events: ServeEvent[] = []
    const url = await endpointOf(anywhere, {
      caller: (c) => c.req.header('x-caller') ?? null,
      limiter: rateLimiter({ burst: 2, perHour: 60 }),
      onEvent: (event) => events.push(event),
    })
    const ask = (caller: string) => fetch(`${url}/ticket`, { method: 'POST', headers: { 'x-caller': caller } })
    expect([(await ask('a')).status, (await ask('a')).status, (await ask('b')).status]).toEqual([201, 201, 201])
    const refused = await ask('a')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
    expect(events.map(({ kind }) => kind)).toEqual(['ticket', 'ticket', 'ticket', 'limited'])
    expect((await fetch(`${url}/ticket`, { method: 'POST' })).status).toBe(403)
    expect(JSON.stringify(events)).not.toContain('"a"')
  })

  test('"rate-limited", "unreachable" and "wrong-contract" are told apart by the client', async () => {
    const limited = await endpointOf(anywhere, { limiter: () => 3600 })
    await expect(sessionOver(limited)).rejects.toMatchObject({ code: 'rate-limited' })
    await expect(sessionOver('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'unreachable' })
    await expect(sessionOver(`${limited}/elsewhere`)).rejects.toMatchObject({ code: 'unreachable' })
    for (const text of ['hello', '{}', 'null', '{"model":"test","put":"file:///etc/passwd","get":1,"delete":""}']) {
      const odd = await scripted((_, response) => response.writeHead(201).end(text))
      await expect(sessionOver(odd), text).rejects.toMatchObject({ code: 'unreachable' })
    }
    const flood = await scripted((_, response) => response.writeHead(201).end('x'.repeat(1_000_000)))
    await expect(sessionOver(flood)).rejects.toMatchObject({ code: 'unreachable' })
    const urls = await anywhere('', 0)
    const other = await scripted((_, response) =>
      response
        .writeHead(201)
        .end(JSON.stringify({ model: 'other', contract: place.split('/')[1], seconds: 300, ...urls })),
    )
    await expect(sessionOver(other)).rejects.toMatchObject({ code: 'wrong-contract' })
  })

  test('may be called by a page of the origins that are allowed', async () => {
    const url = await endpointOf(anywhere, { origin: 'https://example.org' })
    const preflight = await fetch(`${url}/ticket`, { method: 'OPTIONS', headers: { origin: 'https://example.org' } })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://example.org')
    expect(preflight.headers.get('access-control-allow-methods')).toBe('POST')
  })
})

describe('a storage in passing trouble', () => {
  /** A ticket for a scripted storage: what it answers to its puts and gets, in order; the last one for ever. */
  async function storage(puts: readonly number[], gets: readonly (number | 'cut' | 'reply')[]) {
    const asked: string[] = []
    let reply = new Uint8Array()
    const url = await scripted(async (request, response) => {
      const method = request.method ?? ''
      const script = method === 'PUT' ? puts : method === 'GET' ? gets : [204]
      const step = script[Math.min(asked.filter((name) => name === method).length, script.length - 1)] ?? 500
      asked.push(method)
      if (step === 'reply') response.writeHead(200).end(reply)
      else if (step === 'cut') response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy())
      else response.writeHead(step).end()
    })
    const via = overTickets(await endpointOf(async () => ({ put: url, get: url, delete: url })), contract)
    const sealed = await client.seal(record(1), key)
    reply = new Uint8Array(await server.evaluate(sealed.request))
    const carried = async () => sealed.open(await via(sealed.request, AbortSignal.timeout(20_000)))
    return { asked, carried }
  }

  test('is waited for: puts, gets, and replies cut short', async () => {
    const { asked, carried } = await storage([503, 500, 200], [404, 503, 429, 'cut', 'reply'])
    expect((await carried()).answer).toBe(truth(1))
    expect(asked).toEqual(['PUT', 'PUT', 'PUT', 'GET', 'GET', 'GET', 'GET', 'GET', 'DELETE'])
  })

  test('may have taken a request of which it said that it failed', async () => {
    const { asked, carried } = await storage([500, 412], ['reply'])
    expect((await carried()).answer).toBe(truth(1))
    expect(asked).toEqual(['PUT', 'PUT', 'GET', 'DELETE'])
  })

  test('that lasts ends the session, which leaves nothing of its reply', async () => {
    const lasting = await storage([503], ['reply'])
    await expect(lasting.carried()).rejects.toMatchObject({ code: 'unreachable' })
    expect(lasting.asked).toEqual(['PUT', 'PUT', 'PUT', 'PUT'])
    const refused = await storage([200], [404, 400])
    await expect(refused.carried()).rejects.toMatchObject({ code: 'unreachable' })
    expect(refused.asked.at(-1)).toBe('DELETE')
  })
})
