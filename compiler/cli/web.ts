import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Server } from 'emp-compile-runtime/internal/server'
import type { Bell } from 'emp-compile-runtime/internal/serving/bell'
import type { ServeEvent } from 'emp-compile-runtime/internal/serving/events'
import type { Gate } from 'emp-compile-runtime/internal/serving/gate'
import { httpApp, onAppError } from 'emp-compile-runtime/internal/serving/http'
import { notifyApp } from 'emp-compile-runtime/internal/serving/notify'
import { healthApp } from 'emp-compile-runtime/internal/serving/operator-app'
import { addressBehind, callerOfAddress, rateLimiter } from 'emp-compile-runtime/internal/serving/rate-limit'
import { type SignTicket, ticketApp } from 'emp-compile-runtime/internal/serving/tickets'
import type { Vitals } from 'emp-compile-runtime/internal/serving/vitals'
import { type Context, Hono } from 'hono'
import type { BuiltPage } from '../page/build.ts'
import { pageApp } from '../page/serve.ts'
import { listen } from './listen.ts'
import type { ReadyWatch } from './ready-watch.ts'

export interface Address {
  readonly host: string
  readonly port: number
}

/** How tickets are handed out. */
export interface WebTickets {
  readonly sign: (server: Server) => SignTicket
  readonly isOpen: () => boolean
  /** Through which the sessions of tickets go, if not straight to the store. */
  readonly relay: Hono | null
}

export interface WebOptions {
  readonly address: Address
  /** The bells of the store that is served beside it, by place, and the prefix of its keys. */
  readonly store: { readonly prefix: string; readonly bells: ReadonlyMap<string, Bell> } | null
  readonly tickets: WebTickets | null
  /** Whether requests are evaluated here. */
  readonly evaluates: boolean
  /** Evaluations, or tickets for them, of one caller in an hour; null if there is no limit. */
  readonly perHour: number | null
  readonly trustedProxies: number
  /** The page that is served at `/`, if any. */
  readonly page: BuiltPage | null
  readonly gate: Gate
  readonly vitals: Vitals
  readonly watch: ReadyWatch
  /** Milliseconds for which what is in hand is answered when the signal is aborted. */
  readonly grace: number
  readonly signal: AbortSignal
  /** Told when the port is open. */
  readonly onListening: () => void
  readonly onEvent: (event: ServeEvent) => void
}

/** Milliseconds for which a port stays open after the signal, where somebody would notice that it is not ready. */
const linger = 3000
/** The same where nobody would: what was sent to the port before the signal is read. */
const leastLinger = 200

/**
 * Serves models over HTTP until the signal is aborted.
 *
 * @throws {CompileError} `bad-option` if the port is taken.
 */
export async function serveWeb(servers: readonly Server[], options: WebOptions): Promise<void> {
  const { address, vitals, watch, signal, onEvent, grace } = options
  const names = [...new Set(servers.map(({ contract }) => contract.name))].join(', ')
  const lingering = (inHand: number) =>
    watch.isRecent() || inHand > 0 || vitals.queue().inHand > 0 ? linger : leastLinger
  const app = new Hono()
  app.use('/ready', async (_, next) => {
    watch.note()
    await next()
  })
  app.route('/', webApp(servers, options))
  const onListening = (on: string) => {
    onEvent({ kind: 'serving', model: names, on })
    options.onListening()
  }
  await listen(app.fetch, { ...address, signal, grace, linger: lingering, onListening, onEvent })
}

function webApp(servers: readonly Server[], options: WebOptions): Hono {
  const { store, tickets, evaluates, perHour, trustedProxies, page, gate, vitals, onEvent } = options
  const contracts = servers.map(({ contract }) => contract)
  const app = new Hono()
  app.onError(onAppError(onEvent))
  const caller = (c: Context) => {
    const connection = getConnInfo(c).remote.address ?? ''
    const behind = addressBehind(trustedProxies, connection, c.req.header('x-forwarded-for'))
    return behind === null ? null : callerOfAddress(behind)
  }
  const limiter = perHour === null ? null : rateLimiter({ perHour })
  app.route('/', healthApp({ contracts, vitals }))
  if (evaluates) {
    app.route('/', httpApp(servers, { onEvent, gate, ...(limiter === null ? {} : { limit: { limiter, caller } }) }))
  }
  if (store !== null) app.route('/', notifyApp(store.bells, store.prefix))
  if (tickets !== null && limiter !== null) {
    const { sign, isOpen } = tickets
    const served = servers.map((server) => ({ contract: server.contract, sign: sign(server) }))
    app.route('/', ticketApp(served, { caller, limiter, isOpen, onEvent }))
    if (tickets.relay !== null) app.route('/', tickets.relay)
  }
  if (page !== null) app.route('/', compressed(pageApp(page)))
  else app.get('/', (c) => c.text('There is no page here: this address answers the clients of its models.\n', 404))
  return app
}

/** Ways to compress, the one that makes least first, and as small as they can. */
const codings = {
  br: promisify(brotliCompress),
  gzip: (body: Uint8Array) => promisify(gzip)(body, { level: 9 }),
} as const

/** The same app, whose files are sent compressed to those that take it; each is compressed once. */
function compressed(app: Hono): Hono {
  const known = new Map<string, Promise<Buffer>>()
  const outer = new Hono()
  outer.use(async (c, next) => {
    await next()
    c.header('vary', 'accept-encoding', { append: true })
    const accepted = c.req.header('accept-encoding') ?? ''
    const coding = (['br', 'gzip'] as const).find((name) => new RegExp(`\\b${name}\\b`).test(accepted))
    if (c.res.status !== 200 || coding === undefined) return
    const name = `${coding} ${c.req.path}`
    const body = known.get(name) ?? codings[coding](new Uint8Array(await c.res.clone().arrayBuffer()))
    known.set(name, body)
    const headers = new Headers(c.res.headers)
    const bytes = new Uint8Array(await body)
    headers.set('content-encoding', coding)
    headers.set('content-length', String(bytes.length))
    c.res = new Response(bytes, { status: 200, headers })
  })
  outer.route('/', app)
  return outer
}
