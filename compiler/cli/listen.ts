import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { ServeEvent } from 'emp-compile-runtime/internal/serving/events'
import type { Hono } from 'hono'
import { badOption } from '../errors.ts'
import { newIntake } from './intake.ts'

export interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly signal: AbortSignal
  /** Milliseconds for which the port stays open when the signal is aborted, given what is in hand. */
  readonly linger: (inHand: number) => number
  /** Milliseconds after the signal at which what is still in hand is cut. */
  readonly grace: number
  readonly onListening: (url: string) => void
  readonly onEvent: (event: ServeEvent) => void
}

/** Longer than load balancers keep a connection, so that it is they who close it. */
const keepAlive = 75_000
/** Milliseconds for a request to arrive. */
const arrival = 30_000
const mostConnections = 10_000
/**
 * Connections that the system keeps until they are taken up. Beyond them it drops what comes, and clients try again
 * after 1, 3, 7, 15 seconds: longer than a health check waits.
 */
const backlog = 4096
/** What those ask who watch the server. It does not wait behind other requests. */
const urgent = new Set(['/health', '/ready'])

/** What is said of a port that cannot be had. */
export const portTaken = (option: '--port' | '--metrics-port', host: string, port: number, reason: string) =>
  badOption(option, port, `a port that is free on ${host} (${reason})`)

/** The URL under which a server that listens is asked. */
export function urlOf(host: string, address: AddressInfo): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}

/**
 * Serves an app on a port until the signal is aborted. Then it goes on for a while, and asks clients to close their
 * connections; then it closes the port, and answers what it has accepted.
 *
 * @throws {CompileError} `bad-option` if the port is taken.
 */
export function listen(fetch: Hono['fetch'], options: ListenOptions): Promise<void> {
  const { host, port, signal, onListening, onEvent, linger, grace } = options
  return new Promise((resolve, reject) => {
    const intake = newIntake(getRequestListener(fetch, { hostname: host }), {
      isUrgent: ({ url = '' }: IncomingMessage) => urgent.has(url.split('?', 1)[0] ?? ''),
      onGone: () => onEvent({ kind: 'aborted' }),
    })
    const http = createServer(intake.onRequest)
    http.on('connection', intake.onConnection)
    http.once('listening', () => onListening(urlOf(host, http.address() as AddressInfo)))
    http.listen({ port, host, backlog })
    http.keepAliveTimeout = keepAlive
    http.headersTimeout = keepAlive + 1000
    http.requestTimeout = arrival
    http.maxConnections = mostConnections
    let inHand = 0
    http.prependListener('request', (_, response) => {
      inHand += 1
      response.once('close', () => {
        inHand -= 1
      })
      if (signal.aborted) response.setHeader('connection', 'close')
    })
    // A client that sends no HTTP is told so, and nobody else.
    http.on('clientError', (_, socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
    })
    http.on('error', (error) => {
      reject(portTaken('--port', host, port, 'code' in error ? String(error.code) : error.message))
    })
    const close = (waited: number) => {
      const cut = setTimeout(() => {
        if (inHand > 0) onEvent({ kind: 'cut', requests: inHand })
        http.closeAllConnections()
      }, grace - waited)
      http.close(() => {
        clearTimeout(cut)
        resolve()
      })
    }
    const end = () => {
      onEvent({ kind: 'draining', inHand })
      const wait = Math.min(linger(inHand), grace)
      setTimeout(close, wait, wait)
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
