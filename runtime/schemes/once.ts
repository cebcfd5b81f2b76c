/** What was drawn for one reply: it is taken once, so that no two replies share a draw. */
export interface Drawn<T> {
  /** @throws {RangeError} the second time. */
  take(): T
}

/** Wraps what has been drawn. */
export function drawnOnce<T>(value: T): Drawn<T> {
  let left: { readonly value: T } | null = { value }
  return {
    take() {
      if (left === null) throw new RangeError('what was drawn for one reply is used for another')
      const taken = left.value
      left = null
      return taken
    },
  }
}
