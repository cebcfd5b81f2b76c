import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { getRequestListener } from '@hono/node-server'
import type { Contract } from 'emp-compile-runtime/internal/contract'
import { operatorApp } from 'emp-compile-runtime/internal/serving/operator-app'
import { askedState, type ServerState } from 'emp-compile-runtime/internal/serving/server-state'
import { Hono } from 'hono'
import { urlOf } from './listen.ts'

/** What the thread begins with. */
export interface OperatorsData {
  readonly host: string
  readonly port: number
  readonly contracts: readonly Contract[]
  readonly first: ServerState
}

/** What the thread is told: the answer to its question of a number; of 0, unasked. */
export interface ToOperators {
  readonly number: number
  readonly state: ServerState
}

/** What the thread says. */
export type FromOperators =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'taken'; readonly reason: string }
  /** How is the server? It was asked for the path. */
  | { readonly kind: 'ask'; readonly number: number; readonly path: string }

// Serves the port of operators in a thread of its own. Each answer asks the thread that serves clients, and does without
// its word where that takes long.
if (parentPort !== null) {
  const port = parentPort
  const say = (message: FromOperators) => port.postMessage(message)
  const { host, port: number, contracts, first } = workerData as OperatorsData
  const state = askedState(first, (question, path) => say({ kind: 'ask', number: question, path }))
  port.on('message', (message: ToOperators) => state.hear(message.number, message.state))
  const app = new Hono()
  app.use(async (c, next) => {
    await state.refresh(c.req.path)
    await next()
  })
  const { last, isAlive } = state
  const vitals = { unready: () => last().unready, queue: () => last().queue, looks: () => last().looks }
  app.route('/', operatorApp({ contracts, vitals, isAlive, counters: { counts: () => last().counts } }))
  const http = createServer(getRequestListener(app.fetch, { hostname: host }))
  // Whoever scrapes keeps a connection from one time to the next.
  http.keepAliveTimeout = 75_000
  http.headersTimeout = 76_000
  http.requestTimeout = 10_000
  http.maxConnections = 1000
  http.once('listening', () => say({ kind: 'listening', url: urlOf(host, http.address() as AddressInfo) }))
  http.on('error', (error) => say({ kind: 'taken', reason: 'code' in error ? String(error.code) : error.message }))
  http.listen({ port: number, host })
}
