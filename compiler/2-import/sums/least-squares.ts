import { at } from 'emp-compile-runtime/internal/at'

/**
 * Coefficients x with the least `sum of weights * (columns x - target)^2 + sum of costs * (x - start)^2`.
 *
 * @param costs above 0, so that there is one answer.
 */
export function leastSquares(
  columns: readonly Float64Array[],
  target: Float64Array,
  weights: Float64Array,
  start: readonly number[],
  costs: readonly number[],
): number[] {
  const n = columns.length
  const matrix = columns.map((one, i) =>
    columns.map((other, j) => dot(one, other, weights) + (i === j ? at(costs, i) : 0)),
  )
  const right = columns.map((one, i) => dot(one, target, weights) + at(costs, i) * at(start, i))
  // Cholesky's root, then two triangular systems.
  const root = matrix.map((row) => [...row])
  const entry = (i: number, j: number) => at(at(root, i), j)
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = entry(i, j)
      for (let k = 0; k < j; k++) sum -= entry(i, k) * entry(j, k)
      at(root, i)[j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / entry(j, j)
    }
  }
  const found = [...right]
  for (let i = 0; i < n; i++) {
    let sum = at(found, i)
    for (let k = 0; k < i; k++) sum -= entry(i, k) * at(found, k)
    found[i] = sum / entry(i, i)
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = at(found, i)
    for (let k = i + 1; k < n; k++) sum -= entry(k, i) * at(found, k)
    found[i] = sum / entry(i, i)
  }
  return found
}

function dot(a: Float64Array, b: Float64Array, weights: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (weights[i] as number) * (a[i] as number) * (b[i] as number)
  return sum
}

/** Points between the ends of a range, by which a polynomial is fitted beside the numbers that were seen. */
const evenPoints = 64

/**
 * The polynomial that is closest to a function, half on the numbers seen and half evenly on their range.
 *
 * @returns coefficients of `((x - middle) / half)^0, ^1, ...`.
 */
export function fitPolynomial(
  of: (x: number) => number,
  seen: Float64Array,
  degree: number,
): { readonly middle: number; readonly half: number; readonly coefficients: readonly number[] } {
  const [least, most] = [seen.reduce((a, b) => Math.min(a, b)), seen.reduce((a, b) => Math.max(a, b))]
  const [middle, half] = [(least + most) / 2, Math.max((most - least) / 2, 1e-9)]
  const points = [
    ...seen,
    ...Array.from({ length: evenPoints }, (_, i) => least + ((most - least) * i) / (evenPoints - 1)),
  ]
  const weights = Float64Array.from(points, (_, i) => (i < seen.length ? 0.5 / seen.length : 0.5 / evenPoints))
  const powers = Array.from({ length: degree + 1 }, (_, power) =>
    Float64Array.from(points, (x) => ((x - middle) / half) ** power),
  )
  const zeros = powers.map(() => 0)
  const coefficients = leastSquares(
    powers,
    Float64Array.from(points, of),
    weights,
    zeros,
    powers.map(() => 1e-9),
  )
  return { middle, half, coefficients }
}
