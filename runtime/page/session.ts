import type { Contract } from '../contract.ts'
import { ProtocolError } from '../errors.ts'
import { overHttp, overTickets } from '../session/index.ts'
import type { Transport } from '../session/run-session.ts'
import type { Connection } from './documents.ts'
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

/** How requests reach the server of a page, and its address. */
export function transportOf({ kind, url }: Connection, contract: Contract): { transport: Transport; address: string } {
  const address = url ?? new URL('.', document.baseURI).href
  return { transport: kind === 'http' ? overHttp(address, contract) : overTickets(address, contract), address }
}
