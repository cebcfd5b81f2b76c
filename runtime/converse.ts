import { ProtocolError } from './errors.ts'

/** Carries a request to a server and brings its reply. See `runtime/session`. */
export type Transport = (request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>

/** How one session is carried. */
export interface SessionOptions {
  readonly via: Transport
  /** Milliseconds until the session is given up; 60,000 by default. */
  readonly deadline?: number
  readonly signal?: AbortSignal
}

/** A sealed record: the bytes to send, and who can open the reply to them. */
export interface Openable<Opened> {
  readonly request: Uint8Array
  open(reply: Uint8Array): Promise<Opened>
}

/**
 * One whole session: seal, send, open. The time of sealing counts.
 *
 * @throws {ProtocolError} `deadline`, `aborted`; otherwise what sealing, the transport and opening throw.
 */
export async function converse<Opened>(
  seal: () => Promise<Openable<Opened>>,
  { via, deadline = 60_000, signal }: SessionOptions,
): Promise<Opened> {
  const timeout = AbortSignal.timeout(deadline)
  const sealed = await seal()
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  try {
    either.throwIfAborted()
    return await sealed.open(await Promise.race([via(sealed.request, either), rejection(either)]))
  } catch (error) {
    if (signal?.aborted === true) throw new ProtocolError('aborted', { cause: error })
    if (timeout.aborted) throw new ProtocolError('deadline', { cause: error })
    throw error
  }
}

/** Rejects when the signal is aborted, for transports that do not heed it. */
function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}
