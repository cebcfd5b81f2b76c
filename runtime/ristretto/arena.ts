/** A part of a WebAssembly memory that is lent out in pieces, and wiped. */
export interface Arena {
  /** The memory as bytes: to be asked for anew after every `take`, which may replace it. */
  bytes(): Uint8Array
  /** A piece, at a multiple of 16. What it holds is undefined. @throws {RangeError} if memory is short. */
  take(bytes: number): number
  /** Takes back what was taken during `work`; what is left of it stays in memory. */
  during<T>(work: () => T): T
  /** As `during`, and afterwards wipes all that was taken, and the part of memory that is always wiped. */
  lend<T>(work: () => T): T
}

const page = 65_536

/**
 * @param start where the arena begins; it goes on to the end of memory, which grows.
 * @param wiped the part of memory, from and to, that is wiped after every loan.
 */
export function arenaOf(memory: WebAssembly.Memory, start: number, wiped: readonly [number, number]): Arena {
  let view = new Uint8Array(memory.buffer)
  let [top, peak] = [start, start]

  function bytes(): Uint8Array {
    if (view.buffer !== memory.buffer) view = new Uint8Array(memory.buffer)
    return view
  }

  function during<T>(work: () => T): T {
    const before = top
    try {
      return work()
    } finally {
      top = before
    }
  }

  return {
    bytes,
    take(size) {
      const at = top
      const end = top + 16 * Math.ceil(size / 16)
      const missing = end - memory.buffer.byteLength
      // Growing by half at least keeps the number of growths small.
      if (missing > 0) memory.grow(Math.ceil(Math.max(missing, memory.buffer.byteLength / 2) / page))
      top = end
      peak = Math.max(peak, top)
      return at
    },
    during,
    lend(work) {
      const [first, before] = [top, peak]
      peak = first
      try {
        return during(work)
      } finally {
        bytes().fill(0, first, peak)
        bytes().fill(0, ...wiped)
        peak = Math.max(before, first)
      }
    },
  }
}
