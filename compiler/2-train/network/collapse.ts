import type { Weighing } from 'emp-compile-runtime/internal/schemes/monomials'
import { affine, type Coefficients, combine, multiplier } from '../../polynomial.ts'
import type { Design } from '../linear/design.ts'
import { beginOf, type Shape, taken } from './units.ts'

/** What a network comes to, as one polynomial per output in the inputs before they were standardised. */
export function collapse(
  weighing: Weighing,
  { means, deviations }: Design,
  shape: Shape,
  parameters: Float64Array,
  multiply = multiplier(weighing),
): Coefficients[] {
  const numbers: Coefficients[] = Array.from(means, (mean, i) => {
    const deviation = deviations[i] as number
    return deviation === 0
      ? new Map<string, number>()
      : new Map([
          ['', -mean / deviation],
          [String(i), 1 / deviation],
        ])
  })
  const sumOf = (layer: number, unit: number): Coefficients => {
    const count = taken(shape, layer)
    const place = beginOf(shape, layer) + unit * (count + 1)
    return combine([
      [1, affine(parameters[place] as number, [])],
      ...numbers.slice(0, count).map((number, i) => [parameters[place + 1 + i] as number, number] as const),
    ])
  }
  for (let layer = 0; layer < shape.layers; layer++) {
    const units = Array.from({ length: shape.width }, (_, unit) => sumOf(layer, unit))
    numbers.push(...units.map((sum) => multiply(sum, sum)))
  }
  return Array.from({ length: shape.outputs }, (_, k) => sumOf(shape.layers, k))
}
