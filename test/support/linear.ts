import { inputsOf, type Linear } from '../../compiler/linear.ts'
import type { Column, Feature } from '../../runtime/contract.ts'
import type { Link } from '../../runtime/schemes/link.ts'

/** A linear model of random weights on columns of numbers 0 .. size - 1. */
export function drawLinear(
  random: () => number,
  {
    columns: count,
    size = 200,
    outputs = 1,
    weight,
  }: { columns: number; size?: number; outputs?: number; weight: number },
): Linear {
  const columns = Array.from(
    { length: count },
    (_, i): Column => ({ kind: 'number', name: `x${i}`, grid: { minimum: 0, step: 1, size }, missing: 'never' }),
  )
  const features = columns.map(({ name }): Feature => ({ column: name }))
  const inputs = inputsOf(columns, features)
  // The largest weight is there, so that models of one size have one contract.
  const draw = (i: number) => (i === 0 ? weight : Math.floor(random() * (2 * weight + 1)) - weight)
  const link: Link =
    outputs === 1 ? { kind: 'logistic', base: 0, unit: 64, from: 1 } : { kind: 'softmax', base: 0, unit: 64 }
  return {
    family: 'linear',
    missingValues: [''],
    columns,
    features,
    answers: outputs === 1 ? ['no', 'yes'] : Array.from({ length: outputs }, (_, i) => `answer ${i}`),
    inputs,
    weights: Array.from({ length: outputs }, () => inputs.map((_, i) => draw(i))),
    biases: Array.from({ length: outputs }, () => draw(1)),
    link,
    evidence: null,
  }
}
