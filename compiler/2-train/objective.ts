import { at } from 'emp-compile-runtime/internal/at'
import type { Codes } from '../table.ts'

/**
 * What a division of rows improves. The rows of a node are summed up in statistics, a vector of numbers that add up
 * over rows. Without sample weights all of them are sums of integers, so that neither the order of rows nor subtraction
 * changes them.
 */
export interface Objective {
  readonly channels: number
  /** Whether statistics are sums of integers, which no order of additions changes. */
  readonly isExact: boolean
  /** Adds a row to the statistics that begin at `at`. */
  add(statistics: Float64Array, at: number, row: number): void
  /** Adds rows to bins that begin at `at`, one for each code: a row to the bin of its code. */
  addToBins(statistics: Float64Array, at: number, codes: Codes, rows: Uint32Array): void
  /** The number of rows in the statistics that begin at `at`. */
  rows(statistics: Float64Array, at?: number): number
  /** Their weight: the number of rows, unless classes or rows are weighted. */
  weight(statistics: Float64Array): number
  /** That of each answer, or of all rows of numbers; null where each row counts once. */
  weights(statistics: Float64Array): readonly number[] | null
  /** The position of the answer of greatest weight, the first of several; 0 for numbers. */
  answer(statistics: Float64Array): number
  /** Whether all rows have one answer, or one number; exactly, and not by the size of the numbers. */
  isPure(statistics: Float64Array): boolean
  /** Gini in 0 .. 1, entropy in bits, or the variance in the square of the target's unit. */
  impurity(statistics: Float64Array): number
  /**
   * The score of dividing `total` into `left` and the rest: the weighted impurity after it is a constant minus a
   * multiple of the score. Larger is better.
   */
  score(left: Float64Array, total: Float64Array): number
  /**
   * Tells whether one division of `total` is truly better than another, where the scores are too close for floating
   * point: exactly where scores are fractions of integers, else scores as close as rounding count as equal.
   */
  isBetter(left: Float64Array, thanLeft: Float64Array, total: Float64Array): boolean
}

/** Impurities of answers below this are 0: the spacing of doubles at 1, as in scikit-learn. */
const epsilon = 2 ** -52

/** Scores this close, relative to their size, are compared by `isBetter`. Far above rounding, far below a row. */
export const scoreTolerance = 1e-11

export interface Classes {
  readonly criterion: 'gini' | 'entropy'
  readonly classes: Int32Array
  readonly answers: number
  /** One per answer; null for 1. */
  readonly classWeights: readonly number[] | null
  /** One per row; null for 1. */
  readonly sampleWeights: Float64Array | null
}

/**
 * Gini impurity or Shannon entropy. The statistics are the number of rows of each answer, followed, if rows are
 * weighted, by their weight.
 */
export function classification({ criterion, classes, answers, classWeights, sampleWeights }: Classes): Objective {
  const first = sampleWeights === null ? 0 : answers
  const factors = Float64Array.from({ length: answers }, (_, i) => classWeights?.[i] ?? 1)
  const part = criterion === 'gini' ? (x: number) => x * x : xlog2
  const whole =
    criterion === 'gini' ? (parts: number, sum: number) => parts / sum : (p: number, s: number) => p - xlog2(s)
  const isPlainGini = criterion === 'gini' && classWeights === null && sampleWeights === null
  const channels = first + answers
  const weight = (statistics: Float64Array) => {
    let sum = 0
    for (let i = 0; i < answers; i++) sum += at(statistics, first + i) * at(factors, i)
    return sum
  }
  const impurity = (statistics: Float64Array) => {
    const total = weight(statistics)
    let sum = 0
    for (let i = 0; i < answers; i++) {
      const share = (at(statistics, first + i) * at(factors, i)) / total
      sum += criterion === 'gini' ? share * share : -xlog2(share)
    }
    return Math.max(0, criterion === 'gini' ? 1 - sum : sum)
  }
  return {
    channels,
    isExact: sampleWeights === null,
    add(statistics, at, row) {
      const channel = at + (classes[row] as number)
      statistics[channel] = (statistics[channel] as number) + 1
      if (sampleWeights !== null) {
        statistics[channel + answers] = (statistics[channel + answers] as number) + (sampleWeights[row] as number)
      }
    },
    addToBins(statistics, at, codes, rows) {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as number
        const channel = at + (codes[row] as number) * channels + (classes[row] as number)
        statistics[channel] = (statistics[channel] as number) + 1
        if (sampleWeights !== null) {
          statistics[channel + answers] = (statistics[channel + answers] as number) + (sampleWeights[row] as number)
        }
      }
    },
    rows(statistics, at = 0) {
      let sum = 0
      for (let i = 0; i < answers; i++) sum += statistics[at + i] as number
      return sum
    },
    weight,
    weights: (statistics) =>
      classWeights === null && sampleWeights === null
        ? null
        : Array.from(factors, (factor, i) => at(statistics, first + i) * factor),
    answer(statistics) {
      let best = 0
      const weightOf = (i: number) => at(statistics, first + i) * at(factors, i)
      for (let i = 1; i < answers; i++) if (weightOf(i) > weightOf(best)) best = i
      return best
    },
    isPure: (statistics) => impurity(statistics) <= epsilon,
    impurity,
    score(left, total) {
      let leftSum = 0
      let leftParts = 0
      let rightSum = 0
      let rightParts = 0
      if (isPlainGini) {
        for (let i = 0; i < answers; i++) {
          const l = left[i] as number
          const r = (total[i] as number) - l
          leftSum += l
          leftParts += l * l
          rightSum += r
          rightParts += r * r
        }
        return leftParts / leftSum + rightParts / rightSum
      }
      for (let i = 0; i < answers; i++) {
        const factor = factors[i] as number
        const l = (left[first + i] as number) * factor
        const r = (total[first + i] as number) * factor - l
        leftSum += l
        leftParts += part(l)
        rightSum += r
        rightParts += part(r)
      }
      return whole(leftParts, leftSum) + whole(rightParts, rightSum)
    },
    isBetter: (left, thanLeft, total) =>
      isPlainGini && exceeds(squaresByRows(left, total), squaresByRows(thanLeft, total)),
  }
}

/**
 * Squared error around the mean of numbers `offset + scale * cells[row]`. The statistics are the number of rows, their
 * weight, and the weighted sums of cells and of squared cells.
 */
export function squaredError(cells: Int32Array, scale: number, sampleWeights: Float64Array | null): Objective {
  const add = (statistics: Float64Array, from: number, row: number) => {
    const w = sampleWeights === null ? 1 : (sampleWeights[row] as number)
    const y = cells[row] as number
    statistics[from] = (statistics[from] as number) + 1
    statistics[from + 1] = (statistics[from + 1] as number) + w
    statistics[from + 2] = (statistics[from + 2] as number) + w * y
    statistics[from + 3] = (statistics[from + 3] as number) + w * y * y
  }
  return {
    channels: 4,
    isExact: sampleWeights === null,
    add,
    addToBins(statistics, at, codes, rows) {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as number
        add(statistics, at + 4 * (codes[row] as number), row)
      }
    },
    rows: (statistics, at = 0) => statistics[at] as number,
    weight: (statistics) => at(statistics, 1),
    weights: (statistics) => (sampleWeights === null ? null : [at(statistics, 1)]),
    answer: () => 0,
    isPure(statistics) {
      const [w, y, yy] = [at(statistics, 1), at(statistics, 2), at(statistics, 3)]
      const scatter = yy - (y * y) / w
      if (scatter > 2 ** -40 * yy) return false
      // Close to the rounding of doubles: exactly, where the sums are whole numbers.
      const isWhole = sampleWeights === null && yy <= Number.MAX_SAFE_INTEGER
      return isWhole ? BigInt(w) * BigInt(yy) === BigInt(y) ** 2n : scatter <= 2 ** -50 * yy
    },
    impurity(statistics) {
      const [w, y, yy] = [at(statistics, 1), at(statistics, 2), at(statistics, 3)]
      return Math.max(0, (yy - (y * y) / w) / w) * scale * scale
    },
    score(left, total) {
      const w = left[1] as number
      const y = left[2] as number
      const restW = (total[1] as number) - w
      const restY = (total[2] as number) - y
      return (y * y) / w + (restY * restY) / restW
    },
    isBetter: (left, thanLeft, total) =>
      sampleWeights === null && exceeds(squareOfSums(left, total), squareOfSums(thanLeft, total)),
  }
}

/** The mean of the cells in the statistics of {@link squaredError}. */
export function meanCell(statistics: Float64Array): number {
  return at(statistics, 2) / at(statistics, 1)
}

const xlog2 = (x: number) => (x > 0 ? x * Math.log2(x) : 0)

type Fraction = readonly [numerator: bigint, denominator: bigint]

const exceeds = ([a, b]: Fraction, [c, d]: Fraction) => a * d > c * b

/** The score of Gini in integers: sum of squares over rows, of both sides. */
function squaresByRows(left: Float64Array, total: Float64Array): Fraction {
  let [leftRows, leftSquares, rightRows, rightSquares] = [0n, 0n, 0n, 0n]
  for (let i = 0; i < total.length; i++) {
    const [l, r] = [BigInt(at(left, i)), BigInt(at(total, i) - at(left, i))]
    leftRows += l
    leftSquares += l * l
    rightRows += r
    rightSquares += r * r
  }
  return [leftSquares * rightRows + rightSquares * leftRows, leftRows * rightRows]
}

/** The score of squared error in integers: square of the sum over rows, of both sides. */
function squareOfSums(left: Float64Array, total: Float64Array): Fraction {
  const [n, y] = [BigInt(at(left, 1)), BigInt(at(left, 2))]
  const [restN, restY] = [BigInt(at(total, 1)) - n, BigInt(at(total, 2)) - y]
  return [y * y * restN + restY * restY * n, n * restN]
}
