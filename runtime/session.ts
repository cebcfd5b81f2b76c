import { type Contract, messageLimit } from './contract.ts'
import type { Transport } from './converse.ts'
import { ProtocolError } from './errors.ts'
import { toHex } from './paillier/integer.ts'
import { type RandomBytes, systemRandom } from './random.ts'
import { readBody } from './read-body.ts'
import { sleep } from './sleep.ts'
import { type Store, sessionKeys } from './store/store.ts'

export { overTickets } from './over-tickets.ts'

/** Milliseconds after which a put that was given up has taken effect or never will, but for rare misfortunes. */
const settling = 1000

/**
 * Carries one session over a store: puts the request under a fresh session id, polls for the reply (every 10 ms at
 * first, more and more rarely up to once a second), and removes both objects whatever happened.
 */
export function overStore(store: Store, contract: Contract, random: RandomBytes = systemRandom): Transport {
  return async (request, signal) => {
    const id = toHex(random(16))
    const keys = sessionKeys(contract.model, id)
    let isSent = false
    try {
      await store.put(keys.request, request, { ifAbsent: true, signal })
      isSent = true
      for (let pause = 10; ; pause = Math.min(1000, pause * 1.5)) {
        const reply = await store.get(keys.reply, messageLimit(contract), { signal })
        if (reply !== null) return reply
        // Random, so that clients which began together do not go on together.
        await sleep(pause * (0.75 + Math.random() / 2), signal)
      }
    } finally {
      if (!isSent && signal.aborted) await sleep(settling)
      // The request first: servers tell by it whether anybody is left to take a reply. An answer is not given up because
      // its clean-up fails; the store is swept after a day.
      for (const key of [keys.request, keys.reply]) await store.delete(key).catch(() => {})
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
