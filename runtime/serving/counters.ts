import { at } from '../at.ts'
import { describeError, type ServeEvent } from './events.ts'

/** How often what has happened since a server began; for its health check. */
export interface Counts {
  readonly answered: number
  /** Error replies by their code. */
  readonly refused: Readonly<Record<string, number>>
  readonly skipped: number
  /** Failures by their code; the work is tried again. */
  readonly failed: Readonly<Record<string, number>>
  readonly swept: number
  /** Requests that nobody waited for any more, removed unevaluated. */
  readonly expired: number
  /** Requests over HTTP that would have waited too long. */
  readonly busy: number
  /** Requests over HTTP whose clients went away. */
  readonly aborted: number
  readonly ignored: number
  readonly tickets: number
  readonly limited: number
  readonly requestBytes: number
  readonly replyBytes: number
  /** Of all evaluations together. */
  readonly milliseconds: number
  /** How many answers took at most so many seconds; the bounds are {@link secondsBounds}. */
  readonly within: readonly number[]
}

/** Bounds of the histogram of evaluation times. */
export const secondsBounds: readonly number[] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface Counters {
  count(event: ServeEvent): void
  counts(): Counts
}

/** Counts a server's events. */
export function newCounters(): Counters {
  const sums = {
    answered: 0,
    skipped: 0,
    swept: 0,
    expired: 0,
    busy: 0,
    aborted: 0,
    ignored: 0,
    tickets: 0,
    limited: 0,
  }
  const totals = { requestBytes: 0, replyBytes: 0, milliseconds: 0 }
  const [refused, failed] = [new Map<string, number>(), new Map<string, number>()]
  const within = secondsBounds.map(() => 0)
  const more = (map: Map<string, number>, code: string) => map.set(code, (map.get(code) ?? 0) + 1)
  return {
    count(event) {
      switch (event.kind) {
        case 'answered':
          if (event.error === null) sums.answered += 1
          else more(refused, event.error)
          totals.requestBytes += event.requestBytes
          totals.replyBytes += event.replyBytes
          totals.milliseconds += event.milliseconds
          for (const [i, bound] of secondsBounds.entries()) {
            if (event.milliseconds <= 1000 * bound) within[i] = at(within, i) + 1
          }
          return
        case 'swept':
        case 'expired':
          sums[event.kind] += event.objects
          return
        case 'failed':
          more(failed, describeError(event.error).code)
          return
        case 'ticket':
          sums.tickets += 1
          return
        case 'serving':
        case 'draining':
        case 'cut':
          return
        case 'busy':
        case 'aborted':
        case 'skipped':
        case 'ignored':
        case 'limited':
          sums[event.kind] += 1
          return
        default:
          return event satisfies never
      }
    },
    counts: () => ({
      ...sums,
      ...totals,
      milliseconds: Math.round(totals.milliseconds),
      refused: Object.fromEntries(refused),
      failed: Object.fromEntries(failed),
      within: [...within],
    }),
  }
}
