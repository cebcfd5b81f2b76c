import { ProtocolError } from '../errors.ts'

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
  /** Whoever can end early heeds the signal. */
  open(reply: Uint8Array, options?: { readonly signal: AbortSignal }): Promise<Opened>
}

/** Milliseconds that a transport has to clean up after itself, once a session is given up. */
const cleaning = 1500

/**
 * One whole session: seal, send, open. The time of sealing counts. A session that is given up ends when its transport has
 * cleaned up, or a second and a half later: a process that ends then leaves nothing behind.
 *
 * @throws {ProtocolError} `deadline`, `aborted`; otherwise what sealing, the transport and opening throw.
 */
export async function runSession<Opened>(
  seal: () => Promise<Openable<Opened>>,
  { via, deadline = 60_000, signal }: SessionOptions,
): Promise<Opened> {
  const timeout = AbortSignal.timeout(deadline)
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  let carried: Promise<unknown> = Promise.resolve()
  try {
    const sealed = await unlessAborted(seal(), either)
    either.throwIfAborted()
    const replied = via(sealed.request, either)
    carried = replied
    const reply = await unlessAborted(replied, either)
    const opened = await unlessAborted(sealed.open(reply, { signal: either }), either)
    // What nobody wants any more is nobody's answer, though it came.
    either.throwIfAborted()
    return opened
  } catch (error) {
    if (either.aborted) await atMost(cleaning, carried)
    if (signal?.aborted === true) throw new ProtocolError('aborted', { cause: error })
    if (timeout.aborted) throw new ProtocolError('deadline', { cause: error })
    throw error
  }
}

/** Rejects as soon as the signal is aborted, for work that does not heed it. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** Waits until a promise is settled, and no longer than so many milliseconds. */
async function atMost(milliseconds: number, settling: Promise<unknown>): Promise<void> {
  let late: ReturnType<typeof setTimeout> | undefined
  const over = new Promise((resolve) => {
    late = setTimeout(resolve, milliseconds)
  })
  await Promise.race([settling.catch(() => {}), over])
  clearTimeout(late)
}
