import { at } from 'emp-compile-runtime/internal/at'
import type { Target } from './table.ts'

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
    const moved = at(order, last)
    order[last] = at(order, chosen)
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
    const rows = rowsOf[at(classes, row)]
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

/** What rows are dealt by: their answers, and who they belong to. */
export interface Dealt {
  readonly target: Target
  /** For every row the number of its group, such as a patient, whose rows stay together; null where each row is alone. */
  readonly groups?: Int32Array | null
}

/**
 * The most folds that some rows can be dealt to: one for each of them, or for each of their groups. It does not depend on
 * how rare an answer is: folds may lack one.
 */
export function mostFolds({ groups = null }: Dealt, rows: Uint32Array): number {
  return groups === null ? rows.length : new Set(Array.from(rows, (row) => at(groups, row))).size
}

/**
 * Deals some rows of a table to folds: stratified by answer, or plainly where the target is numbers. Rows of a group come
 * into one fold.
 *
 * @returns the fold of each of `rows`, in their order; null if there are more folds than {@link mostFolds}.
 */
export function foldsOf(dealt: Dealt, rows: Uint32Array, folds: number, seed: number): Int32Array | null {
  const { target, groups = null } = dealt
  const random = seededRandom(seed)
  if (mostFolds(dealt, rows) < folds) return null
  const isClasses = target.kind === 'classes'
  const classes = isClasses ? Int32Array.from(rows, (row) => at(target.classes, row)) : new Int32Array(rows.length)
  const answers = isClasses ? target.answers.length : 1
  if (groups === null) return stratifiedFolds(classes, answers, folds, random)
  return groupedFolds(
    Int32Array.from(rows, (row) => at(groups, row)),
    classes,
    answers,
    folds,
    random,
  )
}

/** Divides a table's rows as {@link stratifiedSplit} does, or by groups: about `share` of the rows are held out. */
export function splitOf({ target, groups = null }: Dealt, rows: number, share: number, random: () => number): RowSplit {
  const classes = target.kind === 'classes' ? target.classes : new Int32Array(rows)
  const answers = target.kind === 'classes' ? target.answers.length : 1
  if (groups === null) return stratifiedSplit(classes, answers, share, random)
  const most = new Set(groups).size
  if (most < 2) return { training: Uint32Array.from(classes, (_, row) => row), heldOut: new Uint32Array() }
  // Of twenty parts as many as come next to the share, and one at least.
  const parts = Math.min(20, most)
  const out = Math.min(parts - 1, Math.max(1, Math.round(share * parts)))
  const partOf = groupedFolds(groups, classes, answers, parts, random)
  const all = Uint32Array.from(classes, (_, row) => row)
  return {
    training: all.filter((row) => at(partOf, row) >= out),
    heldOut: all.filter((row) => at(partOf, row) < out),
  }
}

/**
 * The fold of every row where rows of a group stay together: the groups are shuffled, the largest come first, and each
 * goes where its answers are rarest by now, and of such folds into the smallest. No fold stays empty.
 *
 * @param groups the group of every row, any whole numbers.
 * @param folds at most as many as there are groups.
 */
export function groupedFolds(
  groups: Int32Array,
  classes: Int32Array,
  answers: number,
  folds: number,
  random: () => number,
): Int32Array {
  const rowsOf = new Map<number, number[]>()
  for (const row of shuffled(groups.length, random)) {
    const rows = rowsOf.get(at(groups, row))
    if (rows === undefined) rowsOf.set(at(groups, row), [row])
    else rows.push(row)
  }
  const countsIn = (rows: Iterable<number>) => {
    const counts = new Float64Array(answers)
    for (const row of rows) counts[at(classes, row)] = at(counts, at(classes, row)) + 1
    return counts
  }
  const totals = countsIn(groups.keys())
  const inFold = Array.from({ length: folds }, () => ({ rows: 0, counts: new Float64Array(answers) }))
  const foldOf = new Int32Array(groups.length)
  for (const rows of [...rowsOf.values()].toSorted((a, b) => b.length - a.length)) {
    const own = countsIn(rows)
    // By how much the squares of the answers' shares grow, the sum of which is least for even folds.
    const growth = inFold.map(({ rows: size, counts }) => {
      const byAnswer = own.reduce((sum, n, k) => (n === 0 ? sum : sum + (n * at(counts, k)) / at(totals, k) ** 2), 0)
      return byAnswer + (rows.length * size) / groups.length ** 2
    })
    const fold = growth.indexOf(growth.reduce((a, b) => Math.min(a, b)))
    const into = at(inFold, fold)
    into.rows += rows.length
    for (const [k, n] of own.entries()) into.counts[k] = at(into.counts, k) + n
    for (const row of rows) foldOf[row] = fold
  }
  return foldOf
}
