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
  readonly ignored: number
  readonly tickets: number
  readonly limited: number
  readonly requestBytes: number
  readonly replyBytes: number
  /** Of all evaluations together. */
  readonly milliseconds: number
}

export interface Counters {
  count(event: ServeEvent): void
  counts(): Counts
}

/** Counts a server's events. */
export function newCounters(): Counters {
  const sums = { answered: 0, skipped: 0, swept: 0, ignored: 0, tickets: 0, limited: 0 }
  const totals = { requestBytes: 0, replyBytes: 0, milliseconds: 0 }
  const [refused, failed] = [new Map<string, number>(), new Map<string, number>()]
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
          return
        case 'swept':
          sums.swept += event.objects
          return
        case 'failed':
          more(failed, describeError(event.error).code)
          return
        case 'ticket':
          sums.tickets += 1
          return
        case 'serving':
          return
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
    }),
  }
}
