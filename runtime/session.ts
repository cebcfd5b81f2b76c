import type { Transport } from './client.ts'
import { type Contract, messageLimit } from './contract.ts'
import { ProtocolError } from './errors.ts'
import { type RandomBytes, systemRandom } from './random.ts'
import { type Store, sessionKeys } from './store/store.ts'

/**
 * Carries one session over a store: puts the request under a fresh session id, polls for the reply (every 10 ms at
 * first, more and more rarely up to once a second), and removes both objects whatever happened.
 */
export function overStore(store: Store, contract: Contract, random: RandomBytes = systemRandom): Transport {
  return async (request, signal) => {
    const id = Array.from(random(16), (byte) => byte.toString(16).padStart(2, '0')).join('')
    const keys = sessionKeys(contract.model, id)
    try {
      await store.put(keys.request, request, { ifAbsent: true })
      for (let pause = 10; ; pause = Math.min(1000, pause * 1.5)) {
        const reply = await store.get(keys.reply, messageLimit(contract))
        if (reply !== null) return reply
        await sleep(pause, signal)
      }
    } finally {
      await Promise.all([store.delete(keys.request), store.delete(keys.reply)])
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
    if (response.headers.get('content-type') !== 'application/cbor') throw new ProtocolError('unreachable')
    if (Number(response.headers.get('content-length')) > messageLimit(contract)) throw new ProtocolError('too-large')
    return new Uint8Array(await response.arrayBuffer())
  }
}

/** Waits, or rejects with the signal's reason as soon as it is aborted. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    if (signal.aborted) return reject(signal.reason)
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, milliseconds)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
