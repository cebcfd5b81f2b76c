import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { overTickets, type TicketTransportOptions } from '../../runtime/session/index.ts'
import { placeOf } from '../../runtime/store/store.ts'
import { lower } from '../support/plans.ts'
import { tableOf } from '../support/tables.ts'
import { boundedOptions, trainClasses } from '../support/trees.ts'

const rows = Array.from({ length: 20 }, (_, i) => [String(i), i % 5 < 2 ? 'sick' : 'well'])
const tree = trainClasses(tableOf(['age', 'target'], rows), { ...boundedOptions, maxDepth: 3, minSamplesLeaf: 1 })
const { contract } = lower(tree, { name: 'test', keyBits: 512 })
const print = (await placeOf(contract)).split('/').at(-1)
const request = new Uint8Array([1, 2, 3])

const open: Server[] = []
afterEach(() => {
  vi.restoreAllMocks()
  for (const http of open.splice(0)) {
    http.close()
    http.closeAllConnections()
  }
})

/** A server that counts what it is asked, and answers in the test's own words. */
async function answering(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: string[] = []
  const http = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`)
    incoming.resume().on('end', () => answer(incoming, response))
  })
  open.push(http)
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, asked }
}
const ticketTo = (put: string, get = put) => ({
  ...{ model: contract.name, contract: print, session: 'a'.repeat(32), seconds: 300 },
  ...{ put, get, delete: get },
})
const carry = (url: string, options: TicketTransportOptions = {}) =>
  overTickets(url, contract, options)(request, AbortSignal.timeout(20_000))

test('nothing that a ticket names may redirect: the request goes nowhere else', async () => {
  const elsewhere = await answering((_, response) => response.end('reply'))
  const storage = await answering((_, response) => response.writeHead(303, { location: `${elsewhere.url}/x` }).end())
  const endpoint = await answering((_, response) =>
    response.writeHead(201).end(JSON.stringify(ticketTo(`${storage.url}/put`))),
  )
  await expect(carry(endpoint.url)).rejects.toMatchObject({ code: 'unreachable' })
  expect(storage.asked.filter((line) => line === 'PUT /put').length).toBeGreaterThan(0)
  expect(elsewhere.asked).toEqual([])
})

test('where the storage is known, tickets that lead elsewhere are refused, unused', async () => {
  const storage = await answering((incoming, response) => {
    if (incoming.method === 'PUT') response.end()
    else response.writeHead(200).end('reply')
  })
  const endpoint = await answering((_, response) =>
    response.writeHead(201).end(JSON.stringify(ticketTo(`${storage.url}/put`, `${storage.url}/get`))),
  )
  expect(new TextDecoder().decode(await carry(endpoint.url, { storage: storage.url }))).toBe('reply')
  const before = storage.asked.length
  await expect(carry(endpoint.url, { storage: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'unreachable' })
  expect(storage.asked).toHaveLength(before)
})

test.each([
  ['http://storage.example/put', false],
  ['https://storage.example/put', true],
  ['ftp://storage.example/put', false],
  ['session/1', true],
])('a ticket of an https endpoint to %s is followed: %s', async (put, isFollowed) => {
  const asked: string[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    asked.push(`${init?.method ?? 'GET'} ${String(url)} ${init?.redirect}`)
    if (String(url).includes('/ticket?')) return new Response(JSON.stringify(ticketTo(put)), { status: 201 })
    return init?.method === 'PUT' ? new Response(null) : new Response('reply')
  })
  const carried = carry('https://tickets.example')
  if (isFollowed) expect(new TextDecoder().decode(await carried)).toBe('reply')
  else await expect(carried).rejects.toMatchObject({ code: 'unreachable' })
  expect(asked.slice(1).some((line) => line.startsWith('PUT'))).toBe(isFollowed)
  expect(asked.every((line) => line.endsWith(' error'))).toBe(true)
})
