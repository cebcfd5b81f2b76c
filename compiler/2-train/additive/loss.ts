import type { Codes } from '../../table.ts'
import { startOfAnswers } from '../start.ts'

/** Where a fit stands. Scores of n rows and K outputs are one array: output k of row i at `k * n + i`. */
export interface State {
  readonly scores: Float64Array
  /** Of one output at a time. */
  readonly gradients: Float64Array
  readonly curvatures: Float64Array
  /** What the loss keeps of the scores: nothing, or their powers, output after output, and the sums of these. */
  readonly powers: Float64Array
}

/** What a fit minimises. */
export interface PointsLoss {
  readonly rows: number
  readonly outputs: number
  /** What every row weighs, at least 0. */
  readonly weights: Float64Array
  /** The best scores that are the same for all rows, shrunk by one row that speaks for all answers alike. */
  readonly start: readonly number[]
  /** Numbers that the loss keeps of the scores. */
  readonly kept: number
  /** Brings what is kept up to the scores of all outputs. */
  refresh(state: State): void
  /**
   * Fills in, weighted, the first derivative of the loss by the scores of an output, and the curvature of a parabola in
   * the score that touches it there and lies nowhere below it, so that a step to the least of the parabola never makes
   * the loss larger.
   */
  derive(state: State, output: number): void
  /** Brings what is kept up to scores of one output that have changed by `change` of the row's code. */
  follow(state: State, output: number, codes: Codes, change: Float64Array): void
  /** The loss of one row, unweighted. */
  at(scores: Float64Array, row: number): number
  /** Of the row that speaks for all answers alike, at the scores of a row about which nothing is known. */
  prior(base: readonly number[]): { readonly gradients: readonly number[]; readonly curvatures: readonly number[] }
}

/** ln(1 + e^x), without overflow. */
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const logistic = (x: number) => 1 / (1 + Math.exp(-x))

/**
 * The negative logarithm of the likelihood of two answers. The parabola is Jaakkola and Jordan's ("Bayesian parameter
 * estimation via variational methods", Statistics and Computing 10, 2000).
 *
 * @param outcomes 1 for the second answer, 0 for the first.
 */
export function logisticPointsLoss(outcomes: Uint8Array, weights: Float64Array): PointsLoss {
  const rows = outcomes.length
  let [positive, all] = [0.5, 1]
  for (let i = 0; i < rows; i++) {
    all += weights[i] as number
    positive += (weights[i] as number) * (outcomes[i] as number)
  }
  const curvature = (score: number, chance: number) => (Math.abs(score) < 1e-4 ? 0.25 : (chance - 0.5) / score)
  return {
    rows,
    outputs: 1,
    weights,
    start: [Math.log(positive / (all - positive))],
    kept: rows,
    refresh({ scores, powers }) {
      for (let i = 0; i < rows; i++) powers[i] = Math.exp(scores[i] as number)
    },
    follow({ powers }, _, codes, change) {
      const factors = change.map(Math.exp)
      for (let i = 0; i < rows; i++) powers[i] = (powers[i] as number) * (factors[codes[i] as number] as number)
    },
    derive({ scores, gradients, curvatures, powers }) {
      for (let i = 0; i < rows; i++) {
        const score = scores[i] as number
        const weight = weights[i] as number
        const power = powers[i] as number
        const chance = power / (1 + power)
        gradients[i] = weight * (chance - (outcomes[i] as number))
        curvatures[i] = weight * (score > -1e-4 && score < 1e-4 ? 0.25 : (chance - 0.5) / score)
      }
    },
    at: (scores, row) => softplus(outcomes[row] === 1 ? -(scores[row] as number) : (scores[row] as number)),
    prior([base = 0]) {
      const chance = logistic(base)
      return { gradients: [chance - 0.5], curvatures: [curvature(base, chance)] }
    },
  }
}

/**
 * Not less than the curvature of Jaakkola and Jordan's parabola, half the logarithmic mean of a chance and its rest, which
 * two thirds of the geometric and one of the arithmetic mean exceed (Carlson, "The logarithmic mean", American
 * Mathematical Monthly 79, 1972).
 */
const curvatureOf = (chance: number) => Math.sqrt(Math.max(0, chance * (1 - chance))) / 3 + 1 / 12

/**
 * The negative logarithm of the likelihood of several answers, one output each, where the scores of one output move at a
 * time: as if of two answers, this one and the rest.
 */
export function softmaxPointsLoss(classes: Int32Array, answers: number, weights: Float64Array): PointsLoss {
  const rows = classes.length
  return {
    rows,
    outputs: answers,
    weights,
    start: startOfAnswers(classes, answers, weights),
    kept: (answers + 1) * rows,
    refresh({ scores, powers }) {
      powers.fill(0, answers * rows)
      for (let k = 0; k < answers; k++) {
        for (let i = 0; i < rows; i++) {
          const power = Math.exp(scores[k * rows + i] as number)
          powers[k * rows + i] = power
          powers[answers * rows + i] = (powers[answers * rows + i] as number) + power
        }
      }
    },
    derive({ gradients, curvatures, powers }, output) {
      for (let i = 0; i < rows; i++) {
        const chance = (powers[output * rows + i] as number) / (powers[answers * rows + i] as number)
        const weight = weights[i] as number
        gradients[i] = weight * (chance - (classes[i] === output ? 1 : 0))
        curvatures[i] = weight * curvatureOf(chance)
      }
    },
    follow({ powers }, output, codes, change) {
      const factors = change.map(Math.exp)
      for (let i = 0; i < rows; i++) {
        const before = powers[output * rows + i] as number
        const power = before * (factors[codes[i] as number] as number)
        powers[output * rows + i] = power
        powers[answers * rows + i] = (powers[answers * rows + i] as number) + power - before
      }
    },
    at(scores, row) {
      let top = Number.NEGATIVE_INFINITY
      for (let k = 0; k < answers; k++) top = Math.max(top, scores[k * rows + row] as number)
      let sum = 0
      for (let k = 0; k < answers; k++) sum += Math.exp((scores[k * rows + row] as number) - top)
      return Math.log(sum) + top - (scores[(classes[row] as number) * rows + row] as number)
    },
    prior(base) {
      const top = Math.max(...base)
      const powers = base.map((score) => Math.exp(score - top))
      const sum = powers.reduce((all, power) => all + power, 0)
      return {
        gradients: powers.map((power) => power / sum - 1 / answers),
        curvatures: powers.map((power) => curvatureOf(power / sum)),
      }
    },
  }
}

/** Half the squared error, of values that are scaled to spread about 1. */
export function squaredPointsLoss(values: Float64Array, weights: Float64Array): PointsLoss {
  const rows = values.length
  let [sum, all] = [0, 0]
  for (let i = 0; i < rows; i++) {
    sum += (weights[i] as number) * (values[i] as number)
    all += weights[i] as number
  }
  return {
    rows,
    outputs: 1,
    weights,
    start: [sum / all],
    kept: 0,
    refresh() {},
    follow() {},
    derive({ scores, gradients, curvatures }) {
      for (let i = 0; i < rows; i++) {
        const weight = weights[i] as number
        gradients[i] = weight * ((scores[i] as number) - (values[i] as number))
        curvatures[i] = weight
      }
    },
    at: (scores, row) => ((scores[row] as number) - (values[row] as number)) ** 2 / 2,
    prior: () => ({ gradients: [0], curvatures: [0] }),
  }
}
