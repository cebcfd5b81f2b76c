import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inputSpan, inputsOf, type Linear, predictSums, quantise, scoreRangesOf } from '../compiler/linear.ts'
import { predict } from '../compiler/model.ts'
import type { Column, Feature } from '../runtime/contract.ts'
import { type Input, inputOf } from '../runtime/schemes/inputs.ts'

const age: Column = { kind: 'number', name: 'age', grid: { minimum: 20, step: 1, size: 101 }, missing: 'never' }
const chol: Column = { kind: 'number', name: 'chol', grid: { minimum: 0, step: 1, size: 601 }, missing: 'above' }
const ca: Column = { kind: 'number', name: 'ca', grid: { minimum: 0, step: 1, size: 4 }, missing: 'below' }
const colour: Column = { kind: 'text', name: 'colour', levels: ['red', 'green'], missing: 'no-level' }
const columns = [age, chol, ca, colour]
const features: readonly Feature[] = [
  { column: 'age' },
  { column: 'chol' },
  { column: 'ca' },
  { column: 'colour', level: 'red' },
  { column: 'colour', level: 'green' },
]
const inputs = inputsOf(columns, features)

describe('what a client computes from its cells', () => {
  test('numbers count from the middle, missing ones as the middle with an indicator; texts have one per level', () => {
    const numbers = (cells: readonly number[]) => inputs.map((input) => inputOf(input, cells))
    // age 20, chol 0, ca 0, red
    expect(numbers([0, 0, 1, 1, 0])).toEqual([-50, -60, 0, -63, 0, 128, 0])
    // age 120, chol 600, ca 3, green
    expect(numbers([100, 600, 4, 0, 1])).toEqual([50, 60, 0, 63, 0, 0, 128])
    // age 70, the others missing
    expect(numbers([50, 601, 0, 0, 0])).toEqual([0, 0, 128, 0, 128, 0, 0])
  })

  test('is as far apart as its span on every Grid, and half of that at least', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 100_000 }), fc.constantFrom('never', 'above', 'below'), (size, missing) => {
        const column: Column = { kind: 'number', name: 'x', grid: { minimum: 0, step: 1, size }, missing }
        const [place, ...others] = inputsOf([column], [{ column: 'x' }])
        const first = missing === 'below' ? 1 : 0
        const [low, high] = [0, size - 1].map((cell) => inputOf(place as Input, [cell + first]))
        const span = (high ?? Number.NaN) - (low ?? Number.NaN)
        expect(span).toBeLessThanOrEqual(inputSpan)
        expect(span).toBeGreaterThanOrEqual(inputSpan / 2)
        expect(Math.abs((high ?? 0) + (low ?? 0))).toBeLessThanOrEqual(2)
        expect(others).toHaveLength(missing === 'never' ? 0 : 1)
      }),
    )
  })

  test('two neighbouring cells are as far apart as any others, where all have places of their own', () => {
    const [place] = inputsOf([{ ...age, grid: { ...age.grid, size: 40 } }], [{ column: 'age' }])
    const places = Array.from({ length: 40 }, (_, cell) => inputOf(place as Input, [cell]))
    expect(new Set(places.slice(1).map((value, i) => value - (places[i] ?? Number.NaN)))).toEqual(new Set([3]))
  })
})

const model: Linear = {
  ...{ family: 'linear', missingValues: [''], columns, features, inputs, answers: ['no', 'yes'] },
  weights: [[1, -2, 30, 4, 5, 6, -7]],
  biases: [100],
  link: { kind: 'logistic', base: 0, unit: 100, from: 1 },
  evidence: null,
}

test('a model answers by the sum of weights times inputs', () => {
  const opened = predictSums(model, [0, 0, 1, 1, 0])
  // 100 - 50 + 120 - 4 * 63 + 6 * 128
  expect(opened).toMatchObject({ kind: 'class', answer: 'yes', scores: [686] })
  expect(predict(model, [0, 0, 1, 1, 0])).toEqual(opened)
  expect(predictSums({ ...model, biases: [-586] }, [0, 0, 1, 1, 0])).toMatchObject({ answer: 'no', scores: [0] })
})

test('the ranges of scores are those of all records of the Grids, enumerated', () => {
  const grid = (size: number) => ({ minimum: 0, step: 1, size })
  const column = fc.oneof(
    fc.record({
      kind: fc.constant('number' as const),
      size: fc.integer({ min: 1, max: 5 }),
      missing: fc.constantFrom('never' as const, 'above' as const, 'below' as const),
    }),
    fc.record({
      kind: fc.constant('text' as const),
      size: fc.integer({ min: 1, max: 4 }),
      missing: fc.constantFrom('never' as const, 'no-level' as const),
    }),
  )
  fc.assert(
    fc.property(
      fc.array(column, { minLength: 1, maxLength: 4 }),
      fc.infiniteStream(fc.integer({ min: -9, max: 9 })),
      (some, drawn) => {
        const own = some.map(({ kind, size, missing }, i): Column => {
          if (kind === 'number') return { kind, name: `c${i}`, grid: grid(size), missing }
          return { kind, name: `c${i}`, levels: Array.from({ length: size }, (_, j) => `l${j}`), missing }
        })
        const ownFeatures = own.flatMap((one): Feature[] =>
          one.kind === 'number' ? [{ column: one.name }] : one.levels.map((level) => ({ column: one.name, level })),
        )
        const ownInputs = inputsOf(own, ownFeatures)
        const draw = () => drawn.next().value ?? 0
        const weights = [0, 1].map(() => ownInputs.map(draw))
        const all: Linear = {
          ...{ ...model, columns: own, features: ownFeatures, inputs: ownInputs, weights, biases: [draw(), draw()] },
          link: { kind: 'softmax', base: 0, unit: 1 },
        }
        // The cells of every record, column by column.
        const records = own.reduce<number[][]>(
          (before, one) =>
            before.flatMap((cells) => {
              if (one.kind === 'number') {
                const count = one.grid.size + (one.missing === 'never' ? 0 : 1)
                return Array.from({ length: count }, (_, cell) => [...cells, cell])
              }
              const levels = one.levels.map((_, i) => [...cells, ...one.levels.map((__, j) => (i === j ? 1 : 0))])
              return one.missing === 'never' ? levels : [...levels, [...cells, ...one.levels.map(() => 0)]]
            }),
          [[]],
        )
        const scores = records.map((cells) => predictSums(all, cells).scores ?? [])
        const want = [0, 1].map((k) => {
          const of = scores.map((one) => one[k] ?? Number.NaN)
          return { least: Math.min(...of), most: Math.max(...of) }
        })
        expect(scoreRangesOf(all)).toEqual(want)
      },
    ),
    { numRuns: 60 },
  )
})

test('weights are rounded to the nearest integers, and minus zero is zero', () => {
  expect(quantise({ weights: [[0.26, -0.1, 1]], biases: [-0.1] }, 4)).toEqual({ weights: [[1, 0, 4]], biases: [0] })
})
