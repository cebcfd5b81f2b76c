/**
 * What a division of rows improves. The rows of a node are summed up in statistics, a vector of `channels` numbers
 * that add up over rows: for a classification, how many there are of each answer. All are integers, so that neither
 * the order of rows nor subtraction changes them.
 */
export interface Objective {
  readonly channels: number
  /** The channel that a row counts in. */
  readonly channelOf: Int32Array
  /** The impurity of one node: Gini in 0 .. 1, entropy in bits. */
  impurity(statistics: ArrayLike<number>): number
  /**
   * The score of dividing `total` into `left` and the rest: the weighted impurity after it is a constant minus the
   * score, over the number of rows. Larger is better.
   */
  score(left: Float64Array, total: Float64Array): number
  /**
   * Tells whether one division of `total` is truly better than another, where the scores are too close for floating
   * point: exactly for Gini, whose scores are fractions; for entropy, scores as close as rounding count as equal.
   */
  isBetter(left: Float64Array, thanLeft: Float64Array, total: Float64Array): boolean
}

/** Scores this close, relative to their size, are compared by `isBetter`. Far above rounding, far below a row. */
export const scoreTolerance = 1e-11

export function rowsOf(statistics: ArrayLike<number>): number {
  let rows = 0
  for (let i = 0; i < statistics.length; i++) rows += statistics[i] ?? 0
  return rows
}

/** Gini impurity: the chance that two rows drawn from a node have different answers. */
export function gini(classes: Int32Array, answers: number): Objective {
  return {
    channels: answers,
    channelOf: classes,
    impurity(statistics) {
      const rows = rowsOf(statistics)
      let squares = 0
      for (let i = 0; i < answers; i++) squares += (statistics[i] ?? 0) ** 2
      return 1 - squares / (rows * rows)
    },
    score(left, total) {
      let [leftRows, leftSquares, rightRows, rightSquares] = [0, 0, 0, 0]
      for (let i = 0; i < answers; i++) {
        const l = left[i] ?? 0
        const r = (total[i] ?? 0) - l
        leftRows += l
        leftSquares += l * l
        rightRows += r
        rightSquares += r * r
      }
      return leftSquares / leftRows + rightSquares / rightRows
    },
    isBetter(left, thanLeft, total) {
      const [[a, b], [c, d]] = [exactScore(left, total), exactScore(thanLeft, total)]
      return a * d > c * b
    },
  }
}

/** The score of Gini as a fraction of integers, numerator and denominator. */
function exactScore(left: Float64Array, total: Float64Array): [bigint, bigint] {
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

/** Shannon entropy in bits. */
export function entropy(classes: Int32Array, answers: number): Objective {
  const xlog2 = (x: number) => (x > 0 ? x * Math.log2(x) : 0)
  return {
    channels: answers,
    channelOf: classes,
    impurity(statistics) {
      const rows = rowsOf(statistics)
      let sum = 0
      for (let i = 0; i < answers; i++) sum += xlog2(statistics[i] ?? 0)
      return Math.max(0, xlog2(rows) - sum) / rows
    },
    score(left, total) {
      let [leftRows, rightRows, sum] = [0, 0, 0]
      for (let i = 0; i < answers; i++) {
        const l = left[i] ?? 0
        const r = (total[i] ?? 0) - l
        leftRows += l
        rightRows += r
        sum += xlog2(l) + xlog2(r)
      }
      return sum - xlog2(leftRows) - xlog2(rightRows)
    },
    isBetter: () => false,
  }
}
