import { ProtocolError, type ProtocolErrorCode, RecordError, type RecordErrorCode } from '../errors.ts'
import type { Explained } from '../schemes/scheme.ts'

/** What a page or a process asks of its worker. Keys and sealed records stay there: they are named by numbers. */
export type WorkerOrder =
  /** Makes a key. `print` is the fingerprint of the contract that is asked for, hexadecimal. */
  | { readonly kind: 'key'; readonly key: number; readonly print: string }
  | { readonly kind: 'prepare'; readonly key: number; readonly features: number }
  | { readonly kind: 'seal'; readonly key: number; readonly sealed: number; readonly record: object }
  | { readonly kind: 'explain'; readonly sealed: number; readonly reply: Uint8Array }

/** An order and its number; or what is no longer wanted: an order, a key or a sealed record. */
export type WorkerMessage =
  | { readonly id: number; readonly order: WorkerOrder }
  | { readonly drop: 'order' | 'key' | 'sealed'; readonly id: number }

/** What a worker did. */
export type Result =
  | { readonly kind: 'done' }
  | { readonly kind: 'sealed'; readonly request: Uint8Array }
  | { readonly kind: 'explained'; readonly explained: Explained }

/** A failure as plain data: errors of other kinds are cloned without their codes. */
export type Failure =
  | { readonly kind: 'protocol'; readonly code: ProtocolErrorCode }
  | { readonly kind: 'record'; readonly code: RecordErrorCode; readonly field: string; readonly message: string }

/** What a worker tells of the order with this number. */
export type WorkerReport = { readonly id: number } & ({ readonly result: Result } | { readonly failure: Failure })

/** Of errors of other packages nothing is told: they may hold what was computed with. */
export function workerFailure(error: unknown): Failure {
  if (error instanceof ProtocolError) return { kind: 'protocol', code: error.code }
  if (error instanceof RecordError) {
    const { code, field, message } = error
    return { kind: 'record', code, field, message }
  }
  return { kind: 'protocol', code: 'worker-failed' }
}

/** The error again, as it was thrown in the worker. */
export function errorOf(failure: Failure): ProtocolError | RecordError {
  return failure.kind === 'protocol'
    ? new ProtocolError(failure.code)
    : new RecordError(failure.code, failure.field, failure.message)
}

/** One end of a channel: a browser's worker, its scope or port, or those of Node's `worker_threads`. */
export interface Channel {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void
  addEventListener?(type: string, listener: (event: Event) => void): void
  on?(type: string, listener: (data: unknown) => void): unknown
  start?(): void
}

/** Calls `act` with every message that comes. */
export function listenTo(channel: Channel, act: (data: unknown) => void): void {
  if (channel.on !== undefined) channel.on('message', act)
  else channel.addEventListener?.('message', (event) => act((event as MessageEvent).data))
  channel.start?.()
}

/** Bytes in a buffer of their own, which may be handed over whole. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}
