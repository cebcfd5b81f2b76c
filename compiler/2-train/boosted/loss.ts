import { startOfAnswers } from '../start.ts'
/** Where boosting stands. Scores of n rows and K outputs are one array: output k of row i at `k * n + i`. */
export interface BoostedState {
  readonly scores: Float64Array
  /**
   * What the loss keeps of the scores: nothing, or e to their power in the same order, but for a factor of each row, and what
   * it needs beside.
   */
  readonly powers: Float64Array
}

/** What boosting makes smaller. */
export interface BoostedLoss {
  readonly rows: number
  readonly outputs: number
  /** What every row weighs, at least 0. */
  readonly weights: Float64Array
  /** The best scores that are the same for all rows. */
  readonly start: readonly number[]
  /** Numbers that it keeps of the scores. */
  readonly kept: number
  /** Brings what is kept up to the scores. Where they change by d, it is enough to multiply the power by e^d. */
  refresh(state: BoostedState): void
  /** Prepares what {@link derive} shares between the outputs of one round. */
  begin(state: BoostedState): void
  /**
   * Fills in, weighted, the first and the second derivative of the loss by the scores of one output, in turn: those of row i
   * at `2 * i` and `2 * i + 1`. They are rounded so that all sums of some rows are exact, in whatever order.
   */
  derive(state: BoostedState, output: number, derivatives: Float64Array): void
  /** The loss of one row, unweighted. */
  at(scores: Float64Array, row: number): number
}

/**
 * Added to a number and taken away again, this rounds it: numbers whose sizes add up to at most `most` become multiples of
 * a unit so that doubles hold every sum of some of them exactly. So neither the order of additions nor subtraction plays a
 * part, and divisions of the same rows are equally good to the last bit.
 *
 * Source: Demmel and Nguyen, "Fast reproducible floating-point summation", 21st IEEE Symposium on Computer Arithmetic, 2013.
 */
const rounderOf = (most: number) => 1.5 * 2 ** (Math.ceil(Math.log2(most)) + 1)

const sumOf = (numbers: Float64Array) => numbers.reduce((sum, number) => sum + number, 0)

/** The derivatives of a row's loss by a score are at most its weight, and a quarter of it. */
function chanceRounders(weights: Float64Array): readonly [first: number, second: number] {
  const most = sumOf(weights)
  return [rounderOf(most), rounderOf(most / 4)]
}

/** The negative logarithm of the likelihood of two answers. @param outcomes 1 for the second answer, 0 for the first. */
export function binaryDeviance(outcomes: Uint8Array, weights: Float64Array): BoostedLoss {
  const rows = outcomes.length
  // One row that speaks for both answers alike keeps the start finite.
  let [positive, all] = [0.5, 1]
  for (let i = 0; i < rows; i++) {
    all += weights[i] as number
    positive += (weights[i] as number) * (outcomes[i] as number)
  }
  const [first, second] = chanceRounders(weights)
  return {
    rows,
    outputs: 1,
    weights,
    start: [Math.log(positive / (all - positive))],
    kept: rows,
    refresh({ scores, powers }) {
      for (let i = 0; i < rows; i++) powers[i] = Math.exp(scores[i] as number)
    },
    begin() {},
    derive({ powers }, _, derivatives) {
      for (let i = 0; i < rows; i++) {
        // Also of infinite powers this is a chance.
        const chance = 1 - 1 / (1 + (powers[i] as number))
        const weight = weights[i] as number
        derivatives[2 * i] = weight * (chance - (outcomes[i] as number)) + first - first
        derivatives[2 * i + 1] = weight * (chance * (1 - chance)) + second - second
      }
    },
    at(scores, row) {
      const score = outcomes[row] === 1 ? -(scores[row] as number) : (scores[row] as number)
      return Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score)))
    },
  }
}

/** The negative logarithm of the likelihood of several answers, an output each. */
export function manyDeviance(classes: Int32Array, answers: number, weights: Float64Array): BoostedLoss {
  const rows = classes.length
  const [first, second] = chanceRounders(weights)
  return {
    rows,
    outputs: answers,
    weights,
    start: startOfAnswers(classes, answers, weights),
    kept: (answers + 1) * rows,
    refresh({ scores, powers }) {
      const tops = new Float64Array(rows).fill(Number.NEGATIVE_INFINITY)
      for (let j = 0; j < scores.length; j += rows) {
        for (let i = 0; i < rows; i++) tops[i] = Math.max(tops[i] as number, scores[j + i] as number)
      }
      for (let j = 0; j < scores.length; j += rows) {
        for (let i = 0; i < rows; i++) powers[j + i] = Math.exp((scores[j + i] as number) - (tops[i] as number))
      }
    },
    begin({ powers }) {
      const sums = powers.subarray(answers * rows).fill(0)
      for (let j = 0; j < answers * rows; j += rows) {
        for (let i = 0; i < rows; i++) sums[i] = (sums[i] as number) + (powers[j + i] as number)
      }
    },
    derive({ powers }, output, derivatives) {
      const [own, sums] = [powers.subarray(output * rows, (output + 1) * rows), powers.subarray(answers * rows)]
      for (let i = 0; i < rows; i++) {
        const chance = (own[i] as number) / (sums[i] as number)
        const weight = weights[i] as number
        derivatives[2 * i] = weight * (chance - (classes[i] === output ? 1 : 0)) + first - first
        derivatives[2 * i + 1] = weight * (chance * (1 - chance)) + second - second
      }
    },
    at(scores, row) {
      let top = Number.NEGATIVE_INFINITY
      for (let k = 0; k < answers; k++) top = Math.max(top, scores[k * rows + row] as number)
      let sum = 0
      for (let k = 0; k < answers; k++) sum += Math.exp((scores[k * rows + row] as number) - top)
      return Math.log(sum) + top - (scores[(classes[row] as number) * rows + row] as number)
    },
  }
}

/** Half the squared error, of values that are scaled to spread about 1. */
export function halfSquares(values: Float64Array, weights: Float64Array): BoostedLoss {
  const rows = values.length
  let [sum, all] = [0, 0]
  for (let i = 0; i < rows; i++) {
    sum += (weights[i] as number) * (values[i] as number)
    all += weights[i] as number
  }
  const second = rounderOf(all)
  return {
    rows,
    outputs: 1,
    weights,
    start: [sum / all],
    kept: 0,
    refresh() {},
    begin() {},
    derive({ scores }, _, derivatives) {
      let most = 0
      for (let i = 0; i < rows; i++) {
        const own = (weights[i] as number) * ((scores[i] as number) - (values[i] as number))
        derivatives[2 * i] = own
        derivatives[2 * i + 1] = (weights[i] as number) + second - second
        most += Math.abs(own)
      }
      const first = rounderOf(most)
      for (let i = 0; i < 2 * rows; i += 2) derivatives[i] = (derivatives[i] as number) + first - first
    },
    at: (scores, row) => ((scores[row] as number) - (values[row] as number)) ** 2 / 2,
  }
}
