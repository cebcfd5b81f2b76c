import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import type { Contract } from './contract.ts'
import type { ServeEvent } from './events.ts'
import { toHex } from './paillier/integer.ts'
import { type RandomBytes, systemRandom } from './random.ts'
import { type RateLimit, rateLimiter } from './rate-limit.ts'

/** Where a client may put its request, and get and delete its reply. The URLs are the secret of the one who asked. */
export interface TicketUrls {
  readonly put: string
  readonly get: string
  readonly delete: string
}

/** Signs the URLs of a session for a number of seconds. */
export type SignTicket = (session: string, seconds: number) => Promise<TicketUrls>

/** What `POST /ticket` answers, as JSON. */
export interface Ticket extends TicketUrls {
  readonly session: string
  /** Seconds for which the URLs are good. */
  readonly seconds: number
}

/** Seconds for which a ticket is good. */
export const ticketSeconds = 300

export interface TicketOptions {
  /** Who asks, for the rate limit; null is refused. Calls that say the same share a limit. */
  readonly caller: (c: Context) => string | null
  readonly limit?: RateLimit
  /** Origins of pages that may ask; any by default, as there are no cookies. */
  readonly origin?: string | string[]
  readonly random?: RandomBytes
  readonly onEvent?: (event: ServeEvent) => void
}

/**
 * `POST /ticket` hands out a session on a store to a client without keys of its own. It is the place to limit the rate:
 * answers without limit rebuild any model. Status 429 with `Retry-After` if a caller has had too many.
 */
export function ticketApp(
  contract: Contract,
  sign: SignTicket,
  { caller, limit, origin = '*', random = systemRandom, onEvent = () => {} }: TicketOptions,
): Hono {
  const app = new Hono()
  const take = rateLimiter(limit)
  app.use('/ticket', cors({ origin, allowMethods: ['POST'], exposeHeaders: ['Retry-After'] }))
  app.post('/ticket', async (c) => {
    const name = caller(c)
    if (name === null) return c.json({ error: 'forbidden' }, 403)
    const retryAfter = take(name)
    if (retryAfter > 0) {
      onEvent({ kind: 'limited', retryAfter })
      return c.json({ error: 'rate-limited' }, 429, { 'retry-after': String(retryAfter) })
    }
    const session = toHex(random(16))
    const ticket: Ticket = { session, seconds: ticketSeconds, ...(await sign(session, ticketSeconds)) }
    onEvent({ kind: 'ticket', session })
    return c.json({ model: contract.model, ...ticket }, 201, { 'cache-control': 'no-store' })
  })
  return app
}
