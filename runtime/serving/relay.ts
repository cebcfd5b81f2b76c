import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { toHex } from '../bytes.ts'
import { type Contract, messageLimit, requestBytes } from '../contract.ts'
import { placeOf, type Store, sessionIdPattern, sessionKeys } from '../store/store.ts'
import type { SignTicket } from './tickets.ts'

/** Tickets that lead through the server: the store sees requests of the server alone. */
export interface Relay {
  readonly sign: (contract: Contract) => SignTicket
  /**
   * `/session/<contract>/<id>` with a ticket's signature: PUT of exactly one request, GET of its reply, DELETE
   * of the session: what was not evaluated by then is not. Status
   * 403 without a good signature in its time, 412 for a second request, 411 and 413 for one of another length.
   */
  readonly app: Hono
}

export interface RelayOptions {
  /** 32 secret bytes; servers that answer each other's tickets share them. */
  readonly key: Uint8Array<ArrayBuffer>
  /** Told of every request that was put. */
  readonly onPut?: () => void
  readonly origin?: string | string[]
  readonly now?: () => number
}

/** Carries the sessions of tickets to a store, for stores that cannot be trusted to hold strangers to what was signed. */
export function ticketRelay(
  contracts: readonly Contract[],
  store: Store,
  { key, onPut = () => {}, origin = '*', now = Date.now }: RelayOptions,
): Relay {
  const hmac = { name: 'HMAC', hash: 'SHA-256' } as const
  const secret = crypto.subtle.importKey('raw', key, hmac, false, ['sign', 'verify'])
  const served = Promise.all(contracts.map(async (contract) => ({ contract, place: await placeOf(contract) })))
  const textOf = (place: string, session: string, expires: number) =>
    new TextEncoder().encode(`emp-compile ticket ${place} ${session} ${expires}`)

  /** The session that a call has a ticket for; null if it has none. */
  async function sessionOf(c: Context): Promise<{ contract: Contract; keys: ReturnType<typeof sessionKeys> } | null> {
    const { print = '', session = '' } = c.req.param()
    const { expires = '', signature = '' } = c.req.query()
    const found = (await served).find(({ place }) => place.endsWith(`/${print}`))
    if (found === undefined || !sessionIdPattern.test(session) || !/^[0-9]{1,15}$/.test(expires)) return null
    if (!/^[0-9a-f]{64}$/.test(signature) || Number(expires) < now()) return null
    const given = Uint8Array.from(Buffer.from(signature, 'hex'))
    const text = textOf(found.place, session, Number(expires))
    if (!(await crypto.subtle.verify(hmac, await secret, given, text))) return null
    return { contract: found.contract, keys: sessionKeys(found.place, session) }
  }

  const app = new Hono()
  const path = '/session/:print/:session'
  const limit = bodyLimit({
    maxSize: Math.max(...contracts.map(requestBytes)),
    onError: (c) => c.text('too large', 413),
  })
  app.use(path, cors({ origin, allowMethods: ['PUT', 'GET', 'DELETE'] }))
  app.put(path, limit, async (c) => {
    const found = await sessionOf(c)
    if (found === null) return c.text('no ticket', 403)
    const request = new Uint8Array(await c.req.arrayBuffer())
    if (request.length !== requestBytes(found.contract)) return c.text('another length', 411)
    const isSpent = (await store.get(found.keys.spent, 1)) !== null
    if (isSpent || !(await store.put(found.keys.request, request, { ifAbsent: true }))) return c.text('used', 412)
    onPut()
    return c.body(null, 204)
  })
  app.get(path, async (c) => {
    const found = await sessionOf(c)
    if (found === null) return c.text('no ticket', 403)
    const reply = await store.get(found.keys.reply, messageLimit(found.contract))
    if (reply === null) return c.text('not yet', 404, { 'cache-control': 'no-store' })
    const headers = { 'content-type': 'application/cbor', 'cache-control': 'no-store' }
    return c.body(new Uint8Array(reply), 200, headers)
  })
  app.delete(path, async (c) => {
    const found = await sessionOf(c)
    if (found === null) return c.text('no ticket', 403)
    // The mark comes first, so that the ticket buys nothing more; then the request, so that a server that has it in
    // hand sees that nobody waits, and removes the reply that it puts.
    await store.put(found.keys.spent, new Uint8Array(1), { ifAbsent: true })
    await store.delete(found.keys.request)
    await store.delete(found.keys.reply)
    return c.body(null, 204)
  })

  const sign = (contract: Contract): SignTicket => {
    return async (session, seconds) => {
      const place = await placeOf(contract)
      const expires = now() + 1000 * seconds
      const signed = await crypto.subtle.sign(hmac, await secret, textOf(place, session, expires))
      const signature = toHex(new Uint8Array(signed))
      const url = `session/${place.split('/').at(-1)}/${session}?expires=${expires}&signature=${signature}`
      return { put: url, get: url, delete: url }
    }
  }
  return { sign, app }
}
