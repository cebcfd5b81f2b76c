import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  foldsOf,
  groupedFolds,
  plainFolds,
  seededRandom,
  shuffled,
  splitOf,
  spread,
  stratifiedFolds,
  stratifiedSplit,
} from '../compiler/folds.ts'
import { type ImpurityNode, impurityImportance, permutationImportance } from '../compiler/report/importance.ts'
import { tableOf } from './support/tables.ts'

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)
const seeds = fc.integer()
const grouped = fc.integer({ min: 1, max: 5 }).chain((answers) =>
  fc.record({
    answers: fc.constant(answers),
    classes: fc
      .array(fc.integer({ min: 0, max: answers - 1 }), { minLength: 1, maxLength: 60 })
      .map((classes) => Int32Array.from(classes)),
  }),
)

describe('seededRandom', () => {
  // MurmurHash3 x86 of no bytes, for a seed, is its last step alone: published as 514e28b7 and 81f16f39.
  test.each([
    [1, 0x514e28b7],
    [0xffffffff, 0x81f16f39],
  ])('mixes %i as MurmurHash3 does', (counter, want) => {
    expect(seededRandom(counter - 0x9e3779b9)()).toBe(want / 2 ** 32)
  })

  // By a C program with unsigned 32-bit integers.
  test.each([
    [0, [2462723854, 1020716019, 454327756, 1275600319]],
    [1, [2527132011, 314344336, 2535364964, 2041432039]],
    [-1, [920564995, 4230986166, 697614773, 1778835764]],
  ])('counts by the golden ratio, seed %i', (seed, want) => {
    const random = seededRandom(seed)
    expect(want.map(() => random() * 2 ** 32)).toEqual(want)
  })
})

describe('shuffled', () => {
  test('gives every number once, and the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat({ max: 200 }), seeds, (n, seed) => {
        const order = shuffled(n, seededRandom(seed))
        expect([...order].sort((a, b) => a - b)).toEqual(upTo(n))
        expect(shuffled(n, seededRandom(seed))).toEqual(order)
      }),
    )
  })

  test('gives all orders equally often', () => {
    const random = seededRandom(7)
    const times = new Map<string, number>()
    for (let i = 0; i < 24_000; i++) {
      const order = shuffled(4, random).join()
      times.set(order, (times.get(order) ?? 0) + 1)
    }
    // 49.7 is the 99.9th percentile of chi-square with 23 degrees of freedom.
    expect(times.size).toBe(24)
    expect(sum([...times.values()].map((count) => (count - 1000) ** 2 / 1000))).toBeLessThan(49.7)
  })
})

describe('folds', () => {
  const sizes = (foldOf: Int32Array, folds: number, counts: (row: number) => boolean) =>
    upTo(folds).map((fold) => [...foldOf.keys()].filter((row) => foldOf[row] === fold && counts(row)).length)
  const range = (values: readonly number[]) => Math.max(...values) - Math.min(...values)

  test('are as even as possible, over all and for every answer', () => {
    fc.assert(
      fc.property(grouped, fc.integer({ min: 2, max: 12 }), seeds, ({ answers, classes }, folds, seed) => {
        const foldOf = stratifiedFolds(classes, answers, folds, seededRandom(seed))
        expect(sum(sizes(foldOf, folds, () => true))).toBe(classes.length)
        expect(range(sizes(foldOf, folds, () => true))).toBeLessThanOrEqual(1)
        for (const answer of upTo(answers)) {
          expect(range(sizes(foldOf, folds, (row) => classes[row] === answer))).toBeLessThanOrEqual(1)
        }
        expect(stratifiedFolds(classes, answers, folds, seededRandom(seed))).toEqual(foldOf)
      }),
    )
  })

  test('are as even as possible without answers', () => {
    fc.assert(
      fc.property(fc.nat({ max: 100 }), fc.integer({ min: 2, max: 12 }), seeds, (n, folds, seed) => {
        const foldOf = plainFolds(n, folds, seededRandom(seed))
        expect(foldOf.length).toBe(n)
        expect(sum(sizes(foldOf, folds, () => true))).toBe(n)
        expect(range(sizes(foldOf, folds, () => true))).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('put any row in any fold', () => {
    const random = seededRandom(3)
    const times = upTo(6).map(() => [0, 0, 0])
    for (let i = 0; i < 3000; i++) {
      for (const [row, fold] of stratifiedFolds(Int32Array.of(0, 1, 0, 1, 0, 1), 2, 3, random).entries()) {
        const counts = times[row] ?? []
        counts[fold] = (counts[fold] ?? 0) + 1
      }
    }
    for (const count of times.flat()) expect(Math.abs(count - 1000)).toBeLessThan(130)
  })

  test.each([1, 0, 2.5, Number.NaN])('refuse to be %d', (folds) => {
    expect(() => plainFolds(10, folds, seededRandom(1))).toThrow(RangeError)
  })

  test('refuse an answer that there is not', () => {
    expect(() => stratifiedFolds(Int32Array.of(0, 2), 2, 2, seededRandom(1))).toThrow(RangeError)
  })
})

describe('folds of groups', () => {
  test('keep the rows of a group together, leave no fold empty, and repeat with the seed', () => {
    fc.assert(
      fc.property(grouped, seeds, fc.nat({ max: 1000 }), ({ answers, classes }, seed, salt) => {
        const groups = classes.map((_, row) => (row * 7 + salt) % Math.max(2, Math.ceil(classes.length / 3)))
        const most = new Set(groups).size
        if (most < 2) return
        const folds = Math.min(most, 5)
        const foldOf = groupedFolds(groups, classes, answers, folds, seededRandom(seed))
        expect(new Set(foldOf).size).toBe(folds)
        for (const group of new Set(groups)) {
          expect(new Set([...foldOf].filter((_, row) => groups[row] === group)).size).toBe(1)
        }
        expect(groupedFolds(groups, classes, answers, folds, seededRandom(seed))).toEqual(foldOf)
      }),
    )
  })

  test('are even by answer where groups are alike', () => {
    const groups = Int32Array.from({ length: 300 }, (_, row) => Math.floor(row / 5))
    const classes = groups.map((group) => group % 2)
    const foldOf = groupedFolds(groups, classes, 2, 10, seededRandom(4))
    for (const fold of upTo(10)) {
      const own = [...foldOf.keys()].filter((row) => foldOf[row] === fold)
      expect([own.length, sum(own.map((row) => classes[row] ?? 0))]).toEqual([30, 15])
    }
  })

  test('hold out whole groups, about the share', () => {
    const rows = upTo(200).map((row) => [String(row), row % 3 === 0 ? 'a' : 'b'])
    const groups = Int32Array.from(rows, (_, row) => Math.floor(row / 4))
    const table = { ...tableOf(['x', 'y'], rows), groups }
    const { training, heldOut } = splitOf(table, 200, 0.2, seededRandom(1))
    expect(training.length + heldOut.length).toBe(200)
    expect(Math.abs(heldOut.length - 40)).toBeLessThanOrEqual(10)
    const out = new Set(Array.from(heldOut, (row) => groups[row]))
    expect(Array.from(training).some((row) => out.has(groups[row]))).toBe(false)
  })
})

test('a rare answer does not change the number of folds', () => {
  const rows = upTo(30).map((row) => [String(row), row === 0 ? 'rare' : 'frequent'])
  const all = Uint32Array.from(rows.keys())
  expect(new Set(foldsOf(tableOf(['x', 'y'], rows), all, 10, 0)).size).toBe(10)
})

describe('stratifiedSplit', () => {
  test('holds out the share of every answer and of all, and leaves every answer a training row', () => {
    const shares = fc.oneof(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.constantFrom(0.1, 0.2, 0.25, 0.3, 0.5))
    fc.assert(
      fc.property(grouped, shares, seeds, ({ answers, classes }, share, seed) => {
        const { training, heldOut } = stratifiedSplit(classes, answers, share, seededRandom(seed))
        expect([...training, ...heldOut].sort((a, b) => a - b)).toEqual(upTo(classes.length))
        for (const rows of [training, heldOut]) expect(rows).toEqual(rows.toSorted())
        const count = (rows: Iterable<number>, answer: number) =>
          [...rows].filter((row) => classes[row] === answer).length
        let wanting = 0
        for (const answer of upTo(answers)) {
          const [all, out] = [count(classes.keys(), answer), count(heldOut, answer)]
          // Less than one row, to the rounding of the product.
          expect(Math.abs(out - share * all)).toBeLessThan(1 + 1e-9)
          if (all > 0) expect(out).toBeLessThan(all)
          if (all - out === 1) wanting += 1
        }
        const nearest = Math.round(share * classes.length)
        expect(heldOut.length).toBeLessThanOrEqual(nearest)
        expect(heldOut.length).toBeGreaterThanOrEqual(nearest - wanting)
      }),
      { numRuns: 1000 },
    )
  })

  test('holds out any row', () => {
    const random = seededRandom(5)
    const times = [0, 0, 0, 0]
    for (let i = 0; i < 2000; i++) {
      for (const row of stratifiedSplit(Int32Array.of(0, 1, 0, 1), 2, 0.5, random).heldOut) {
        times[row] = (times[row] ?? 0) + 1
      }
    }
    for (const count of times) expect(Math.abs(count - 1000)).toBeLessThan(100)
  })

  test.each([-0.1, 1, Number.NaN])('refuses a share of %d', (share) => {
    expect(() => stratifiedSplit(Int32Array.of(0, 1), 2, share, seededRandom(1))).toThrow(RangeError)
  })
})

test('spread', () => {
  expect(spread([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, deviation: Math.sqrt(32 / 7) })
  expect(spread([3])).toEqual({ mean: 3, deviation: null })
  expect(() => spread([])).toThrow(RangeError)
})

describe('permutationImportance', () => {
  // The target is the first of three features; the third is constant.
  const columns = [upTo(40), upTo(40).map((row) => row % 7), upTo(40).map(() => 1)]
  const right = (weights: readonly number[]) => (row: number) => (weights[row] === row ? 1 : 0)

  test('is the drop of the score, for the feature that is permuted only', () => {
    const asked: (number | null)[] = []
    const drops: number[] = []
    const importances = permutationImportance({
      features: 3,
      rows: 40,
      repeats: 4,
      random: seededRandom(11),
      score(permute) {
        asked.push(permute?.feature ?? null)
        const order = permute?.feature === 0 ? permute.order : upTo(40)
        const values = upTo(40).map((row) => columns[0]?.[order[row] ?? 0] ?? Number.NaN)
        const score = sum(upTo(40).map(right(values))) / 40
        if (permute?.feature === 0) drops.push(1 - score)
        return score
      },
    })
    expect(asked).toEqual([null, ...[0, 1, 2].flatMap((feature) => [feature, feature, feature, feature])])
    expect(importances).toEqual([spread(drops), { mean: 0, deviation: 0 }, { mean: 0, deviation: 0 }])
    // A random order has one fixed point on average.
    expect(importances[0]?.mean).toBeGreaterThan(0.85)
  })

  test('uses another order every time, of all rows', () => {
    const orders = new Set<string>()
    const score = (permute: { readonly order: Uint32Array } | null) => {
      if (permute === null) return 0
      expect([...permute.order].sort((a, b) => a - b)).toEqual(upTo(40))
      orders.add(permute.order.join())
      return 0
    }
    permutationImportance({ features: 3, rows: 40, repeats: 5, random: seededRandom(1), score })
    expect(orders.size).toBe(15)
  })
})

describe('impurityImportance', () => {
  interface Theirs {
    readonly n: number
    readonly impurity: number
    readonly feature?: string
    readonly left?: Theirs
    readonly right?: Theirs
  }
  interface Reference {
    readonly features: readonly string[]
    readonly cases: readonly { params: object; importances: readonly number[]; tree: Theirs }[]
  }
  const cases = ['heart-disease-complete', 'synthetic'].flatMap((name) => {
    const path = new URL(`reference/${name}.sklearn.json`, import.meta.url)
    const { features, cases } = JSON.parse(readFileSync(path, 'utf8')) as Reference
    expect(cases.length).toBeGreaterThan(5)
    return cases.map((reference) => ({ name, params: JSON.stringify(reference.params), features, reference }))
  })

  test.each(cases)("is scikit-learn's: $name, $params", ({ features, reference }) => {
    const nodeOf = ({ n, impurity, feature, left, right }: Theirs): ImpurityNode => {
      if (feature === undefined || left === undefined || right === undefined) return { rows: n, impurity, split: null }
      return {
        rows: n,
        impurity,
        split: { feature: features.indexOf(feature), left: nodeOf(left), right: nodeOf(right) },
      }
    }
    const importances = impurityImportance(nodeOf(reference.tree), features.length)
    expect(importances.length).toBe(reference.importances.length)
    for (const [i, importance] of importances.entries()) {
      expect(Math.abs(importance - (reference.importances[i] ?? Number.NaN))).toBeLessThan(1e-9)
    }
    expect(Math.abs(sum(importances) - 1)).toBeLessThan(1e-12)
  })

  test('is 0 throughout for a tree of one leaf', () => {
    expect(impurityImportance({ rows: 5, impurity: 0.48, split: null }, 3)).toEqual([0, 0, 0])
  })
})
