import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inputsOf, predictSums, scoreRangesOf } from '../compiler/linear.ts'
import { predict } from '../compiler/model.ts'
import type { Network } from '../compiler/network.ts'
import type { Column, Feature } from '../runtime/contract.ts'
import { monomialsOf, numbersOf } from '../runtime/schemes/monomials.ts'

const age: Column = { kind: 'number', name: 'age', grid: { minimum: 20, step: 1, size: 101 }, missing: 'never' }
const ca: Column = { kind: 'number', name: 'ca', grid: { minimum: 0, step: 1, size: 4 }, missing: 'below' }
const colour: Column = { kind: 'text', name: 'colour', levels: ['red', 'green'], missing: 'no-level' }
const columns = [age, ca, colour]
const features: readonly Feature[] = [
  { column: 'age' },
  { column: 'ca' },
  { column: 'colour', level: 'red' },
  { column: 'colour', level: 'green' },
]
// age; ca; ca is missing; red; green
const inputs = inputsOf(columns, features)

test('products are of different columns, or powers of numbers; those that are 0 for every record are left out', () => {
  const monomials = monomialsOf({ inputs, features, degree: 2 })
  const singles = [[0], [1], [2], [3], [4]]
  const pairs = [
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 3],
    [0, 4],
    [1, 1],
    [1, 3],
    [1, 4],
    [2, 3],
    [2, 4],
  ]
  expect(monomials).toEqual([...singles, ...pairs])
})

test('a product is divided so that it is of the size of its factors, and rounded, halves up', () => {
  const numbers = numbersOf({ inputs, features, degree: 2 })
  // age 120, ca 3, red
  const [a, b] = [50, 63]
  expect(numbers([100, 4, 1, 0])).toEqual([
    ...[a, b, 0, 128, 0],
    // 2500 / 64 = 39.06, 3150 / 64 = 49.2; indicators let numbers pass; 3969 / 64 = 62.02
    ...[39, 49, 0, 50, 0, 62, 63, 0, 0, 0],
  ])
  // age 21, ca missing, green
  expect(numbers([1, 0, 0, 1])).toEqual([...[-49, 0, 128, 0, 128], ...[38, 0, -49, 0, -49, 0, 0, 0, 0, 128]])
})

test('a network answers by the sum of weights times products', () => {
  const monomials = monomialsOf({ inputs, features, degree: 2 })
  const model: Network = {
    ...{
      family: 'network',
      missingValues: [''],
      columns,
      features,
      answers: ['no', 'yes'],
      inputs,
      monomials,
      degree: 2,
    },
    weights: [monomials.map((_, m) => (m === 0 ? 2 : m === 6 ? 3 : 0))],
    biases: [-7],
    link: { kind: 'logistic', base: 0, unit: 100, from: 1 },
    evidence: null,
  }
  // 2 * 50 + 3 * 49 - 7
  expect(predict(model, [100, 4, 1, 0])).toMatchObject({ kind: 'class', answer: 'yes', scores: [240] })
})

test('no record has a score beyond the bound, whatever the weights, enumerated', () => {
  const records = Array.from({ length: 101 }, (_, one) =>
    [0, 1, 2, 3, 4].flatMap((two) =>
      [
        [0, 0],
        [1, 0],
        [0, 1],
      ].map((levels) => [one, two, ...levels]),
    ),
  ).flat()
  fc.assert(
    fc.property(
      fc.constantFrom(2, 3, 4),
      fc.infiniteStream(fc.integer({ min: -9, max: 9 })),
      fc.integer({ min: -50, max: 50 }),
      (degree, drawn, bias) => {
        const monomials = monomialsOf({ inputs, features, degree })
        const model: Network = {
          ...{ family: 'network', missingValues: [''], columns, features, answers: ['no', 'yes'], inputs, monomials },
          ...{ degree, weights: [monomials.map(() => drawn.next().value ?? 0)], biases: [bias] },
          link: { kind: 'logistic', base: 0, unit: 1, from: 1 },
          evidence: null,
        }
        const [range] = scoreRangesOf(model)
        const scores = records.map((cells) => predictSums(model, cells).scores?.[0] ?? Number.NaN)
        expect(Math.max(...scores)).toBeLessThanOrEqual(range?.most ?? Number.NaN)
        expect(Math.min(...scores)).toBeGreaterThanOrEqual(range?.least ?? Number.NaN)
      },
    ),
    { numRuns: 15 },
  )
})
