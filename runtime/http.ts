import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { fingerprint, messageLimit } from './contract.ts'
import { toHex } from './paillier/integer.ts'
import { requireReplyKey } from './reply-key.ts'
import type { Server } from './server.ts'

/**
 * The server module over HTTP: `POST /evaluate` takes a request and gives its reply, both `application/cbor`, with
 * status 200 even for an error reply, which only its client can read; `GET /health` says which model is served.
 * Any origin may call it: there are no cookies and nothing to steal. It has no rate limit; put one before it.
 *
 * @throws {ReplyKeyError} if the server lacks its reply key.
 */
export function httpApp(server: Server): Hono {
  requireReplyKey(server)
  const app = new Hono()
  const { model, reveal, keyBits } = server.contract
  const tooLarge = bodyLimit({ maxSize: messageLimit(server.contract), onError: (c) => c.text('too large', 413) })
  app.use(cors({ origin: '*', allowMethods: ['GET', 'POST'] }))
  app.post('/evaluate', tooLarge, async (c) => {
    const reply = await server.evaluate(new Uint8Array(await c.req.arrayBuffer()))
    return c.body(new Uint8Array(reply), 200, { 'content-type': 'application/cbor', 'cache-control': 'no-store' })
  })
  app.get('/health', async (c) => {
    const contract = toHex(await fingerprint(server.contract))
    return c.json({ status: 'ok', model, reveal, keyBits, contract })
  })
  return app
}
