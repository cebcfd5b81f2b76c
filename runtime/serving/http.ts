import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { messageLimit } from '../contract.ts'
import type { Server } from '../server.ts'
import { replyError } from '../wire/message.ts'
import type { ServeEvent } from './events.ts'
import { type Gate, GateBusy } from './gate.ts'
import type { Limiter } from './rate-limit.ts'
import { requireReplyKey } from './require-reply-key.ts'
import { routeByContract } from './route.ts'

export interface HttpOptions {
  readonly onEvent?: (event: ServeEvent) => void
  /** Bounds what is in hand and what waits; without it all is taken up at once. */
  readonly gate?: Gate
  /** The rate of evaluations for each caller; without it there is none. */
  readonly limit?: { readonly limiter: Limiter; readonly caller: (c: Context) => string | null }
  /** Origins of pages that may ask; any by default, as there are no cookies. */
  readonly origin?: string | string[]
}

/**
 * Server modules over HTTP: `POST /evaluate` takes a request and gives its reply, both `application/cbor`, with status
 * 200 even for most error replies, which only their client can read. Which module answers is told by the contract that
 * the request names; a request of none of them is answered by the first. Status 503 and 429, with `Retry-After`, ask to
 * try again. Without a limit, put one before it.
 *
 * @throws {ReplyKeyError} if a server lacks its reply key. @throws {RangeError} if there is no server.
 */
export function httpApp(
  servers: Server | readonly Server[],
  { onEvent = () => {}, gate, limit, origin = '*' }: HttpOptions = {},
): Hono {
  const all: readonly Server[] = 'contract' in servers ? [servers] : servers
  for (const server of all) requireReplyKey(server)
  const app = new Hono()
  app.onError(onAppError(onEvent))
  const route = routeByContract(all)
  const maxSize = Math.max(...all.map(({ contract }) => messageLimit(contract)))
  const tooLarge = bodyLimit({ maxSize, onError: (c) => c.text('too large', 413) })
  app.use('/evaluate', cors({ origin, allowMethods: ['POST'], exposeHeaders: ['Retry-After'] }))
  const again = (c: Context, status: 429 | 503, retryAfter: number, body: Uint8Array<ArrayBuffer> | string) =>
    c.body(body, status, {
      'retry-after': String(retryAfter),
      'content-type': typeof body === 'string' ? 'text/plain' : 'application/cbor',
      'cache-control': 'no-store',
    })
  app.post('/evaluate', tooLarge, async (c) => {
    if (limit !== undefined) {
      const name = limit.caller(c)
      if (name === null) return c.text('forbidden', 403)
      const retryAfter = limit.limiter(name)
      if (retryAfter > 0) {
        onEvent({ kind: 'limited', retryAfter })
        return again(c, 429, retryAfter, 'rate-limited')
      }
    }
    const request = new Uint8Array(await c.req.arrayBuffer())
    const server = await route(request)
    const started = performance.now()
    try {
      const work = () => server.evaluate(request)
      const reply = gate === undefined ? await work() : await gate.enter(work, c.req.raw.signal)
      const error = replyError(reply)
      const sizes = { requestBytes: request.length, replyBytes: reply.length }
      const milliseconds = performance.now() - started
      onEvent({ kind: 'answered', session: null, milliseconds, ...sizes, error, waiting: true })
      if (error === 'busy') return again(c, 503, 1, new Uint8Array(reply))
      const headers = { 'content-type': 'application/cbor', 'cache-control': 'no-store' }
      return c.body(new Uint8Array(reply), 200, headers)
    } catch (error) {
      if (c.req.raw.signal.aborted) {
        onEvent({ kind: 'aborted' })
        return c.text('aborted', 400)
      }
      if (!(error instanceof GateBusy)) throw error
      onEvent({ kind: 'busy', retryAfter: error.retryAfter })
      return again(c, 503, error.retryAfter, 'busy')
    }
  })
  return app
}

/** What an app answers where something went wrong that nobody foresaw: a line in the log, and nothing of it to the caller. */
export function onAppError(onEvent: (event: ServeEvent) => void): (error: Error, c: Context) => Response {
  return (error, c) => {
    const isAborted = c.req.raw.signal.aborted || error.name === 'AbortError'
    onEvent(isAborted ? { kind: 'aborted' } : { kind: 'failed', session: null, error })
    return c.text('failed', isAborted ? 400 : 500)
  }
}
