import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { fingerprint, messageLimit } from './contract.ts'
import type { Counters } from './counters.ts'
import type { ServeEvent } from './events.ts'
import { replyError } from './message.ts'
import { toHex } from './paillier/integer.ts'
import { requireReplyKey } from './reply-key.ts'
import type { Server } from './server.ts'

export interface HttpOptions {
  readonly onEvent?: (event: ServeEvent) => void
  /** What the health check shows; by default it shows the contract alone. */
  readonly counters?: Counters
}

/**
 * The server module over HTTP: `POST /evaluate` takes a request and gives its reply, both `application/cbor`, with
 * status 200 even for an error reply, which only its client can read; `GET /health` says which model is served, and
 * counts what has happened.
 * Any origin may call it: there are no cookies and nothing to steal. It has no rate limit; put one before it.
 *
 * @throws {ReplyKeyError} if the server lacks its reply key.
 */
export function httpApp(server: Server, { onEvent = () => {}, counters }: HttpOptions = {}): Hono {
  requireReplyKey(server)
  const app = new Hono()
  const { contract } = server
  const tooLarge = bodyLimit({ maxSize: messageLimit(contract), onError: (c) => c.text('too large', 413) })
  app.use(cors({ origin: '*', allowMethods: ['GET', 'POST'] }))
  app.post('/evaluate', tooLarge, async (c) => {
    const request = new Uint8Array(await c.req.arrayBuffer())
    const started = performance.now()
    const reply = await server.evaluate(request)
    onEvent({
      kind: 'answered',
      session: null,
      milliseconds: performance.now() - started,
      requestBytes: request.length,
      replyBytes: reply.length,
      error: replyError(reply),
      waiting: true,
    })
    return c.body(new Uint8Array(reply), 200, { 'content-type': 'application/cbor', 'cache-control': 'no-store' })
  })
  app.get('/health', async (c) => {
    const { model, reveal } = contract
    const keyBits = contract.reveal === 'signs' ? contract.keyBits : undefined
    const print = toHex(await fingerprint(contract))
    return c.json({ status: 'ok', model, reveal, keyBits, contract: print, ...counters?.counts() })
  })
  return app
}
