/**
 * What a division of rows improves. The rows of a node are summed up in statistics, a vector of numbers that add up
 * over rows. Without sample weights all of them are sums of integers, so that neither the order of rows nor subtraction
 * changes them.
 */
export interface Objective {
  readonly channels: number
  /** Adds a row to the statistics that begin at `at`. */
  add(statistics: Float64Array, at: number, row: number): void
  /** The number of rows in the statistics that begin at `at`. */
  rows(statistics: Float64Array, at?: number): number
  /** Their weight: the number of rows, unless classes or rows are weighted. */
  weight(statistics: Float64Array): number
  /** The position of the answer of greatest weight, the first of several; 0 for numbers. */
  answer(statistics: Float64Array): number
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
  const isExact = criterion === 'gini' && classWeights === null && sampleWeights === null
  const weight = (statistics: Float64Array) => {
    let sum = 0
    for (let i = 0; i < answers; i++) sum += (statistics[first + i] ?? 0) * (factors[i] ?? 1)
    return sum
  }
  return {
    channels: first + answers,
    add(statistics, at, row) {
      const channel = at + (classes[row] ?? 0)
      statistics[channel] = (statistics[channel] ?? 0) + 1
      if (sampleWeights !== null) {
        statistics[channel + answers] = (statistics[channel + answers] ?? 0) + (sampleWeights[row] ?? 1)
      }
    },
    rows(statistics, at = 0) {
      let sum = 0
      for (let i = 0; i < answers; i++) sum += statistics[at + i] ?? 0
      return sum
    },
    weight,
    answer(statistics) {
      let best = 0
      const weightOf = (i: number) => (statistics[first + i] ?? 0) * (factors[i] ?? 1)
      for (let i = 1; i < answers; i++) if (weightOf(i) > weightOf(best)) best = i
      return best
    },
    impurity(statistics) {
      const total = weight(statistics)
      let sum = 0
      for (let i = 0; i < answers; i++) {
        const share = ((statistics[first + i] ?? 0) * (factors[i] ?? 1)) / total
        sum += criterion === 'gini' ? share * share : -xlog2(share)
      }
      return Math.max(0, criterion === 'gini' ? 1 - sum : sum)
    },
    score(left, total) {
      let [leftSum, leftParts, rightSum, rightParts] = [0, 0, 0, 0]
      for (let i = 0; i < answers; i++) {
        const factor = factors[i] ?? 1
        const l = (left[first + i] ?? 0) * factor
        const r = (total[first + i] ?? 0) * factor - l
        leftSum += l
        leftParts += part(l)
        rightSum += r
        rightParts += part(r)
      }
      return whole(leftParts, leftSum) + whole(rightParts, rightSum)
    },
    isBetter: (left, thanLeft, total) => isExact && exceeds(squaresByRows(left, total), squaresByRows(thanLeft, total)),
  }
}

/**
 * Squared error around the mean of numbers `offset + scale * cells[row]`. The statistics are the number of rows, their
 * weight, and the weighted sums of cells and of squared cells.
 */
export function squaredError(cells: Int32Array, scale: number, sampleWeights: Float64Array | null): Objective {
  return {
    channels: 4,
    add(statistics, at, row) {
      const [w, y] = [sampleWeights === null ? 1 : (sampleWeights[row] ?? 1), cells[row] ?? 0]
      statistics[at] = (statistics[at] ?? 0) + 1
      statistics[at + 1] = (statistics[at + 1] ?? 0) + w
      statistics[at + 2] = (statistics[at + 2] ?? 0) + w * y
      statistics[at + 3] = (statistics[at + 3] ?? 0) + w * y * y
    },
    rows: (statistics, at = 0) => statistics[at] ?? 0,
    weight: (statistics) => statistics[1] ?? 0,
    answer: () => 0,
    impurity(statistics) {
      const [, w = 1, y = 0, yy = 0] = statistics
      return Math.max(0, (yy - (y * y) / w) / w) * scale * scale
    },
    score(left, total) {
      const [w, y] = [left[1] ?? 0, left[2] ?? 0]
      const [restW, restY] = [(total[1] ?? 0) - w, (total[2] ?? 0) - y]
      return (y * y) / w + (restY * restY) / restW
    },
    isBetter: (left, thanLeft, total) =>
      sampleWeights === null && exceeds(squareOfSums(left, total), squareOfSums(thanLeft, total)),
  }
}

/** The mean of the cells in the statistics of {@link squaredError}. */
export function meanCell(statistics: Float64Array): number {
  return (statistics[2] ?? 0) / (statistics[1] ?? 1)
}

const xlog2 = (x: number) => (x > 0 ? x * Math.log2(x) : 0)

type Fraction = readonly [numerator: bigint, denominator: bigint]

const exceeds = ([a, b]: Fraction, [c, d]: Fraction) => a * d > c * b

/** The score of Gini in integers: sum of squares over rows, of both sides. */
function squaresByRows(left: Float64Array, total: Float64Array): Fraction {
  let [leftRows, leftSquares, rightRows, rightSquares] = [0n, 0n, 0n, 0n]
  for (let i = 0; i < total.length; i++) {
    const [l, r] = [BigInt(left[i] ?? 0), BigInt((total[i] ?? 0) - (left[i] ?? 0))]
    leftRows += l
    leftSquares += l * l
    rightRows += r
    rightSquares += r * r
  }
  return [leftSquares * rightRows + rightSquares * leftRows, leftRows * rightRows]
}

/** The score of squared error in integers: square of the sum over rows, of both sides. */
function squareOfSums(left: Float64Array, total: Float64Array): Fraction {
  const [n, y] = [BigInt(left[1] ?? 0), BigInt(left[2] ?? 0)]
  const [restN, restY] = [BigInt(total[1] ?? 0) - n, BigInt(total[2] ?? 0) - y]
  return [y * y * restN + restY * restY * n, n * restN]
}
