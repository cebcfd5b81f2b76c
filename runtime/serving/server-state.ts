import type { Counters, Counts } from './counters.ts'
import type { Unready, Vitals } from './vitals.ts'

/** What a server says of itself at one time: all that operators are told, as data that can pass between threads. */
export interface ServerState {
  readonly unready: Unready | null
  readonly queue: ReturnType<Vitals['queue']>
  readonly looks: ReturnType<Vitals['looks']>
  readonly counts: Counts
}

export function serverStateOf(vitals: Vitals, counters: Counters): ServerState {
  return { unready: vitals.unready(), queue: vitals.queue(), looks: vitals.looks(), counts: counters.counts() }
}

/** The state of a server, as whoever asks it from another thread knows it. */
export interface AskedState {
  /** Asks, and waits for the answer; a server that is busy is not waited for, and what it said last stands. */
  refresh(path: string): Promise<void>
  /** Takes what the server says, in answer to the question of that number, and to those before it; 0 for unasked. */
  hear(number: number, state: ServerState): void
  readonly last: () => ServerState
  /** Whether the server answers, however late. */
  readonly isAlive: () => boolean
}

/** Milliseconds for which an answer is waited for, and after which a server that gave none counts as stuck. */
const patience = { answer: 300, life: 30_000 }

/** @param ask sends a question of a number, on behalf of a path, to the server. */
export function askedState(
  first: ServerState,
  ask: (number: number, path: string) => void,
  now: () => number = () => performance.now(),
): AskedState {
  let last = first
  let asked = 0
  /** Questions without an answer, oldest first: when each was asked, and who waits. */
  const open = new Map<number, { readonly at: number; readonly done: () => void }>()
  const silence = () => {
    const [oldest] = open.values()
    return oldest === undefined ? 0 : now() - oldest.at
  }
  return {
    async refresh(path) {
      // Who does not answer is not asked more: that would only be more to do.
      if (silence() > patience.answer) return
      asked += 1
      const number = asked
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, patience.answer)
        const done = () => {
          clearTimeout(timer)
          resolve()
        }
        open.set(number, { at: now(), done })
        ask(number, path)
      })
    },
    hear(number, state) {
      last = state
      for (const [earlier, { done }] of open) {
        if (earlier > number) break
        open.delete(earlier)
        done()
      }
    },
    last: () => last,
    isAlive: () => silence() < patience.life,
  }
}
