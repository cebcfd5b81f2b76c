import { type Contract, messageLimit } from './contract.ts'
import type { Transport } from './converse.ts'
import { ProtocolError } from './errors.ts'
import { readBody } from './read-body.ts'
import { sleep } from './sleep.ts'

/**
 * Carries one session over S3 without keys of one's own: asks `POST <url>/ticket` for a session, puts the request to its
 * presigned URL, polls for the reply (every 100 ms at first, more and more rarely up to every two seconds), and deletes
 * it. Needs no SDK, and works in browsers where the bucket allows the page's origin.
 *
 * @throws {ProtocolError} `rate-limited`; `ticket-used`, `ticket-expired`, `ticket-refused` if the storage does not take
 *   the ticket; `unreachable` if nothing answers in this protocol.
 */
export function overTickets(url: string, contract: Contract): Transport {
  return async (request, signal) => {
    const ticket = await getTicket(`${url.replace(/\/+$/, '')}/ticket`, contract, signal)
    await putRequest(ticket, request, signal)
    try {
      for (let pause = 100; ; pause = Math.min(2000, pause * 1.5)) {
        const reply = await getReply(ticket, messageLimit(contract), signal)
        if (reply !== null) return reply
        await sleep(pause, signal)
      }
    } finally {
      // Without the signal, which may have ended the session. What stays is removed by the bucket's rule.
      await fetch(ticket.delete, { method: 'DELETE', signal: AbortSignal.timeout(5000) }).catch(() => {})
    }
  }
}

/** Attempts at a put while the storage is in trouble. */
const attempts = 4

async function putRequest(ticket: GivenTicket, request: Uint8Array, signal: AbortSignal): Promise<void> {
  const headers = { 'content-type': 'application/cbor', 'if-none-match': '*' }
  for (let attempt = 1; ; attempt++) {
    const response = await call(ticket.put, signal, { method: 'PUT', headers, body: new Uint8Array(request) })
    await response?.body?.cancel()
    // Nobody else has this ticket: what is there after an attempt that seemed to fail was put by it.
    if (response?.ok === true || (response?.status === 412 && attempt > 1)) return
    if (response !== null && !isPassing(response)) throw refusal(response, ticket)
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
  if (response.status !== 404 && !isPassing(response)) throw refusal(response, ticket)
  return null
}

const isPassing = ({ status }: Response) => status >= 500 || status === 429 || status === 409

interface GivenTicket {
  readonly put: string
  readonly get: string
  readonly delete: string
  /** By `performance.now()`. */
  readonly expires: number
}

async function getTicket(url: string, contract: Contract, signal: AbortSignal): Promise<GivenTicket> {
  const response = await call(url, signal, { method: 'POST' })
  if (response?.status === 429) throw new ProtocolError('rate-limited')
  if (response?.status !== 201 || response.body === null) throw new ProtocolError('unreachable')
  const body = await readBody(response.body, 65_536).catch((error: unknown) => {
    signal.throwIfAborted()
    throw new ProtocolError('unreachable', { cause: error })
  })
  const ticket = parseTicket(new TextDecoder().decode(body))
  if (ticket === null) throw new ProtocolError('unreachable')
  if (ticket.model !== contract.model) throw new ProtocolError('wrong-contract')
  return ticket
}

function parseTicket(text: string): (GivenTicket & { readonly model: string }) | null {
  try {
    const { model, put, get, delete: remove, seconds }: Record<string, unknown> = JSON.parse(text)
    const isUrl = (value: unknown): value is string => typeof value === 'string' && /^https?:/.test(value)
    if (!isUrl(put) || !isUrl(get) || !isUrl(remove)) return null
    if (typeof model !== 'string' || typeof seconds !== 'number') return null
    return { model, put, get, delete: remove, expires: performance.now() + 1000 * seconds }
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
  return fetch(url, { ...init, signal }).catch(() => {
    signal.throwIfAborted()
    return null
  })
}
