import { createServer, type Server as HttpServer } from 'node:http'
import { serve } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context, Hono } from 'hono'
import type { Bell } from '../../runtime/bell.ts'
import type { Counters } from '../../runtime/counters.ts'
import type { ServeEvent } from '../../runtime/events.ts'
import { httpApp } from '../../runtime/http.ts'
import { notifyApp } from '../../runtime/notify.ts'
import { addressBehind, callerOfAddress } from '../../runtime/rate-limit.ts'
import type { Server } from '../../runtime/server.ts'
import { ticketSigner } from '../../runtime/store/s3-presign.ts'
import { ticketApp } from '../../runtime/tickets.ts'
import { badOption } from '../errors.ts'
import type { BuiltPage } from '../page/build.ts'
import { pageApp } from '../page/serve.ts'

export interface WebOptions {
  readonly host: string
  readonly port: number
  /** The store that is served beside it; it is woken by notifications. */
  readonly store: { readonly url: string; readonly bell: Bell } | null
  /** The rate of tickets for that store, if any are handed out. */
  readonly tickets: { readonly perHour: number; readonly trustedProxies: number } | null
  /** The page that is served at `/`, if any. */
  readonly page: BuiltPage | null
  readonly counters: Counters
  readonly signal: AbortSignal
  readonly onEvent: (event: ServeEvent) => void
}

/**
 * Serves a model over HTTP until the signal is aborted.
 *
 * @throws {CompileError} `bad-option` if the port is taken.
 */
export async function serveWeb(server: Server, options: WebOptions): Promise<void> {
  const { store, tickets, page, counters, onEvent } = options
  const { contract } = server
  const app = httpApp(server, { onEvent, counters })
  if (store !== null) {
    app.route('/', notifyApp(contract.model, store.bell, prefixOf(store.url)))
  }
  if (store !== null && tickets !== null) {
    const caller = (c: Context) => {
      const connection = getConnInfo(c).remote.address ?? ''
      return callerOfAddress(addressBehind(tickets.trustedProxies, connection, c.req.header('x-forwarded-for')))
    }
    const limit = { perHour: tickets.perHour }
    app.route('/', ticketApp(contract, ticketSigner(store.url, contract), { caller, limit, onEvent }))
  }
  if (page !== null) app.route('/', pageApp(page))
  await listen(app.fetch, options, (on) => onEvent({ kind: 'serving', model: contract.model, on }))
}

/** What stands before the keys of a store in its bucket. */
function prefixOf(storeUrl: string): string {
  return /^s3:\/\/[^/]+\/+(.*?)\/*$/.exec(storeUrl)?.[1] ?? ''
}

/** Milliseconds that requests under way have when the server is told to end. */
const grace = 2000

function listen(
  fetch: Hono['fetch'],
  { host, port, signal }: WebOptions,
  onListening: (url: string) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const http = serve({ fetch, port, hostname: host, createServer }, (address) => {
      onListening(`http://${host.includes(':') ? `[${host}]` : host}:${address.port}`)
    }) as HttpServer
    http.on('error', (error) => {
      const reason = 'code' in error ? String(error.code) : error.message
      reject(badOption('--port', port, `a port that is free on ${host} (${reason})`))
    })
    const end = () => {
      http.close(() => resolve())
      setTimeout(() => http.closeAllConnections(), grace).unref()
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
