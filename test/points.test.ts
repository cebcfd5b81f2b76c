import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  answerOfSums,
  featuresOf,
  type Points,
  positionOf,
  predictPoints,
  type SumClass,
  sumRange,
  sumWidth,
} from '../compiler/points.ts'
import { faultOf } from '../compiler/points-fault.ts'
import type { Column } from '../runtime/contract.ts'

const age: Column = { kind: 'number', name: 'age', grid: { minimum: 20, step: 1, size: 60 }, missing: 'never' }
const chol: Column = { kind: 'number', name: 'chol', grid: { minimum: 100, step: 1, size: 500 }, missing: 'below' }
const sex: Column = { kind: 'text', name: 'sex', levels: ['female', 'male'], missing: 'never' }
const colour: Column = { kind: 'text', name: 'colour', levels: ['red', 'blue'], missing: 'no-level' }

const model: Points = {
  family: 'additive',
  missingValues: [''],
  columns: [
    { column: age, cuts: [19, 39], points: [[0], [2], [5]] },
    { column: chol, cuts: [0, 100], points: [[1], [0], [3]] },
    { column: sex, cuts: [], points: [[0], [4]] },
    { column: colour, cuts: [], points: [[7], [0], [-2]] },
  ],
  pairs: [{ columns: [0, 2], points: [[0], [0], [0], [10], [0], [20]] }],
  features: featuresOf([age, chol, sex, colour]),
  answers: ['no', 'yes'],
  base: [-6],
  unit: 4,
  link: 'logistic',
  classes: null,
  evidence: null,
}

describe('positionOf', () => {
  test.each<[number, readonly number[], number]>([
    [0, [0], 0],
    [0, [19], 0],
    [0, [20], 1],
    [0, [39], 1],
    [0, [59], 2],
    [1, [0], 0],
    [1, [1], 1],
    [1, [100], 1],
    [1, [101], 2],
    [2, [1, 0], 0],
    [2, [0, 1], 1],
    [3, [0, 0], 0],
    [3, [1, 0], 1],
    [3, [0, 1], 2],
  ])('of column %i, cells %j', (column, cells, want) => {
    const one = model.columns[column]
    expect(one === undefined ? null : positionOf(one, cells)).toBe(want)
  })

  test.each<[number, readonly number[]]>([
    [0, [-1]],
    [0, [60]],
    [0, [1.5]],
    [0, [Number.NaN]],
    [0, []],
    [0, [1, 1]],
    [2, [0, 0]],
    [2, [1, 1]],
    [2, [2, 0]],
    [2, [1]],
  ])('refuses of column %i the cells %j', (column, cells) => {
    const one = model.columns[column]
    expect(() => one !== undefined && positionOf(one, cells)).toThrow(RangeError)
  })
})

describe('predictPoints', () => {
  test.each<[readonly number[], number]>([
    [[0, 0, 1, 0, 0, 0], -6 + 0 + 1 + 0 + 7],
    [[59, 101, 0, 1, 1, 0], -6 + 5 + 3 + 4 + 0 + 20],
    [[20, 1, 0, 1, 0, 1], -6 + 2 + 0 + 4 - 2 + 10],
  ])('of the cells %j is %i', (cells, want) => expect(predictPoints(model, cells)).toEqual([want]))

  test('refuses another number of cells', () => {
    expect(() => predictPoints(model, [0, 0, 1, 0, 0])).toThrow(RangeError)
    expect(() => predictPoints(model, [0, 0, 1, 0, 0, 0, 0])).toThrow(RangeError)
  })

  test('lies within the range of sums, for random records', () => {
    const [low, high] = sumRange(model, 0)
    expect([low, high]).toEqual([-6 + 0 + 0 + 0 - 2 + 0, -6 + 5 + 3 + 4 + 7 + 20])
    expect(sumWidth(model)).toBe(high - low)
    const cells = fc.tuple(fc.nat(59), fc.nat(500), fc.nat(1), fc.nat(2)).map(([a, c, s, l]) => {
      return [a, c, s === 0 ? 1 : 0, s, l === 1 ? 1 : 0, l === 2 ? 1 : 0]
    })
    fc.assert(
      fc.property(cells, (record) => {
        const [sum = Number.NaN] = predictPoints(model, record)
        expect(sum >= low && sum <= high).toBe(true)
      }),
    )
  })
})

describe('answerOfSums', () => {
  const of = (link: Points['link'], classes: readonly SumClass[] | null = null) => {
    const answers = link === 'logistic' ? ['no', 'yes'] : link === 'softmax' ? ['a', 'b', 'c'] : null
    return { link, unit: 2, classes, answers }
  }
  test('a tie of two answers is the first', () => {
    expect(answerOfSums(of('logistic'), [0])).toEqual({ kind: 'class', answer: 'no', shares: [0.5, 0.5], scores: [0] })
    expect(answerOfSums(of('logistic'), [1])).toMatchObject({ answer: 'yes' })
    expect(answerOfSums(of('logistic'), [-1])).toMatchObject({ answer: 'no' })
    expect(answerOfSums(of('softmax'), [3, 3, 1])).toMatchObject({ answer: 'a' })
  })
  test('chances are those of the link', () => {
    expect(answerOfSums(of('logistic'), [4])).toMatchObject({
      shares: [expect.closeTo(1 / (1 + Math.exp(2)), 12), expect.closeTo(1 / (1 + Math.exp(-2)), 12)],
    })
    const { shares } = answerOfSums(of('softmax'), [2, 0, 2000]) as { readonly shares: readonly number[] }
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
  })
  test('numbers, and powers of e', () => {
    expect(answerOfSums(of('identity'), [7])).toEqual({ kind: 'number', answer: 3.5, scores: [7] })
    expect(answerOfSums(of('exponential'), [7])).toEqual({ kind: 'number', answer: Math.exp(3.5), scores: [7] })
  })
  const classes = [
    { label: 'low', upTo: 3 },
    { label: 'middle', upTo: 7 },
    { label: 'high', upTo: null },
  ]
  test.each([
    [-9, 'low'],
    [3, 'low'],
    [4, 'middle'],
    [7, 'middle'],
    [8, 'high'],
  ])('the class of %i is %s', (sum, label) => {
    expect(answerOfSums(of('identity', classes), [sum])).toEqual({ kind: 'class', answer: label, scores: [sum] })
  })
})

describe('faultOf', () => {
  const [first, second, third, fourth] = model.columns
  const withFirst = (some: object): Points => ({
    ...model,
    columns: [first, second, third, fourth].flatMap((one) =>
      one === undefined ? [] : [one === first ? { ...one, ...some } : one],
    ),
  })
  test('of a good model is none', () => expect(faultOf(model)).toBeNull())
  test.each<[string, Points, RegExp]>([
    ['cuts that do not ascend', withFirst({ cuts: [39, 19] }), /"age" has the cut 19/],
    ['a cut beyond which there is no cell', withFirst({ cuts: [19, 59] }), /the cut 59/],
    ['points that are not whole', withFirst({ points: [[0], [0.5], [1]] }), /0.5 points/],
    ['a position without points', withFirst({ points: [[0], [1]] }), /2 positions instead of 3/],
    ['an output too many', withFirst({ points: [[0], [1], [2, 3]] }), /1 outputs/],
    ['no columns', { ...model, columns: [], pairs: [], features: [] }, /no column/],
    ['features in another order', { ...model, features: model.features.toReversed() }, /features/],
    ['a unit of 0', { ...model, unit: 0 }, /unit is 0/],
    ['a link that needs answers', { ...model, answers: null }, /two answers/],
    ['a number with answers', { ...model, link: 'identity' }, /no answers/],
    ['an output too few', { ...model, link: 'softmax' }, /does not fit 1/],
    ['pairs of one column', { ...model, pairs: [{ columns: [0, 0], points: [] }] }, /pair 0/],
    ['pairs twice', { ...model, pairs: [...model.pairs, ...model.pairs] }, /twice/],
    [
      'classes that do not ascend',
      {
        ...model,
        classes: [
          { label: 'a', upTo: 1 },
          { label: 'b', upTo: 1 },
          { label: 'c', upTo: null },
        ],
      },
      /ascending/,
    ],
    ['classes without a last one', { ...model, classes: [{ label: 'a', upTo: 1 }] }, /ascending/],
    ['a base too large', { ...model, base: [2 ** 31] }, /below 2\^31/],
  ])('%s', (_, broken, want) => expect(faultOf(broken)).toMatch(want))

  test('base and largest points stay below 2^31, and no more is asked', () => {
    const most = 5 + 3 + 4 + 7 + 20
    expect(faultOf({ ...model, base: [-(2 ** 31 - 1 - most)] })).toBeNull()
    expect(faultOf({ ...model, base: [-(2 ** 31 - most)] })).toMatch(/2\^31/)
  })
})
