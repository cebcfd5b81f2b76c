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

/** The statistics of a node's rows by bin of one feature: `bins` vectors from `at` on; empty bins have no rows. */
export interface Bins {
  readonly statistics: Float64Array
  readonly at: number
  readonly bins: number
  /** The code of a bin; null if bin and code are the same. */
  readonly codes: Int32Array | null
}

/**
 * Finds the best cut of one feature, in one pass over the bins.
 *
 * The cut between neighbouring cells a < b is `floor((a + b) / 2)`. Of equally good cuts the lowest wins.
 *
 * @param best a candidate to beat, or null; returned itself if it is not beaten.
 */
export function bestCut(
  feature: number,
  cells: Int32Array,
  { statistics, at, bins, codes }: Bins,
  total: Float64Array,
  minSamplesLeaf: number,
  objective: Objective,
  best: Candidate | null,
): Candidate | null {
  const { channels } = objective
  const left = new Float64Array(channels)
  const rows = objective.rows(total)
  let [found, previous, leftRows] = [best, -1, 0]
  for (let bin = 0; bin < bins; bin++) {
    const from = at + bin * channels
    const binRows = objective.rows(statistics, from)
    if (binRows === 0) continue
    if (rows - leftRows < minSamplesLeaf) break
    if (previous >= 0 && leftRows >= minSamplesLeaf) {
      const score = objective.score(left, total)
      if (found === null || beats(score, left, total, found, objective)) {
        const [a, b] = [codes?.[previous] ?? previous, codes?.[bin] ?? bin]
        const cut = Math.floor(((cells[a] ?? 0) + (cells[b] ?? 0)) / 2)
        found = { feature, cut, code: a, score, left: left.slice() }
      }
    }
    for (let i = 0; i < channels; i++) left[i] = (left[i] ?? 0) + (statistics[from + i] ?? 0)
    leftRows += binRows
    previous = bin
  }
  return found
}

function beats(score: number, left: Float64Array, total: Float64Array, best: Candidate, objective: Objective): boolean {
  const difference = score - best.score
  if (Math.abs(difference) > scoreTolerance * Math.abs(best.score)) return difference > 0
  return objective.isBetter(left, best.left, total)
}

/** Adds rows to the bins of one feature, which begin at `at`. */
export function addToBins(
  statistics: Float64Array,
  at: number,
  codes: Codes,
  rows: Uint32Array,
  objective: Objective,
): void {
  const { channels } = objective
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0
    objective.add(statistics, at + (codes[row] ?? 0) * channels, row)
  }
}

/** The bins of few rows on a feature with many codes: only those that occur, found by sorting the rows' codes. */
export function occurringBins(codes: Codes, rows: Uint32Array, objective: Objective): Bins {
  const { channels } = objective
  const occurring = Int32Array.from(new Set(Array.from(rows, (row) => codes[row] ?? 0))).sort()
  const positions = new Map(Array.from(occurring, (code, bin) => [code, bin]))
  const statistics = new Float64Array(occurring.length * channels)
  for (const row of rows) objective.add(statistics, (positions.get(codes[row] ?? 0) ?? 0) * channels, row)
  return { statistics, at: 0, bins: occurring.length, codes: occurring }
}
