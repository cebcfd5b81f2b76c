import type { ScalarSize } from './group.ts'
import type { Machine } from './machine.ts'

/** What a lane adds up: neighbouring points. */
interface Lane {
  readonly from: number
  readonly to: number
  /** Which partial sum it is. */
  readonly sum: number
}

/** How sums of multiples are divided among lanes. */
export interface Parts {
  /** The lanes that are computed together, and share their doublings. */
  readonly blocks: readonly (readonly Lane[])[]
  /** Partial sums in all, and of each run. */
  readonly count: number
  readonly perRun: readonly number[]
}

/** What the doublings of a block of lanes take, in additions of a multiple to each of them. */
const doublings = 2.5

/**
 * Divides runs of these lengths among lanes: a run to each lane, or all lanes to each run, whichever takes less. It
 * depends on the lengths alone.
 */
export function partsOf(runs: readonly number[], lanes: number): Parts {
  const ends = runs.map((_, i) => runs.slice(0, i + 1).reduce((sum, run) => sum + run, 0))
  const used = runs.flatMap((length, i) => (length > 0 ? [{ from: (ends[i] as number) - length, length }] : []))
  const perRun = (count: number) => runs.map((length) => (length > 0 ? count : 0))
  // The longest together, so that no lane waits long for another.
  const sorted = used.map((run, sum) => ({ ...run, sum })).sort((a, b) => b.length - a.length)
  const together = Array.from({ length: Math.ceil(used.length / lanes) }, (_, i) =>
    sorted.slice(lanes * i, lanes * (i + 1)),
  )
  const oneEach = together.reduce((sum, [longest]) => sum + (longest?.length ?? 0) + doublings, 0)
  const allEach = used.reduce((sum, { length }) => sum + Math.ceil(length / lanes) + doublings, 0)
  if (oneEach <= allEach) {
    const blocks = together.map((block) => block.map(({ from, length, sum }) => ({ from, to: from + length, sum })))
    return { blocks, count: used.length, perRun: perRun(1) }
  }
  const blocks = used.map(({ from, length }, run) =>
    Array.from({ length: lanes }, (_, lane) => ({
      from: from + Math.ceil((length * lane) / lanes),
      to: from + Math.ceil((length * (lane + 1)) / lanes),
      sum: lanes * run + lane,
    })),
  )
  return { blocks, count: lanes * used.length, perRun: perRun(lanes) }
}

/** Writes the partial sums of multiples to the places `sums`. */
export function combineParts(
  machine: Machine,
  blocks: Parts['blocks'],
  sums: Uint32Array,
  points: Uint32Array,
  scalars: Uint8Array,
  size: ScalarSize,
): void {
  const { exports, arena, layout, identity } = machine
  const { lanes, combineTableBytes, combineDigitBytes } = layout
  for (const block of blocks) {
    const length = block.reduce((most, { from, to }) => Math.max(most, to - from), 0)
    // What a shorter lane lacks is the identity, 0 times.
    const addresses = new Uint32Array(lanes * length).fill(identity)
    const own = new Uint8Array(lanes * length * size)
    for (const [lane, { from, to }] of block.entries()) {
      for (let i = from; i < to; i++) {
        const place = lanes * (i - from) + lane
        addresses[place] = points[i] as number
        own.set(scalars.subarray(size * i, size * (i + 1)), size * place)
      }
    }
    arena.during(() =>
      exports.combine(
        machine.results(Uint32Array.from(block, ({ sum }) => sums[sum] as number)),
        machine.operands(addresses),
        machine.put(own, size),
        size,
        arena.take(length * combineTableBytes),
        arena.take(length * combineDigitBytes),
        length,
      ),
    )
    own.fill(0)
  }
}
