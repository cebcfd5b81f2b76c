import { ProtocolError, type ProtocolErrorCode, StoreError } from './errors.ts'

/** What became of a session. `session` is null where there is none, as over HTTP. Sizes in bytes. */
export type Outcome =
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
  | Outcome
  /** It serves `model`, on a store or under a URL. */
  | { readonly kind: 'serving'; readonly model: string; readonly on: string }
  | { readonly kind: 'swept'; readonly objects: number }
  | { readonly kind: 'failed'; readonly session: string | null; readonly error: unknown }
  /** A notification of something else than a new request. */
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
    case 'ignored':
      return `ignored a notification: ${event.reason}`
    case 'ticket':
      return `ticket for ${event.session}`
    case 'limited':
      return `refused a ticket: too many from this caller, ${event.retryAfter} s to wait`
    default:
      return event satisfies never
  }
}

/** `error` is for what the operator has to mend, `warn` for what others did. */
function levelOf(event: ServeEvent): 'info' | 'warn' | 'error' {
  if (event.kind === 'failed') return 'error'
  if (event.kind === 'limited' || event.kind === 'ignored') return 'warn'
  if (event.kind !== 'answered' || event.error === null) return 'info'
  return event.error === 'server-failed' ? 'error' : 'warn'
}

/**
 * One line for machines, as JSON: time, level, event, and the event's own fields. A session's id is random, and says
 * nothing of who asks.
 */
export function jsonLine(event: ServeEvent, now: () => Date = () => new Date()): string {
  const { kind, ...fields } = event
  const head = { time: now().toISOString(), level: levelOf(event), event: kind }
  if (event.kind !== 'failed') return JSON.stringify({ ...head, ...fields })
  const { code, message } = describeError(event.error)
  return JSON.stringify({ ...head, session: event.session, error: code, message })
}
