import { type Contract, messageLimit } from '../contract.ts'
import { ProtocolError } from '../errors.ts'
import { sleep } from '../store/sleep.ts'
import { placeOf } from '../store/store.ts'
import { readBody } from '../wire/read-body.ts'
import { isPassing, waitToTry } from './again.ts'
import type { Transport } from './run-session.ts'

export interface TicketTransportOptions {
  /** The origin of the storage, where it is known: tickets that lead elsewhere are refused. */
  readonly storage?: string
}

/**
 * Carries one session over S3 without keys of one's own: asks `POST <url>/ticket` for a session, puts the request to its
 * URL, polls for the reply (every 100 ms at first, more and more rarely up to every two seconds), and deletes it. Needs no
 * SDK, and works in browsers where the storage allows the page's origin. Tickets lead over https only, unless the
 * endpoint itself is http, and nothing that they name may redirect.
 *
 * @throws {ProtocolError} `rate-limited`; `ticket-used`, `ticket-expired`, `ticket-refused` if the storage does not take
 *   the ticket; `unreachable` if nothing answers in this protocol.
 */
export function overTickets(url: string, contract: Contract, { storage }: TicketTransportOptions = {}): Transport {
  const endpoint = new URL(`${url.replace(/\/+$/, '')}/ticket`)
  const print = placeOf(contract).then((place) => place.split('/').at(-1) ?? '')
  // A ticket that leads through its own endpoint leads nowhere else.
  const isAllowed = ({ protocol, origin }: URL) =>
    (protocol === 'https:' || (protocol === 'http:' && endpoint.protocol === 'http:')) &&
    (storage === undefined || origin === new URL(storage).origin || origin === endpoint.origin)
  return async (request, signal) => {
    const ticket = await getTicket(endpoint, contract, await print, isAllowed, signal)
    await putRequest(ticket, request, signal)
    try {
      for (let pause = 100; ; pause = Math.min(2000, pause * 1.5)) {
        const reply = await getReply(ticket, messageLimit(contract), signal)
        if (reply !== null) return reply
        await sleep(pause, signal)
      }
    } finally {
      // Without the signal, which may have ended the session. What stays is removed by whoever sweeps the storage.
      const init = { method: 'DELETE', redirect: 'error', signal: AbortSignal.timeout(5000) } as const
      await fetch(ticket.delete, init).catch(() => {})
    }
  }
}

/** Tries at a put while the storage is in trouble. */
const attempts = 4

async function putRequest(ticket: GivenTicket, request: Uint8Array, signal: AbortSignal): Promise<void> {
  const headers = { 'content-type': 'application/cbor', 'if-none-match': '*' }
  for (let attempt = 1; ; attempt++) {
    const response = await call(ticket.put, signal, { method: 'PUT', headers, body: new Uint8Array(request) })
    await response?.body?.cancel()
    // Nobody else has this ticket: what is there after an attempt that seemed to fail was put by it.
    if (response?.ok === true || (response?.status === 412 && attempt > 1)) return
    if (response !== null && !isTransient(response)) throw refusal(response, ticket)
    if (attempt === attempts) throw new ProtocolError('unreachable')
    await sleep(100 * 2 ** attempt, signal)
  }
}

/** The reply; null if there is none yet, or the storage is in passing trouble. */
async function getReply(ticket: GivenTicket, limit: number, signal: AbortSignal): Promise<Uint8Array | null> {
  const response = await call(ticket.get, signal, { cache: 'no-store' })
  if (response === null) return null
  try {
    if (response.ok && response.body !== null) return await readBody(response.body, limit)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ProtocolError) throw error
    // Cut short: it is there to be read again.
    return null
  }
  await response.body?.cancel()
  if (response.status !== 404 && !isTransient(response)) throw refusal(response, ticket)
  return null
}

const isTransient = ({ status }: Response) => status >= 500 || status === 429 || status === 409

interface GivenTicket {
  readonly put: string
  readonly get: string
  readonly delete: string
  /** By `performance.now()`. */
  readonly expires: number
}

/** Milliseconds for which an endpoint that does not answer is tried. */
const patience = 5000

async function getTicket(
  endpoint: URL,
  contract: Contract,
  print: string,
  isAllowed: (url: URL) => boolean,
  signal: AbortSignal,
): Promise<GivenTicket> {
  const address = new URL(endpoint)
  address.searchParams.set('contract', print)
  const began = performance.now()
  for (let tries = 0; ; tries++) {
    const response = await call(address.href, signal, { method: 'POST' })
    if (response === null ? performance.now() - began < patience : isPassing(response.status)) {
      await response?.body?.cancel().catch(() => {})
      if (await waitToTry(tries, response, signal)) continue
      throw new ProtocolError(response?.status === 429 ? 'rate-limited' : 'unreachable')
    }
    if (response?.status === 404) {
      const isSaid = (await response.text().catch(() => '')).includes('wrong-contract')
      throw new ProtocolError(isSaid ? 'wrong-contract' : 'unreachable')
    }
    if (response?.status !== 201 || response.body === null) throw new ProtocolError('unreachable')
    const body = await readBody(response.body, 65_536).catch((error: unknown) => {
      signal.throwIfAborted()
      throw new ProtocolError('unreachable', { cause: error })
    })
    const ticket = parseTicket(new TextDecoder().decode(body), endpoint, isAllowed)
    if (ticket === null) throw new ProtocolError('unreachable')
    if (ticket.model !== contract.name || ticket.contract !== print) throw new ProtocolError('wrong-contract')
    return ticket
  }
}

interface ParsedTicket extends GivenTicket {
  readonly model: string
  readonly contract: string
}

function parseTicket(text: string, endpoint: URL, isAllowed: (url: URL) => boolean): ParsedTicket | null {
  try {
    const { model, contract, seconds, ...rest }: Record<string, unknown> = JSON.parse(text)
    if (typeof model !== 'string' || typeof contract !== 'string' || typeof seconds !== 'number') return null
    const [put, get, remove] = [rest.put, rest.get, rest.delete].map((value) =>
      typeof value === 'string' && URL.canParse(value, endpoint) ? new URL(value, endpoint) : null,
    )
    if (!put || !get || !remove || ![put, get, remove].every(isAllowed)) return null
    const expires = performance.now() + 1000 * seconds
    return { model, contract, put: put.href, get: get.href, delete: remove.href, expires }
  } catch {
    return null
  }
}

/** What the storage's refusal means: its own words differ from service to service. */
function refusal({ status }: Response, { expires }: GivenTicket): ProtocolError {
  if (status === 412) return new ProtocolError('ticket-used')
  if (status === 403) return new ProtocolError(performance.now() > expires ? 'ticket-expired' : 'ticket-refused')
  return new ProtocolError('unreachable')
}

/** The response, or null if there is none. */
async function call(url: string, signal: AbortSignal, init: RequestInit): Promise<Response | null> {
  return fetch(url, { ...init, redirect: 'error', signal }).catch(() => {
    signal.throwIfAborted()
    return null
  })
}
