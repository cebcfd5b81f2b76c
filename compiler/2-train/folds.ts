import type { Target } from '../table.ts'

/**
 * A small generator of numbers in 0 <= x < 1, multiples of 2^-32, the same for the same seed: SplitMix (Steele, Lea and
 * Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014) in 32 bits, which mixes a counter by the last
 * step of MurmurHash3. In its period of 2^32 every value occurs once. For dealing out rows: not for cryptography.
 *
 * @param seed A whole number; seeds that agree modulo 2^32 are the same.
 */
export function seededRandom(seed: number): () => number {
  let counter = seed | 0
  return () => {
    counter = (counter + 0x9e3779b9) | 0
    let mixed = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
  }
}

/** The numbers `0 .. n - 1` in a random order: a Fisher-Yates shuffle (Knuth, TAOCP 2, algorithm 3.4.2P). */
export function shuffled(n: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i)
  for (let last = n - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1))
    const moved = order[last] ?? 0
    order[last] = order[chosen] ?? 0
    order[chosen] = moved
  }
  return order
}

/**
 * The fold, in `0 .. folds - 1`, of every row. Of each answer, any two folds have equally many rows or differ by one; so
 * do the sizes of any two folds. The rows are shuffled, sorted by answer, and dealt in turn, without starting anew at the
 * next answer. With more folds than rows, some stay empty.
 *
 * @param classes The answer of every row, in `0 .. answers - 1`.
 * @throws RangeError if `folds` is not a whole number of at least 2.
 */
export function stratifiedFolds(classes: Int32Array, answers: number, folds: number, random: () => number): Int32Array {
  if (!Number.isInteger(folds) || folds < 2) throw new RangeError('folds is a whole number of at least 2')
  const foldOf = new Int32Array(classes.length)
  for (const [turn, row] of shuffledByAnswer(classes, answers, random).flat().entries()) foldOf[row] = turn % folds
  return foldOf
}

/** The fold, in `0 .. folds - 1`, of each of `n` rows. Any two folds have equally many rows or differ by one. */
export function plainFolds(n: number, folds: number, random: () => number): Int32Array {
  return stratifiedFolds(new Int32Array(n), 1, folds, random)
}

/** Rows in ascending order: each of them is in exactly one of the two. */
export interface RowSplit {
  readonly training: Uint32Array
  readonly heldOut: Uint32Array
}

/**
 * Divides the rows at random, so that of every answer's rows the held-out ones are `share`, give or take less than one
 * row, and at least one is for training. All in all `share` of the rows are held out, rounded to the nearest number, less
 * at most one for every answer that would have had no training row left. One answer for all rows makes a plain split.
 *
 * @param classes The answer of every row, in `0 .. answers - 1`.
 * @param share 0 <= share < 1.
 * @throws RangeError if `share` is anything else.
 */
export function stratifiedSplit(classes: Int32Array, answers: number, share: number, random: () => number): RowSplit {
  if (!(share >= 0 && share < 1)) throw new RangeError('share is at least 0 and less than 1')
  const isHeldOut = new Uint8Array(classes.length)
  let before = 0
  for (const rows of shuffledByAnswer(classes, answers, random)) {
    // The quota is rounded where answers meet, not for each alone, so that the rounding does not add up.
    const quota = Math.round((before + rows.length) * share) - Math.round(before * share)
    for (const row of rows.slice(0, Math.max(0, Math.min(quota, rows.length - 1)))) isHeldOut[row] = 1
    before += rows.length
  }
  const rows = Uint32Array.from(classes, (_, row) => row)
  return {
    training: rows.filter((row) => isHeldOut[row] === 0),
    heldOut: rows.filter((row) => isHeldOut[row] === 1),
  }
}

/** The rows of every answer, in a random order. */
function shuffledByAnswer(classes: Int32Array, answers: number, random: () => number): number[][] {
  const rowsOf = Array.from({ length: answers }, (): number[] => [])
  for (const row of shuffled(classes.length, random)) {
    const rows = rowsOf[classes[row] ?? 0]
    if (rows === undefined) throw new RangeError('an answer is not below their number')
    rows.push(row)
  }
  return rowsOf
}

export interface Spread {
  readonly mean: number
  /** The sample standard deviation, over n - 1; null for a single value. */
  readonly deviation: number | null
}

/**
 * The mean and the sample standard deviation.
 *
 * @throws RangeError if there are no values.
 */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('no values have no mean')
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, deviation: values.length === 1 ? null : Math.sqrt(squares / (values.length - 1)) }
}

/** The number of folds up to which every fold gets a row of every answer among some rows; of numbers, any row. */
export function mostFolds(target: Target, rows: Uint32Array): number {
  if (target.kind === 'number') return rows.length
  const counts = new Int32Array(target.answers.length)
  for (const row of rows) {
    const answer = target.classes[row] ?? 0
    counts[answer] = (counts[answer] ?? 0) + 1
  }
  return counts.filter((count) => count > 0).reduce((a, b) => Math.min(a, b), rows.length)
}

/**
 * Deals some rows of a table to folds: stratified by answer, or plainly where the target is numbers.
 *
 * @returns the fold of each of `rows`, in their order; null if there are more folds than {@link mostFolds}.
 */
export function foldsOf(target: Target, rows: Uint32Array, folds: number, seed: number): Int32Array | null {
  const random = seededRandom(seed)
  if (mostFolds(target, rows) < folds) return null
  if (target.kind === 'number') return plainFolds(rows.length, folds, random)
  const classes = Int32Array.from(rows, (row) => target.classes[row] ?? 0)
  return stratifiedFolds(classes, target.answers.length, folds, random)
}
