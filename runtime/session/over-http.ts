import type { Contract } from '../contract.ts'
import { ProtocolError } from '../errors.ts'
import { readBody } from '../wire/read-body.ts'
import { messageLimit } from '../wire/sizes.ts'
import { isLostConnection, isPassing, waitToTry } from './again.ts'
import type { Transport } from './run-session.ts'

/** Milliseconds for which a server that never answered is tried. One that did may be restarting. */
const patience = 5000

/**
 * Carries sessions over HTTP: `POST <url>/evaluate`. What may pass (a connection that is refused or lost, a server that
 * is busy, restarting or limits the rate) is tried again, with pauses, until the session's deadline: the same request
 * gets an answer however often it is evaluated. A server that has never answered is given up after five seconds.
 *
 * @throws {ProtocolError} `unreachable` if nothing answers there in this protocol; `rate-limited` if the server asks to
 *   wait longer than half a minute.
 */
export function overHttp(url: string, contract: Contract): Transport {
  const address = `${url.replace(/\/+$/, '')}/evaluate`
  let wasReached = false
  return async (request, signal) => {
    const began = performance.now()
    for (let tries = 0; ; tries++) {
      const { response, error } = await post(address, request, signal)
      if (response === null) {
        const isWorthIt = wasReached || performance.now() - began < patience
        if (!isLostConnection(error) || !isWorthIt) throw new ProtocolError('unreachable', { cause: error })
        await waitToTry(tries, null, signal)
        continue
      }
      if (isPassing(response.status)) {
        await response.body?.cancel().catch(() => {})
        if (await waitToTry(tries, response, signal)) continue
        throw new ProtocolError(response.status === 429 ? 'rate-limited' : 'busy')
      }
      wasReached = true
      if (response.headers.get('content-type') !== 'application/cbor' || response.body === null) {
        throw new ProtocolError('unreachable')
      }
      try {
        return await readBody(response.body, messageLimit(contract))
      } catch (cause) {
        signal.throwIfAborted()
        if (cause instanceof ProtocolError) throw cause
        // Cut short, as by a server that was killed.
        await waitToTry(tries, null, signal)
      }
    }
  }
}

interface Posted {
  readonly response: Response | null
  readonly error: unknown
}

async function post(address: string, request: Uint8Array, signal: AbortSignal): Promise<Posted> {
  try {
    const init = { method: 'POST', headers: { 'content-type': 'application/cbor' }, signal } as const
    return { response: await fetch(address, { ...init, body: new Uint8Array(request) }), error: null }
  } catch (error) {
    signal.throwIfAborted()
    return { response: null, error }
  }
}
