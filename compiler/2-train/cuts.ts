import type { Codes } from '../table.ts'
import { type Objective, scoreTolerance } from './objective.ts'

/** A division of a node: rows with a cell of at most `cut`, that is with a code of at most `code`, go left. */
export interface Candidate {
  readonly feature: number
  readonly cut: number
  readonly code: number
  readonly score: number
  readonly left: Float64Array
}

/** The best cut so far: written over by every better one, so that only the last one is made an object of. */
export class BestCut {
  readonly #objective: Objective
  #feature = -1
  #code = 0
  #cut = 0
  #score = 0
  readonly #left: Float64Array

  constructor(objective: Objective) {
    this.#objective = objective
    this.#left = new Float64Array(objective.channels)
  }

  get candidate(): Candidate | null {
    if (this.#feature < 0) return null
    return { feature: this.#feature, cut: this.#cut, code: this.#code, score: this.#score, left: this.#left.slice() }
  }

  clear(): void {
    this.#feature = -1
  }

  /** Takes the cut between two neighbouring codes if it is better. */
  offer({ feature, cells, total }: CutSearch, code: number, next: number, left: Float64Array): boolean {
    const score = this.#objective.score(left, total)
    if (this.#feature >= 0) {
      const difference = score - this.#score
      const isClear = Math.abs(difference) > scoreTolerance * Math.abs(this.#score)
      if (isClear ? difference <= 0 : !this.#objective.isBetter(left, this.#left, total)) return false
    }
    this.#feature = feature
    this.#code = code
    this.#cut = Math.floor(((cells[code] as number) + (cells[next] as number)) / 2)
    this.#score = score
    this.#left.set(left)
    return true
  }
}

/** The statistics of a node's rows by code of one feature, in a bin for each code, from `at` on. */
export interface Bins {
  readonly statistics: Float64Array
  readonly at: number
  /** The codes that may have rows, ascending: the first `count` of these. */
  readonly codes: Int32Array
  readonly count: number
}

/** What the cuts of a node must keep to, and what they must beat. */
export interface NodeSearch {
  readonly total: Float64Array
  readonly minSamplesLeaf: number
  readonly best: BestCut
  /** Room for the statistics of the rows to the left, and for those of one code. */
  readonly scratch: readonly [Float64Array, Float64Array]
}

/** The search among the cuts of one feature. */
export interface CutSearch extends NodeSearch {
  readonly feature: number
  readonly cells: Int32Array
}

/**
 * Finds the best cut of one feature, in one pass over the bins.
 *
 * The cut between neighbouring cells a < b is `floor((a + b) / 2)`. Of equally good cuts the lowest wins.
 *
 * @returns whether it is better than the best before.
 */
export function bestCut(search: CutSearch, { statistics, at, codes, count }: Bins, objective: Objective): boolean {
  const { total, minSamplesLeaf, best } = search
  const { channels } = objective
  const [left] = search.scratch
  left.fill(0)
  const rows = objective.rows(total)
  let found = false
  let previous = -1
  let leftRows = 0
  for (let bin = 0; bin < count; bin++) {
    const code = codes[bin] as number
    const from = at + code * channels
    const binRows = objective.rows(statistics, from)
    if (binRows === 0) continue
    if (rows - leftRows < minSamplesLeaf) break
    if (previous >= 0 && leftRows >= minSamplesLeaf && best.offer(search, previous, code, left)) found = true
    for (let i = 0; i < channels; i++) left[i] = (left[i] as number) + (statistics[from + i] as number)
    leftRows += binRows
    previous = code
  }
  return found
}

/**
 * Finds the best cut of one feature, in one pass over a node's rows in the order of their codes.
 *
 * @param order the rows, ascending by code.
 * @returns whether it is better than the best before.
 */
export function bestSortedCut(search: CutSearch, codes: Codes, order: Uint32Array, objective: Objective): boolean {
  const { minSamplesLeaf, best } = search
  const { isExact } = objective
  const [left, own] = search.scratch
  left.fill(0)
  own.fill(0)
  // Where sums are rounded, the rows of a code are summed up on their own, so that all ways of counting give the same.
  const bin = isExact ? left : own
  const rows = order.length
  let found = false
  let previous = rows === 0 ? -1 : (codes[order[0] as number] as number)
  for (let i = 0; i < rows; i++) {
    const row = order[i] as number
    const code = codes[row] as number
    if (code !== previous) {
      if (!isExact) moveInto(left, bin)
      if (rows - i < minSamplesLeaf) break
      if (i >= minSamplesLeaf && best.offer(search, previous, code, left)) found = true
      previous = code
    }
    objective.add(bin, 0, row)
  }
  return found
}

function moveInto(left: Float64Array, bin: Float64Array): void {
  for (let i = 0; i < left.length; i++) left[i] = (left[i] as number) + (bin[i] as number)
  bin.fill(0)
}
