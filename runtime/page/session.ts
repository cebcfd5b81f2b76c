import { ProtocolError } from '../errors.ts'
import { PageError } from './vault.ts'

/** Rejects as soon as the signal is aborted. */
export function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

/** What an error is called: see `failures.ts`. */
export function codeOf(error: unknown): string {
  return error instanceof ProtocolError || error instanceof PageError ? error.code : 'page-failed'
}
