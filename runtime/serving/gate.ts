/** Work is refused, as it would have to wait too long. */
export class GateBusy extends Error {
  /** Seconds after which it may be tried again. */
  readonly retryAfter: number

  constructor(retryAfter: number) {
    super('too much work waits')
    this.name = 'GateBusy'
    this.retryAfter = retryAfter
  }
}

/** Lets so much work in at a time, in the order in which it came, and none that would wait too long. */
export interface Gate {
  /**
   * Does the work in its turn.
   *
   * @param signal is aborted when nobody wants the result any more: work that still waits is then dropped.
   * @throws {GateBusy} if it waited too long, or would; the reason of the signal when it was dropped; what the work throws.
   */
  enter<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>
  readonly waiting: () => number
  readonly inHand: () => number
  /** Whether new work would be refused. */
  readonly isFull: () => boolean
}

export interface GateOptions {
  /** Work in hand at a time. */
  readonly hands: number
  /** Milliseconds that work may wait. */
  readonly maxWait: number
  readonly now?: () => number
}

/** One piece of work that waits. */
interface Waiting {
  readonly begin: () => void
}

export function newGate({ hands, maxWait, now = () => performance.now() }: GateOptions): Gate {
  const queue = new Set<Waiting>()
  let inHand = 0
  // Milliseconds that one piece of work has a hand, on a moving average; nothing is known before the first.
  let average = 0
  const wait = () => ((queue.size + 1) * average) / hands
  const busy = () => new GateBusy(Math.max(1, Math.ceil(Math.min(wait(), maxWait) / 1000)))

  function next(): void {
    for (const waiting of queue) {
      if (inHand >= hands) return
      queue.delete(waiting)
      waiting.begin()
    }
  }

  async function turn(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    if (inHand < hands && queue.size === 0) {
      inHand += 1
      return
    }
    if (wait() > maxWait) throw busy()
    await new Promise<void>((resolve, reject) => {
      const settle = (how: () => void) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', drop)
        queue.delete(waiting)
        how()
      }
      const waiting: Waiting = {
        begin: () =>
          settle(() => {
            inHand += 1
            resolve()
          }),
      }
      const drop = () => settle(() => reject(signal?.reason))
      const timer = setTimeout(() => settle(() => reject(busy())), maxWait)
      signal?.addEventListener('abort', drop, { once: true })
      queue.add(waiting)
    })
  }

  return {
    async enter(work, signal) {
      await turn(signal)
      const began = now()
      try {
        return await work()
      } finally {
        const took = now() - began
        // Falls fast, as the first work waits for threads that start.
        average += (took < average ? 0.5 : 0.1) * (took - average)
        inHand -= 1
        next()
      }
    },
    waiting: () => queue.size,
    inHand: () => inHand,
    isFull: () => wait() > maxWait && queue.size > 0,
  }
}
