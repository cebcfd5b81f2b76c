/** Whether somebody asks if the server is ready: who does would notice that it ends. */
export interface ReadyWatch {
  note(): void
  readonly isRecent: () => boolean
}

/** Milliseconds for which a question shows that there will be more. */
const recent = 60_000

export function newReadyWatch(): ReadyWatch {
  let asked = Number.NEGATIVE_INFINITY
  return {
    note() {
      asked = performance.now()
    },
    isRecent: () => performance.now() - asked < recent,
  }
}
