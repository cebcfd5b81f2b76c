import { at } from 'emp-compile-runtime/internal/at'
import { type Input, inputOf } from 'emp-compile-runtime/internal/schemes/inputs'
import type { Weighted } from '../../linear.ts'
import type { Table } from '../../table.ts'

/** The inputs of rows: an array of numbers for each input. */
export type Inputs = readonly Float64Array[]

/** The inputs of all rows of a table. */
export function inputsOfTable({ features, rows }: Table, inputs: readonly Input[]): Inputs {
  return inputs.map((input) => {
    const { codes, cells } = at(features, input.feature)
    const values = Float64Array.from(cells, (cell) => inputOf({ ...input, feature: 0 }, [cell]))
    return Float64Array.from({ length: rows }, (_, row) => values[codes[row] as number] as number)
  })
}

/** Inputs of rows with mean 0 and standard deviation 1; those of an input that is the same in all rows are 0. */
export interface Design {
  readonly columns: Inputs
  readonly means: Float64Array
  /** 0 for an input that is the same in all rows. */
  readonly deviations: Float64Array
}

/** @param weights how much the rows count; they add up to 1. */
export function standardise(inputs: Inputs, rows: Uint32Array, weights: Float64Array): Design {
  const [means, deviations] = [new Float64Array(inputs.length), new Float64Array(inputs.length)]
  const columns = inputs.map((all, j) => {
    const own = Float64Array.from(rows, (row) => all[row] as number)
    const mean = own.reduce((sum, value, i) => sum + value * (weights[i] as number), 0)
    const variance = own.reduce((sum, value, i) => sum + (value - mean) ** 2 * (weights[i] as number), 0)
    const isConstant = own.every((value) => value === own[0])
    const deviation = isConstant ? 0 : Math.sqrt(variance)
    means[j] = mean
    deviations[j] = deviation
    return own.map((value) => (deviation === 0 ? 0 : (value - mean) / deviation))
  })
  return { columns, means, deviations }
}

/** Coefficients of standardised inputs, each row of them after its intercept, as weights of the inputs themselves. */
export function unstandardise({ means, deviations }: Design, rows: readonly Float64Array[]): Weighted {
  const weights = rows.map((row) =>
    Array.from(deviations, (deviation, j) => (deviation === 0 ? 0 : at(row, j + 1) / deviation)),
  )
  const biases = rows.map((row, k) =>
    at(weights, k).reduce((sum, weight, j) => sum - weight * at(means, j), at(row, 0)),
  )
  return { weights, biases }
}

/** The etas of rows, output by output. */
export function etasOf(inputs: Inputs, rows: Uint32Array, { weights, biases }: Weighted): Float64Array {
  const etas = new Float64Array(biases.length * rows.length)
  weights.forEach((row, k) => {
    const own = etas.subarray(k * rows.length, (k + 1) * rows.length)
    own.fill(at(biases, k))
    row.forEach((weight, j) => {
      const input = at(inputs, j)
      if (weight !== 0)
        for (let i = 0; i < rows.length; i++)
          own[i] = (own[i] as number) + weight * (input[rows[i] as number] as number)
    })
  })
  return etas
}
