import { toHex } from '../bytes.ts'
import { type Contract, messageLimit } from '../contract.ts'
import { type RandomBytes, systemRandom } from '../random.ts'
import { sleep } from '../store/sleep.ts'
import { placeOf, type Store, sessionKeys } from '../store/store.ts'
import type { Transport } from './run-session.ts'

export { overHttp } from './over-http.ts'
export { overTickets, type TicketTransportOptions } from './over-tickets.ts'

/** Milliseconds after which a put that was given up has taken effect or never will, but for rare misfortunes. */
const settling = 1000

/**
 * Carries one session over a store: puts the request under a fresh session id, polls for the reply (every 10 ms at
 * first, more and more rarely up to once a second), and removes both objects whatever happened.
 */
export function overStore(store: Store, contract: Contract, random: RandomBytes = systemRandom): Transport {
  const place = placeOf(contract)
  return async (request, signal) => {
    const keys = sessionKeys(await place, toHex(random(16)))
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
      // its clean-up fails; the store is swept.
      for (const key of [keys.request, keys.reply]) await store.delete(key).catch(() => {})
    }
  }
}
