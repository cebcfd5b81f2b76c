import type { Transport } from './client.ts'
import { type Contract, messageLimit } from './contract.ts'
import { ProtocolError } from './errors.ts'
import { toHex } from './paillier/integer.ts'
import { type RandomBytes, systemRandom } from './random.ts'
import { readBody } from './read-body.ts'
import { sleep } from './sleep.ts'
import { type Store, sessionKeys } from './store/store.ts'

export { overTickets } from './over-tickets.ts'

/**
 * Carries one session over a store: puts the request under a fresh session id, polls for the reply (every 10 ms at
 * first, more and more rarely up to once a second), and removes both objects whatever happened.
 */
export function overStore(store: Store, contract: Contract, random: RandomBytes = systemRandom): Transport {
  return async (request, signal) => {
    const id = toHex(random(16))
    const keys = sessionKeys(contract.model, id)
    try {
      await store.put(keys.request, request, { ifAbsent: true })
      for (let pause = 10; ; pause = Math.min(1000, pause * 1.5)) {
        const reply = await store.get(keys.reply, messageLimit(contract))
        if (reply !== null) return reply
        await sleep(pause, signal)
      }
    } finally {
      // The request first: a server that sees it gone takes back a reply that comes too late. An answer is not given up
      // because its clean-up fails; the store is swept after a day.
      await store.delete(keys.request).catch(() => {})
      await store.delete(keys.reply).catch(() => {})
    }
  }
}

/**
 * Carries one session over HTTP: `POST <url>/evaluate`.
 *
 * @throws {ProtocolError} `unreachable` if nothing answers there in this protocol.
 */
export function overHttp(url: string, contract: Contract): Transport {
  return async (request, signal) => {
    const response = await fetch(`${url.replace(/\/+$/, '')}/evaluate`, {
      method: 'POST',
      headers: { 'content-type': 'application/cbor' },
      body: new Uint8Array(request),
      signal,
    }).catch((error: unknown) => {
      signal.throwIfAborted()
      throw new ProtocolError('unreachable', { cause: error })
    })
    if (response.headers.get('content-type') !== 'application/cbor' || response.body === null) {
      throw new ProtocolError('unreachable')
    }
    try {
      return await readBody(response.body, messageLimit(contract))
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof ProtocolError ? error : new ProtocolError('unreachable', { cause: error })
    }
  }
}
