/** The mean of values of which each counts by its weight. */
export function meanOf(values: Float64Array, weights: Float64Array): number {
  let [sum, all] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    sum += (weights[i] as number) * (values[i] as number)
    all += weights[i] as number
  }
  return sum / all
}

/** The standard error of a weighted mean, for weights that are given and not drawn. */
export function standardErrorOf(values: Float64Array, weights: Float64Array): number {
  const mean = meanOf(values, weights)
  let [squares, all] = [0, 0]
  for (let i = 0; i < values.length; i++) {
    squares += ((weights[i] as number) * ((values[i] as number) - mean)) ** 2
    all += weights[i] as number
  }
  return Math.sqrt(squares) / all
}
