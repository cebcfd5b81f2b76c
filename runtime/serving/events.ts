import { ProtocolError, type ProtocolErrorCode, StoreError } from '../errors.ts'

/** What became of a session. `session` is null where there is none, as over HTTP. Sizes in bytes. */
export type SessionOutcome =
  | {
      readonly kind: 'answered'
      readonly session: string | null
      readonly milliseconds: number
      readonly requestBytes: number
      readonly replyBytes: number
      /** The code of an error reply; null for an answer. */
      readonly error: ProtocolErrorCode | null
      /** Whether the client was still there when the reply was; over HTTP always. */
      readonly waiting: boolean
    }
  /** Nothing was to be done: its client had gone, or another reply stands. */
  | { readonly kind: 'skipped'; readonly session: string; readonly reason: 'gone' | 'taken' }

/** What a server tells its operator: never the contents of a message. */
export type ServeEvent =
  | SessionOutcome
  /** Requests that nobody waits for any more were removed, unevaluated. */
  | { readonly kind: 'expired'; readonly objects: number }
  /** A request over HTTP had to be refused, as it would have waited too long; seconds after which to try again. */
  | { readonly kind: 'busy'; readonly retryAfter: number }
  /** A client went away before its request was there, or before its reply was. */
  | { readonly kind: 'aborted' }
  /** It was told to end, and answers what it has accepted. */
  | { readonly kind: 'draining'; readonly inHand: number }
  /** It ended without an answer to so many requests that it had accepted. */
  | { readonly kind: 'cut'; readonly requests: number }
  /** It serves `model`, on a store or under a URL. */
  | { readonly kind: 'serving'; readonly model: string; readonly on: string }
  | { readonly kind: 'swept'; readonly objects: number }
  | { readonly kind: 'failed'; readonly session: string | null; readonly error: unknown }
  /** A notification of something else than a new request, or objects in the store that are no requests. */
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'ticket'; readonly session: string }
  | { readonly kind: 'limited'; readonly retryAfter: number }

/** A stable code for an error that was met, and its text, which holds nothing of a message. */
export function describeError(error: unknown): { readonly code: string; readonly message: string } {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof ProtocolError || error instanceof StoreError ? error.code : 'unexpected'
  return { code, message }
}

/** One line for people. */
export function describeEvent(event: ServeEvent): string {
  const of = (session: string | null) => (session === null ? '' : ` ${session}`)
  switch (event.kind) {
    case 'answered': {
      const refused = event.error === null ? 'answered' : `refused (${event.error})`
      return `${refused}${of(event.session)} in ${event.milliseconds.toFixed(0)} ms, ${event.replyBytes} bytes`
    }
    case 'skipped':
      return `skipped ${event.session}: ${event.reason === 'gone' ? 'its client has gone' : 'it has a reply'}`
    case 'serving':
      return `serving ${event.model} on ${event.on}`
    case 'swept':
      return `removed ${event.objects} objects that nobody fetched`
    case 'failed':
      return `failed${of(event.session)}: ${describeError(event.error).message}`
    case 'expired':
      return `removed ${event.objects} requests that nobody waits for any more`
    case 'busy':
      return `refused (busy): to be tried again after ${event.retryAfter} s`
    case 'aborted':
      return 'dropped: its client has gone'
    case 'draining':
      return `ending, with ${event.inHand} requests in hand`
    case 'cut':
      return `ended without an answer to ${event.requests} requests`
    case 'ignored':
      return `ignored: ${event.reason}`
    case 'ticket':
      return `ticket for ${event.session}`
    case 'limited':
      return `refused: too many from this caller, ${event.retryAfter} s to wait`
    default:
      return event satisfies never
  }
}

/** `error` is for what the operator has to mend, `warn` for what others did. */
export function levelOf(event: ServeEvent): 'info' | 'warn' | 'error' {
  if (event.kind === 'failed' || event.kind === 'cut') return 'error'
  if (['limited', 'ignored', 'expired', 'busy'].includes(event.kind)) return 'warn'
  if (event.kind !== 'answered' || event.error === null) return 'info'
  return event.error === 'server-failed' ? 'error' : 'warn'
}

/** An event for machines: its kind as `event`, and its own fields. A session's id is random, and says nothing about the caller. */
export function eventFields(event: ServeEvent): Readonly<Record<string, unknown>> {
  const { kind, ...fields } = event
  if (event.kind !== 'failed') return { event: kind, ...fields }
  const { code, message } = describeError(event.error)
  return { event: kind, session: event.session, error: code, message }
}

/** One line for machines, as JSON: time, level, event, and the event's own fields. */
export function jsonLine(event: ServeEvent, now: () => Date = () => new Date()): string {
  return JSON.stringify({ time: now().toISOString(), level: levelOf(event), ...eventFields(event) })
}

/**
 * Logs an event as an object, at its level: where the console itself writes JSON, as on Lambda, it stays a field of the
 * line and not a text in it.
 */
export function logObject(event: ServeEvent): void {
  console[levelOf(event)](eventFields(event))
}
