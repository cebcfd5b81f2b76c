import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { fingerprint, messageLimit } from './contract.ts'
import type { Answering } from './answer.ts'
import type { Counters } from './counters.ts'
import type { ServeEvent } from './events.ts'
import { replyError } from './message.ts'
import { toHex } from './paillier/integer.ts'
import { requireReplyKey } from './reply-key.ts'
import type { Server } from './server.ts'

/** Bytes of a notification at most. */
const notificationLimit = 1_000_000
/** Sessions that notifications have in hand at most; what comes beyond them is left to the server's loop. */
const mostInHand = 64

export interface HttpOptions {
  readonly onEvent?: (event: ServeEvent) => void
  /** What the health check shows; by default it shows the contract alone. */
  readonly counters?: Counters
  /** Answers the sessions of a store that `POST /notify` names. */
  readonly answer?: Answering
}

/**
 * The server module over HTTP: `POST /evaluate` takes a request and gives its reply, both `application/cbor`, with
 * status 200 even for an error reply, which only its client can read; `GET /health` says which model is served, and
 * counts what has happened. With `answer`, `POST /notify` takes notifications of S3, as MinIO and Ceph send them: at once,
 * before the work is done, as such a service may let the client wait for it.
 * Any origin may call it: there are no cookies and nothing to steal. It has no rate limit; put one before it.
 *
 * @throws {ReplyKeyError} if the server lacks its reply key.
 */
export function httpApp(server: Server, { onEvent = () => {}, counters, answer }: HttpOptions = {}): Hono {
  requireReplyKey(server)
  const app = new Hono()
  const { model, reveal, keyBits } = server.contract
  const tooLarge = bodyLimit({ maxSize: messageLimit(server.contract), onError: (c) => c.text('too large', 413) })
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
    })
    return c.body(new Uint8Array(reply), 200, { 'content-type': 'application/cbor', 'cache-control': 'no-store' })
  })
  if (answer !== undefined) {
    let inHand = 0
    app.post('/notify', bodyLimit({ maxSize: notificationLimit }), async (c) => {
      for (const { created } of deliveriesOf(await c.req.json().catch(() => null))) {
        for (const object of created ?? []) {
          const id = sessionOf(object, model, prefix)
          if (id === null || inHand >= mostInHand) continue
          inHand += 1
          const work = answer(id).then(onEvent, (error: unknown) => onEvent({ kind: 'failed', session: id, error }))
          void work.finally(() => {
            inHand -= 1
          })
        }
      }
      return c.body(null, 204)
    })
  }
  app.get('/health', async (c) => {
    const contract = toHex(await fingerprint(server.contract))
    return c.json({ status: 'ok', model, reveal, keyBits, contract, ...counters?.counts() })
  })
  return app
}
