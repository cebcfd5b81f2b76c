import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

export interface IntakeOptions {
  /** Whether a request is answered at once, before all that wait. */
  readonly isUrgent: (request: IncomingMessage) => boolean
  /** Told of a request whose client went away before its turn came. */
  readonly onGone: () => void
  readonly now?: () => number
}

/** What a server tells an intake. */
export interface Intake {
  readonly onRequest: RequestListener
  readonly onConnection: () => void
}

/** Milliseconds for which requests are taken in before the rest of the process has its turn. */
const slice = 10
/** Milliseconds for which requests wait while connections come. */
const courtesy = 500

/**
 * Hands requests to a listener a few at a time, in the order in which they came. When a thousand come at once, whatever
 * else the process has to do, such as a health check, waits for a slice of them and not for all.
 *
 * Node takes up one connection in each turn of its loop. So while connections come, turns are kept short: no request is
 * taken for half a second, and then one in each turn.
 */
export function newIntake(
  listener: RequestListener,
  { isUrgent, onGone, now = () => performance.now() }: IntakeOptions,
): Intake {
  const queue = new Set<readonly [IncomingMessage, ServerResponse]>()
  let began = 0
  let isTurning = false
  let hasNewConnection = false

  function turn(): void {
    const at = now()
    const isYielding = hasNewConnection
    hasNewConnection = false
    if (!isYielding || at - began >= courtesy) take(at + (isYielding ? 0 : slice))
    isTurning = queue.size > 0
    if (isTurning) setImmediate(turn)
  }

  /** Takes one request, and more until the time is over. */
  function take(until: number): void {
    for (const waiting of queue) {
      queue.delete(waiting)
      const [request, response] = waiting
      if (response.destroyed) onGone()
      else listener(request, response as Parameters<RequestListener>[1])
      if (now() >= until) return
    }
  }

  return {
    onConnection() {
      hasNewConnection = true
    },
    onRequest(request, response) {
      if (isUrgent(request)) return listener(request, response)
      queue.add([request, response])
      if (isTurning) return
      isTurning = true
      began = now()
      setImmediate(turn)
    },
  }
}
