import { type Criterion, scoreTolerance } from './criterion.ts'

/** The best cut of a set of rows on one feature: rows with `cell <= cut` go left. */
export interface Candidate {
  readonly feature: number
  readonly cut: number
  readonly score: number
  readonly left: Int32Array
  readonly right: Int32Array
}

/**
 * Finds the best cut of one feature, in one pass over the rows and one over the cells that occur among them.
 *
 * The cut between neighbouring cells a < b is `floor((a + b) / 2)`. Of equally good cuts the lowest wins.
 *
 * @param best a candidate to beat, or null; returned itself if it is not beaten.
 */
export function bestCut(
  feature: number,
  cells: Int32Array,
  classes: Int32Array,
  rows: Int32Array,
  total: Int32Array,
  minSamplesLeaf: number,
  criterion: Criterion,
  best: Candidate | null,
): Candidate | null {
  const histogram = new Map<number, Int32Array>()
  for (const row of rows) {
    const cell = cells[row] ?? 0
    const counts = histogram.get(cell) ?? new Int32Array(total.length)
    histogram.set(cell, counts)
    const answer = classes[row] ?? 0
    counts[answer] = (counts[answer] ?? 0) + 1
  }
  const occurring = Int32Array.from(histogram.keys()).sort()
  const [left, right] = [new Int32Array(total.length), total.slice()]
  let [found, rowsLeft] = [best, 0]
  for (let i = 0; i + 1 < occurring.length; i++) {
    const cell = occurring[i] ?? 0
    const counts = histogram.get(cell)
    for (let answer = 0; answer < total.length; answer++) {
      const count = counts?.[answer] ?? 0
      left[answer] = (left[answer] ?? 0) + count
      right[answer] = (right[answer] ?? 0) - count
      rowsLeft += count
    }
    if (rowsLeft < minSamplesLeaf || rows.length - rowsLeft < minSamplesLeaf) continue
    const score = criterion.score(left, right)
    if (found !== null && !beats(score, left, right, found, criterion)) continue
    const cut = Math.floor((cell + (occurring[i + 1] ?? 0)) / 2)
    found = { feature, cut, score, left: left.slice(), right: right.slice() }
  }
  return found
}

function beats(score: number, left: Int32Array, right: Int32Array, best: Candidate, criterion: Criterion): boolean {
  const difference = score - best.score
  if (Math.abs(difference) > scoreTolerance * Math.abs(best.score)) return difference > 0
  return criterion.isBetter(left, right, best.left, best.right)
}
