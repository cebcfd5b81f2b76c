import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { toHex } from '../bytes.ts'
import type { Contract } from '../contract.ts'
import { type RandomBytes, systemRandom } from '../random.ts'
import { placeOf } from '../store/store.ts'
import type { ServeEvent } from './events.ts'
import type { Limiter } from './rate-limit.ts'

/**
 * Where a client may put its request, and get and delete its reply: whole URLs, or relative to that of the ticket. They
 * are the secret of the one who asked.
 */
export interface TicketUrls {
  readonly put: string
  readonly get: string
  readonly delete: string
}

/** Signs the URLs of a session for a number of seconds. */
export type SignTicket = (session: string, seconds: number) => Promise<TicketUrls>

/** What `POST /ticket` answers, as JSON. */
export interface Ticket extends TicketUrls {
  readonly model: string
  /** The first 16 digits of the contract's fingerprint. */
  readonly contract: string
  readonly session: string
  /** Seconds for which the URLs are good. */
  readonly seconds: number
}

/** Seconds for which a ticket is good. */
export const ticketSeconds = 300

/** A contract for which tickets are handed out, and who signs them. */
export interface Ticketing {
  readonly contract: Contract
  readonly sign: SignTicket
}

export interface TicketOptions {
  /** The caller, for the rate limit; null is refused. Calls that say the same share a limit. */
  readonly caller: (c: Context) => string | null
  readonly limiter: Limiter
  /** Whether tickets may be handed out at this time; else status 503. Always, by default. */
  readonly isOpen?: () => boolean
  /** Origins of pages that may ask; any by default, as there are no cookies. */
  readonly origin?: string | string[]
  readonly random?: RandomBytes
  readonly onEvent?: (event: ServeEvent) => void
}

/**
 * `POST /ticket?contract=<16 digits>` hands out a session on a store to a client without keys of its own; without a
 * contract, one of the first. It is the place to limit the rate: answers without limit rebuild any model. Status 429
 * with `Retry-After` if a caller has had too many, 404 for a contract that is not served here.
 */
export function ticketApp(
  served: readonly Ticketing[],
  { caller, limiter, isOpen = () => true, origin = '*', random = systemRandom, onEvent = () => {} }: TicketOptions,
): Hono {
  const app = new Hono()
  const prints = Promise.all(served.map(async ({ contract }) => (await placeOf(contract)).split('/').at(-1)))
  app.use('/ticket', cors({ origin, allowMethods: ['POST'], exposeHeaders: ['Retry-After'] }))
  app.post('/ticket', async (c) => {
    if (!isOpen()) return c.json({ error: 'unavailable' }, 503, { 'retry-after': '5' })
    const name = caller(c)
    if (name === null) return c.json({ error: 'forbidden' }, 403)
    const known = await prints
    const print = c.req.query('contract') ?? known[0]
    const ticketing = served[known.indexOf(print)]
    if (ticketing === undefined || print === undefined) return c.json({ error: 'wrong-contract' }, 404)
    const retryAfter = limiter(name)
    if (retryAfter > 0) {
      onEvent({ kind: 'limited', retryAfter })
      return c.json({ error: 'rate-limited' }, 429, { 'retry-after': String(retryAfter) })
    }
    const session = toHex(random(16))
    const urls = await ticketing.sign(session, ticketSeconds)
    onEvent({ kind: 'ticket', session })
    const ticket: Ticket = {
      model: ticketing.contract.name,
      contract: print,
      session,
      seconds: ticketSeconds,
      ...urls,
    }
    return c.json(ticket, 201, { 'cache-control': 'no-store' })
  })
  return app
}
