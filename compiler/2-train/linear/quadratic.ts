/**
 * The objective around coefficients b, as a function of a step d: -gradient d + d hessian d / 2, plus the penalty of b + d.
 * Of every `size` coefficients the first is an intercept, without a penalty.
 */
export interface Quadratic {
  /** Symmetric, row by row. */
  readonly hessian: Float64Array
  readonly gradient: Float64Array
  readonly coefficients: Float64Array
  readonly size: number
  readonly strength: number
  readonly l1: number
}

/** What keeps pivots above 0 where intercepts can be moved together. */
const jitter = 1e-9

/** The step to the minimum for ridge, where it is the solution of linear equations: by Cholesky's root of their matrix. */
export function stepByRoot({ hessian, gradient, coefficients, size, strength }: Quadratic): Float64Array {
  const n = gradient.length
  const root = hessian.slice()
  const step = gradient.slice()
  for (let j = 0; j < n; j++) {
    const ridge = j % size === 0 ? jitter : strength
    root[j * n + j] = (root[j * n + j] as number) + ridge
    if (j % size !== 0) step[j] = (step[j] as number) - strength * (coefficients[j] as number)
  }
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = root[i * n + j] as number
      for (let k = 0; k < j; k++) sum -= (root[i * n + k] as number) * (root[j * n + k] as number)
      root[i * n + j] = i === j ? Math.sqrt(Math.max(sum, jitter)) : sum / (root[j * n + j] as number)
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = step[i] as number
    for (let k = 0; k < i; k++) sum -= (root[i * n + k] as number) * (step[k] as number)
    step[i] = sum / (root[i * n + i] as number)
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = step[i] as number
    for (let k = i + 1; k < n; k++) sum -= (root[k * n + i] as number) * (step[k] as number)
    step[i] = sum / (root[i * n + i] as number)
  }
  return step
}

/** Sweeps over the coordinates end when none moves by more than this, in the objective. */
const tolerance = 1e-11
const mostSweeps = 1000

/** The step to the minimum for any penalty, coordinate by coordinate. */
export function stepByCoordinates({ hessian, gradient, coefficients, size, strength, l1 }: Quadratic): Float64Array {
  const n = gradient.length
  const left = gradient.slice()
  const step = new Float64Array(n)
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let largest = 0
    for (let j = 0; j < n; j++) {
      const curvature = hessian[j * n + j] as number
      const isFree = j % size === 0
      const [ridge, lasso] = isFree ? [0, 0] : [strength * (1 - l1), strength * l1]
      if (curvature + ridge <= 0) continue
      const now = (coefficients[j] as number) + (step[j] as number)
      const pull = (left[j] as number) + curvature * now
      const by = (Math.sign(pull) * Math.max(0, Math.abs(pull) - lasso)) / (curvature + ridge) - now
      if (by === 0) continue
      step[j] = (step[j] as number) + by
      for (let l = 0; l < n; l++) left[l] = (left[l] as number) - by * (hessian[j * n + l] as number)
      largest = Math.max(largest, (curvature + ridge) * by * by)
    }
    if (largest < tolerance) break
  }
  return step
}
