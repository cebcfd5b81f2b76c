/**
 * How good a division of rows is: a score to maximise, for class counts left and right of a cut. The weighted
 * impurity after the cut is a constant minus the score over the number of rows.
 */
export interface Criterion {
  /** The impurity of one node: Gini in 0 .. 1, entropy in bits. */
  impurity(counts: readonly number[]): number
  /** The score of a cut. Larger is better. */
  score(left: Int32Array, right: Int32Array): number
  /**
   * Tells whether a score is truly better, when the floating-point scores are too close to say: exact for Gini, whose
   * scores are fractions; for entropy, scores that differ by less than rounding count as equal.
   */
  isBetter(left: Int32Array, right: Int32Array, thanLeft: Int32Array, thanRight: Int32Array): boolean
}

const sum = (counts: ArrayLike<number>) => {
  let total = 0
  for (let i = 0; i < counts.length; i++) total += counts[i] ?? 0
  return total
}

const squares = (counts: ArrayLike<number>) => {
  let total = 0
  for (let i = 0; i < counts.length; i++) total += (counts[i] ?? 0) ** 2
  return total
}

export const gini: Criterion = {
  impurity(counts) {
    const total = sum(counts)
    return 1 - squares(counts) / (total * total)
  },
  score: (left, right) => squares(left) / sum(left) + squares(right) / sum(right),
  isBetter(left, right, thanLeft, thanRight) {
    // a / b > c / d for positive b, d, in integers.
    const fraction = (l: Int32Array, r: Int32Array): [bigint, bigint] => {
      const [nl, nr] = [BigInt(sum(l)), BigInt(sum(r))]
      return [BigInt(squares(l)) * nr + BigInt(squares(r)) * nl, nl * nr]
    }
    const [a, b] = fraction(left, right)
    const [c, d] = fraction(thanLeft, thanRight)
    return a * d > c * b
  },
}

const xlog2 = (x: number) => (x > 0 ? x * Math.log2(x) : 0)

const negativeEntropy = (counts: ArrayLike<number>) => {
  let total = 0
  for (let i = 0; i < counts.length; i++) total += xlog2(counts[i] ?? 0)
  return total - xlog2(sum(counts))
}

export const entropy: Criterion = {
  impurity: (counts) => Math.max(0, -negativeEntropy(counts) / sum(counts)),
  score: (left, right) => negativeEntropy(left) + negativeEntropy(right),
  isBetter: () => false,
}

/** Scores this close, relative to their size, are compared by `isBetter`. Far above rounding, far below a row. */
export const scoreTolerance = 1e-11
