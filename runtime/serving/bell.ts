/** Ends the pause of a server loop: rung when something else than its next poll says that there is work. */
export interface Bell {
  ring(): void
  /** Waits until the bell is rung, was rung since the last wait, the time is over, or the signal is aborted. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

export function newBell(): Bell {
  let rung = false
  let wake: (() => void) | null = null
  return {
    ring() {
      rung = true
      wake?.()
    },
    async wait(milliseconds, signal) {
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const done = () => {
            clearTimeout(timer)
            signal.removeEventListener('abort', done)
            resolve()
          }
          const timer = setTimeout(done, milliseconds)
          signal.addEventListener('abort', done, { once: true })
          wake = done
        })
      }
      wake = null
      rung = false
    },
  }
}
