import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TrainOptions } from '../compiler/2-train/options.ts'
import { trainTree } from '../compiler/2-train/train.ts'
import { seededRandom, shuffled } from '../compiler/folds.ts'
import { cellsFor } from '../compiler/missing.ts'
import { publicCuts } from '../compiler/public-cuts.ts'
import { columnOf, leafOf, splitsOf } from '../compiler/tree.ts'
import type { Column, NumberColumn } from '../runtime/contract.ts'
import { cellCount } from '../runtime/grid.ts'
import { lower } from './support/plans.ts'
import { type ClassTable, completeHeartDisease, tables } from './support/tables.ts'
import { boundedOptions, trainClasses } from './support/trees.ts'

const numbers = (size: number, missing: NumberColumn['missing'] = 'never'): Column => {
  return { kind: 'number', name: 'x', grid: { minimum: 0, step: 1, size }, missing }
}
const text: Column = { kind: 'text', name: 'x', levels: ['a', 'b', 'c'], missing: 'no-level' }
const options = (cuts: number | null, some: Partial<TrainOptions> = {}): TrainOptions => {
  return { ...boundedOptions, minSamplesLeaf: 1, maxDepth: 6, cuts, ...some }
}

describe('publicCuts', () => {
  const given: [Column, number, number[]][] = [
    [numbers(1), 32, []],
    [numbers(4), 32, [0, 1, 2]],
    [numbers(4), 3, [0, 1, 2]],
    [numbers(4), 1, [1]],
    [numbers(100), 3, [24, 49, 74]],
    [numbers(10), 2, [2, 5]],
    [numbers(4, 'below'), 32, [0, 1, 2, 3]],
    [numbers(100, 'below'), 4, [0, 25, 50, 75]],
    [numbers(100, 'below'), 1, [0]],
    [numbers(1, 'below'), 32, [0]],
    [text, 32, [0]],
    [text, 1, [0]],
  ]
  test.each(given)('of %j, at most %i', (column, most, want) => expect(publicCuts(column, most)).toEqual(want))

  test('are ascending, within the cells, no more than asked for, and as even as cells allow', () => {
    const sizes = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 31 - 2 }))
    const columns = fc.record({ size: sizes, missing: fc.constantFrom('never' as const, 'below' as const) })
    fc.assert(
      fc.property(columns, fc.integer({ min: 1, max: 1024 }), ({ size, missing }, most) => {
        const column = numbers(size, missing)
        const cuts = publicCuts(column, most)
        expect(cuts.length).toBe(Math.min(most, cellCount(column) - 1))
        expect(
          cuts.every((cut, i) => Number.isInteger(cut) && cut > (cuts[i - 1] ?? -1) && cut <= cellCount(column) - 2),
        ).toBe(true)
        // The cell before the first number: that of missing values, if there are any.
        const before = missing === 'below' ? 0 : -1
        const between = missing === 'below' ? cuts.slice(1) : cuts
        if (missing === 'below') expect(cuts[0]).toBe(0)
        const widths = [...between, before + size].map((cut, i) => cut - (between[i - 1] ?? before))
        expect(Math.max(...widths) - Math.min(...widths)).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('publicCuts, evenly in the logarithm', () => {
  const from = (minimum: number, step: number, size: number): Column => {
    return { kind: 'number', name: 'x', grid: { minimum, step, size }, missing: 'never' }
  }
  const given: [Column, number, number[]][] = [
    // 1 to 1000: each interval ten times as wide as the one before.
    [from(1, 1, 999), 2, [8, 98]],
    // From 0: of the steps from the least value, of which the first is one step up.
    [from(0, 1, 999), 2, [8, 98]],
    // 1 to 15: 16^(i / 7) is 1.49, 2.2, 3.3, 4.9, 7.2, 10.8; of the first three, cuts would fall below the range or together.
    [from(1, 1, 15), 6, [0, 1, 2, 3, 5, 8]],
    [from(1, 1, 4), 32, [0, 1, 2]],
    [from(0, 1, 1), 32, []],
    [text, 32, [0]],
  ]
  test.each(given)('of %j, at most %i', (column, most, want) => expect(publicCuts(column, most, 'log')).toEqual(want))

  test('are ascending, within the cells, and as many as even ones', () => {
    const grids = fc.record({
      minimum: fc.integer({ min: -50, max: 500 }),
      step: fc.constantFrom(0.1, 1, 5),
      size: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 31 - 2 })),
    })
    fc.assert(
      fc.property(grids, fc.integer({ min: 1, max: 1024 }), ({ minimum, step, size }, most) => {
        const cuts = publicCuts(from(minimum, step, size), most, 'log')
        expect(cuts.length).toBe(Math.min(most, size - 1))
        expect(cuts.every((cut, i) => Number.isInteger(cut) && cut > (cuts[i - 1] ?? -1) && cut <= size - 2)).toBe(true)
      }),
    )
  })
})

describe('a tree on public cuts', () => {
  const cutsOf = fc.constantFrom(1, 2, 3, 5, 32)

  test('divides at no other cut, and puts missing cells below, for random tables', () => {
    fc.assert(
      fc.property(tables, cutsOf, (table, most) => {
        const tree = trainTree(table, options(most))
        for (const { feature, cut } of splitsOf(tree.root)) {
          const source = tree.features[feature] ?? { column: '' }
          expect(publicCuts(columnOf(tree, source), most)).toContain(cut)
        }
        const placed = table.columns.map(({ column }) =>
          column.kind === 'number' && column.missing === 'above' ? { ...column, missing: 'below' } : column,
        )
        expect(tree.columns).toEqual(placed)
      }),
    )
  })

  test('divides at the best of them: a single split, for random tables', () => {
    const impurity = (classes: readonly number[]) => {
      const counts = [0, 1, 2, 3].map((answer) => classes.filter((other) => other === answer).length)
      return classes.length - counts.reduce((sum, count) => sum + count * count, 0) / Math.max(1, classes.length)
    }
    fc.assert(
      fc.property(tables, cutsOf, (table, most) => {
        // Single cuts are all that this oracle tries; sets of levels have tests of their own.
        const tree = trainTree(table, options(most, { maxDepth: 1, levelSets: false }))
        const impurityAfter = (goesLeft: (cells: readonly number[]) => boolean) => {
          const sides: [number[], number[]] = [[], []]
          for (let row = 0; row < table.rows; row++) {
            sides[goesLeft(cellsFor(table, tree)(row)) ? 0 : 1].push(table.target.classes[row] ?? 0)
          }
          return sides[0].length === 0 || sides[1].length === 0 ? Infinity : impurity(sides[0]) + impurity(sides[1])
        }
        const possible = tree.features.flatMap((feature, i) =>
          publicCuts(columnOf(tree, feature), most).map((cut) => impurityAfter((cells) => (cells[i] ?? 0) <= cut)),
        )
        const [own] = splitsOf(tree.root)
        const reached = own === undefined ? Infinity : impurityAfter((cells) => (cells[own.feature] ?? 0) <= own.cut)
        expect(reached).toBeCloseTo(Math.min(...possible, Infinity), 9)
      }),
    )
  })

  test('counts the rows of the table in its leaves, for random tables', () => {
    fc.assert(
      fc.property(tables, cutsOf, (table, most) => {
        const tree = trainClasses(table, options(most))
        const leaves = new Map<unknown, number[]>()
        for (let row = 0; row < table.rows; row++) {
          const leaf = leafOf(tree, cellsFor(table, tree)(row))
          const counts = leaves.get(leaf) ?? tree.answers.map(() => 0)
          counts[table.target.classes[row] ?? 0] = (counts[table.target.classes[row] ?? 0] ?? 0) + 1
          leaves.set(leaf, counts)
        }
        for (const [leaf, counts] of leaves) expect(leaf).toMatchObject({ counts })
      }),
    )
  })
})

describe('the contract of label', () => {
  const contractOf = (table: ClassTable, cuts: number, probability = false) => {
    const tree = trainClasses(table, options(cuts))
    const label = { name: 'test', cuts, padLeaves: 1024, probability, answerGrid: null }
    return { tree, contract: lower(tree, label).contract }
  }
  /** The same rows with other answers. */
  const relabelled = (table: ClassTable, classes: Int32Array): ClassTable => {
    return { ...table, target: { ...table.target, classes } }
  }

  test('is the same when the answers are dealt to other rows, or exchanged, whatever tree comes of it', () => {
    let different = 0
    fc.assert(
      fc.property(tables, fc.nat(), fc.constantFrom(2, 32), fc.boolean(), (table, seed, cuts, probability) => {
        const { classes, answers } = table.target
        const order = shuffled(classes.length, seededRandom(seed))
        const one = contractOf(table, cuts, probability)
        for (const other of [
          relabelled(
            table,
            Int32Array.from(order, (row) => classes[row] ?? 0),
          ),
          relabelled(
            table,
            Int32Array.from(classes, (answer) => answers.length - 1 - answer),
          ),
        ]) {
          const retrained = contractOf(other, cuts, probability)
          expect(retrained.contract).toEqual(one.contract)
          if (JSON.stringify(retrained.tree.root) !== JSON.stringify(one.tree.root)) different++
        }
      }),
    )
    expect(different).toBeGreaterThan(50)
  })

  test('is the same for half of the rows of heart disease as for the other half', () => {
    const table = completeHeartDisease()
    const rows = Array.from({ length: table.rows }, (_, row) => row)
    const treeOf = (part: number) =>
      trainTree(table, options(32), Uint32Array.from(rows.filter((row) => row % 2 === part)))
    const [one, other] = [treeOf(0), treeOf(1)].map((tree) => {
      return lower(tree, { name: 'test', cuts: 32, padLeaves: 256, probability: false, answerGrid: null })
    })
    expect(other?.contract).toEqual(one?.contract)
    expect(other?.server).not.toEqual(one?.server)
  })
})
