import { sleep } from './sleep.ts'

/** How work over a network is tried: each attempt has a deadline; pauses between them grow and are random. */
export interface RetryOptions {
  /** How many there are, at most. */
  readonly most: number
  /** Milliseconds that one may take. */
  readonly deadline: number
  /** Milliseconds: the first pause is uniform below this, and the bound doubles with every attempt up to 5 s. */
  readonly pause: number
  /** Tells whether another attempt can end otherwise; that of one that met its deadline is a `TimeoutError`. */
  readonly isTransient: (error: unknown) => boolean
}

/**
 * Does work in several attempts. Each gets a signal that is aborted when the attempt is over unsuccessfully, so that
 * nothing of it goes on, and the number of the attempts before it.
 *
 * @throws what the last attempt threw; the reason of `signal`, at once, when that is aborted.
 */
export async function withRetries<T>(
  work: (signal: AbortSignal, before: number) => Promise<T>,
  { most, deadline, pause, isTransient }: RetryOptions,
  signal?: AbortSignal,
): Promise<T> {
  for (let before = 0; ; before += 1) {
    signal?.throwIfAborted()
    const attempt = new AbortController()
    const late = new DOMException('The attempt took too long.', 'TimeoutError')
    const timer = setTimeout(() => attempt.abort(late), deadline)
    const onAbort = () => attempt.abort(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      return await work(attempt.signal, before)
    } catch (error) {
      attempt.abort(error)
      signal?.throwIfAborted()
      const failure = attempt.signal.reason === late ? late : error
      if (before + 1 >= most || !isTransient(failure)) throw failure
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
    await sleep(Math.random() * Math.min(5000, pause * 2 ** before), signal)
  }
}
