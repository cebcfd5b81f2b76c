import { at } from 'emp-compile-runtime/internal/at'
import type { Weighted } from '../../linear.ts'
import { type Design, unstandardise } from './design.ts'
import { type Loss, meanLoss } from './losses.ts'
import { type Quadratic, stepByCoordinates, stepByRoot } from './quadratic.ts'

/** How large coefficients of standardised inputs cost: strength * ((1 - l1) / 2 * their squares + l1 * their sizes). */
export interface ElasticNetPenalty {
  readonly strength: number
  /** 0 for ridge, 1 for the lasso, between for the elastic net. */
  readonly l1: number
}

/** A fit goes on until a step lowers the objective by less than this. */
const tolerance = 1e-9
const mostSteps = 200
const mostHalvings = 30

/**
 * Fits along a path of penalties, each from the fit before it: minimises the mean loss plus the penalty, intercepts apart.
 * By Newton's method: the loss is replaced by its quadratic approximation, whose penalised minimum is found; a step
 * that does not lower the objective is halved. Second derivatives are computed anew where progress with old ones is slow.
 *
 * Source: Friedman, Hastie, Tibshirani, "Regularization paths for generalized linear models via coordinate descent",
 * Journal of Statistical Software 33 (2010), sections 2 and 3, with all outputs in one step.
 */
export function* fitPath(
  design: Design,
  loss: Loss,
  penalties: Iterable<ElasticNetPenalty>,
): Generator<Weighted, void> {
  const size = design.columns.length + 1
  const coefficients = new Float64Array(loss.outputs * size)
  const etas = new Float64Array(loss.outputs * loss.rows)
  let hessian: Float64Array | null = null
  for (const penalty of penalties) {
    const objective = () => meanLoss(loss, etas) + costOf(coefficients, size, penalty)
    let [before, gained] = [objective(), Number.POSITIVE_INFINITY]
    if (!loss.isQuadratic) hessian = null
    for (let round = 0; round < mostSteps; round++) {
      hessian ??= hessianOf(design, loss, etas)
      const quadratic: Quadratic = { hessian, gradient: gradientOf(design, loss, etas), coefficients, size, ...penalty }
      const step = penalty.l1 === 0 ? stepByRoot(quadratic) : stepByCoordinates(quadratic)
      const after = descend(design, loss, etas, coefficients, step, before, objective)
      const now = before - after
      if (now < tolerance) break
      if (!loss.isQuadratic && now > gained / 10) hessian = null
      before = after
      gained = now
    }
    yield unstandardise(
      design,
      Array.from({ length: loss.outputs }, (_, k) => coefficients.subarray(k * size, (k + 1) * size)),
    )
  }
}

/** The first of every `size` is an intercept, and costs nothing. */
function costOf(coefficients: Float64Array, size: number, { strength, l1 }: ElasticNetPenalty): number {
  let [squares, sizes] = [0, 0]
  for (let j = 0; j < coefficients.length; j++) {
    if (j % size === 0) continue
    squares += (coefficients[j] as number) ** 2
    sizes += Math.abs(coefficients[j] as number)
  }
  return strength * (((1 - l1) / 2) * squares + l1 * sizes)
}

/**
 * Goes a step, or a half, a quarter of it, until the objective is lower; not at all where none is.
 *
 * @returns the objective.
 */
function descend(
  { columns }: Design,
  { rows, outputs }: Loss,
  etas: Float64Array,
  coefficients: Float64Array,
  step: Float64Array,
  before: number,
  objective: () => number,
): number {
  const size = columns.length + 1
  const moved = new Float64Array(etas.length)
  for (let k = 0; k < outputs; k++) {
    const own = moved.subarray(k * rows, (k + 1) * rows).fill(at(step, k * size))
    columns.forEach((column, j) => {
      const by = at(step, k * size + j + 1)
      if (by !== 0) for (let i = 0; i < rows; i++) own[i] = (own[i] as number) + by * (column[i] as number)
    })
  }
  const [etasBefore, coefficientsBefore] = [etas.slice(), coefficients.slice()]
  for (let halving = 0, part = 1; halving < mostHalvings; halving++, part /= 2) {
    for (let i = 0; i < etas.length; i++) etas[i] = (etasBefore[i] as number) + part * (moved[i] as number)
    for (let j = 0; j < step.length; j++) {
      coefficients[j] = (coefficientsBefore[j] as number) + part * (step[j] as number)
    }
    const after = objective()
    if (after <= before) return after
  }
  etas.set(etasBefore)
  coefficients.set(coefficientsBefore)
  return before
}

/** Per output the sum of its residuals, and those of residuals times each input. */
function gradientOf({ columns }: Design, loss: Loss, etas: Float64Array): Float64Array {
  const { rows, outputs } = loss
  const residuals = new Float64Array(etas.length)
  loss.slope(etas, residuals)
  const size = columns.length + 1
  const gradient = new Float64Array(outputs * size)
  for (let k = 0; k < outputs; k++) {
    const own = residuals.subarray(k * rows, (k + 1) * rows)
    gradient[k * size] = own.reduce((sum, residual) => sum + residual, 0)
    columns.forEach((column, j) => {
      let sum = 0
      for (let i = 0; i < rows; i++) sum += (own[i] as number) * (column[i] as number)
      gradient[k * size + j + 1] = sum
    })
  }
  return gradient
}

/** Per two outputs the sums of curvatures times two inputs, the first of which is 1: a symmetric matrix, row by row. */
function hessianOf({ columns }: Design, loss: Loss, etas: Float64Array): Float64Array {
  const { rows, outputs } = loss
  const all = [new Float64Array(rows).fill(1), ...columns]
  const [size, whole] = [all.length, outputs * all.length]
  const hessian = new Float64Array(whole * whole)
  const [curvatures, curved] = [new Float64Array(rows), new Float64Array(rows)]
  for (let k = 0; k < outputs; k++) {
    for (let l = 0; l <= k; l++) {
      loss.curve(etas, k, l, curvatures)
      for (let j = 0; j < size; j++) {
        const column = at(all, j)
        for (let i = 0; i < rows; i++) curved[i] = (curvatures[i] as number) * (column[i] as number)
        for (let m = 0; m <= j; m++) {
          const other = at(all, m)
          let sum = 0
          for (let i = 0; i < rows; i++) sum += (curved[i] as number) * (other[i] as number)
          for (const [r, c] of [
            [k * size + j, l * size + m],
            [k * size + m, l * size + j],
          ] as const) {
            hessian[r * whole + c] = sum
            hessian[c * whole + r] = sum
          }
        }
      }
    }
  }
  return hessian
}
