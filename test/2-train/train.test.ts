import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { trainModel as follow } from '../../compiler/2-train/index.ts'
import type { TrainOptions } from '../../compiler/2-train/options.ts'
import { trainTree } from '../../compiler/2-train/train.ts'
import { cellsFor } from '../../compiler/missing.ts'
import { defaultMeasureOptions, measure } from '../../compiler/report/figures.ts'
import { type ImpurityNode, impurityImportance } from '../../compiler/report/importance.ts'
import type { JsonNode } from '../../compiler/report/json-tree.ts'
import { type ModelJson, modelJson } from '../../compiler/report/model-json.ts'
import { tell } from '../../compiler/report/tell.ts'
import { schemeFor } from '../../compiler/schemes/index.ts'
import { type Codes, rowCells, type Table } from '../../compiler/table.ts'
import { countsOf, depthOf, leafOf, leavesOf, type Node } from '../../compiler/tree.ts'
import { gridDecimals, gridValue } from '../../runtime/grid.ts'
import {
  type ClassTable,
  completeHeartDisease,
  diabetes,
  numberTables,
  syntheticTask,
  tableOf,
  tables,
} from '../support/tables.ts'
import { answerOf, boundedOptions, classLeaf, numberLeaf, trainClasses } from '../support/trees.ts'

const textOf = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
/** `1,a 2,b` */
const rowsOf = (text: string) => text.split(' ').map((row) => row.split(','))
const everyRow = (table: Pick<Table, 'rows'>) => Array.from({ length: table.rows }, (_, row) => row)

const options = (some: Partial<TrainOptions>): TrainOptions => ({
  ...boundedOptions,
  // The oracles below try single cuts; sets of levels have tests of their own.
  levelSets: false,
  maxDepth: 100,
  minSamplesLeaf: 1,
  ...some,
})

function expectWithin(tolerance: number, ours: readonly number[], theirs: readonly number[]): void {
  expect(ours.length).toBe(theirs.length)
  for (const [i, value] of ours.entries()) {
    expect(Math.abs(value - (theirs[i] ?? Number.NaN))).toBeLessThanOrEqual(tolerance)
  }
}

/** Trees that scikit-learn 1.2.1 grew. */
describe('the same tree as scikit-learn', () => {
  const data: [string, Table][] = [
    ['heart-disease-complete', completeHeartDisease()],
    ['synthetic', syntheticTask()],
    ['diabetes', diabetes()],
  ]
  type Params = Partial<Record<string, number>> & { criterion?: 'gini' | 'entropy' }
  interface Case {
    readonly params: Params
    readonly depth: number
    readonly leaves: number
    readonly importances: readonly number[]
    readonly tree: JsonNode
  }
  type Reference = { features: string[]; classes: string[] | null; cases: Case[] }
  const cases = data.flatMap(([name, table]) => {
    const { features, classes, cases } = JSON.parse(textOf(`../reference/${name}.sklearn.json`)) as Reference
    expect(table.target.kind === 'classes' ? table.target.answers : null).toEqual(classes)
    expect(table.features.map(({ feature }) => feature.column)).toEqual(features)
    expect(cases.length).toBeGreaterThan(5)
    return cases.map((reference) => ({ name, params: JSON.stringify(reference.params), table, reference }))
  })

  test.each(cases)('$name, $params', ({ table, reference }) => {
    const { criterion = null, max_depth, min_samples_leaf, min_samples_split, ...further } = reference.params
    const { max_leaf_nodes, min_impurity_decrease, ccp_alpha, ...unknown } = further
    expect(unknown).toEqual({})
    const grown = options({
      criterion,
      maxDepth: max_depth ?? 100,
      minSamplesLeaf: min_samples_leaf ?? 1,
      minSamplesSplit: min_samples_split ?? 2,
      maxLeafNodes: max_leaf_nodes ?? null,
      minImpurityDecrease: min_impurity_decrease ?? 0,
      ccpAlpha: ccp_alpha ?? 0,
    })
    const { model: tree, evidence, pruning } = follow(table, grown)
    const refit = (rows: Uint32Array) => trainTree(table, { ...grown, maxDepth: 1 }, rows)
    const figures = measure(table, { model: tree, evidence }, refit, { ...defaultMeasureOptions, folds: 2 })
    const { scheme, lower } = schemeFor('tree', null).configure({})
    const lowered = lower(tree, table.target, { name: 'test' })
    const input = {
      table,
      model: tree,
      lowered,
      words: scheme.words,
      figures,
      pruning,
      path: null,
      evidence,
      recipe: {},
    }
    const model = JSON.parse(modelJson(input, tell(input))) as ModelJson & { readonly tree: JsonNode }
    expect([model.depth, model.leaves]).toEqual([reference.depth, reference.leaves])

    const compare = (ours: JsonNode, theirs: JsonNode, rows: number[]): void => {
      expect([ours.n, ours.feature]).toEqual([theirs.n, theirs.feature])
      expect(ours.n).toBe(rows.length)
      // Counts are exact. Means are rounded; so are variances, which are large, relative to their size.
      const isMean = table.target.kind === 'number'
      if (isMean) expectWithin(1e-9, ours.value, theirs.value)
      else expect(ours.value).toEqual(theirs.value)
      expectWithin(isMean ? 1e-9 * Math.max(1, theirs.impurity) : 1e-9, [ours.impurity], [theirs.impurity])
      if (ours.left === undefined || ours.right === undefined || theirs.left === undefined) return
      const i = table.columns.findIndex(({ column }) => column.name === ours.feature)
      const column = table.columns[i]?.column
      const [at, theirAt] = [ours.threshold ?? Number.NaN, theirs.threshold ?? Number.NaN]
      if (column?.kind !== 'number' || theirs.right === undefined) throw new Error('a column is not of numbers')
      // Its thresholds are midpoints of 32-bit floats: without their noise, 1.699999988079071 is 1.7. For the values
      // it saw the noise makes no difference.
      const exact = Number(theirAt.toFixed(gridDecimals(column.grid) + 1))
      for (let position = 0; position < column.grid.size; position++) {
        const value = gridValue(column.grid, position)
        expect(value <= at).toBe(value <= exact)
      }
      const value = (row: number) => gridValue(column.grid, rowCells(table, row)[i] ?? Number.NaN)
      for (const row of rows) expect(value(row) <= at).toBe(Math.fround(value(row)) <= theirAt)
      const [low, high] = [rows.filter((row) => value(row) <= at), rows.filter((row) => value(row) > at)]
      compare(ours.left, theirs.left, low)
      compare(ours.right, theirs.right, high)
    }
    compare(model.tree, reference.tree, everyRow(table))

    const position = (feature: string | undefined) => table.features.findIndex((own) => own.feature.column === feature)
    const impurities = ({ n, impurity, feature, left, right }: JsonNode): ImpurityNode => {
      if (left === undefined || right === undefined) return { rows: n, impurity, split: null }
      const split = { feature: position(feature), left: impurities(left), right: impurities(right) }
      return { rows: n, impurity, split }
    }
    expectWithin(1e-9, impurityImportance(impurities(model.tree), table.features.length), reference.importances)
    const reported = figures.importances.map(({ impurity }) => impurity ?? Number.NaN)
    expectWithin(1e-9, reported, reference.importances)
  })
})

/** A cut as the oracle sees it: a score to maximise as an exact fraction, sum over both sides of squares / rows. */
interface Candidate {
  readonly feature: number
  readonly cut: number
  readonly score: readonly [bigint, bigint]
}

const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0)
const isGreater = ([a, b]: readonly [bigint, bigint], [c, d]: readonly [bigint, bigint]) => a * d > c * b

/** Every admitted cut of some rows, by feature and then upwards. For Gini; `cells` by row and then feature. */
function candidates(
  table: ClassTable,
  cells: readonly number[][],
  rows: readonly number[],
  least: number,
): Candidate[] {
  return table.features.flatMap((_, feature) => {
    const cellOf = (row: number) => cells[row]?.[feature] ?? Number.NaN
    const occurring = [...new Set(rows.map(cellOf))].sort((a, b) => a - b)
    return occurring.slice(1).flatMap((next, i) => {
      const cell = occurring[i] ?? Number.NaN
      const count = (side: readonly number[]) =>
        table.target.answers.map((_, answer) => side.filter((row) => table.target.classes[row] === answer).length)
      const left = count(rows.filter((row) => cellOf(row) <= cell))
      const right = count(rows.filter((row) => cellOf(row) > cell))
      const [l, r] = [sum(left), sum(right)]
      if (l < least || r < least) return []
      const squares = (counts: readonly number[]) => sum(counts.map((n) => n * n))
      const score = [BigInt(squares(left) * r + squares(right) * l), BigInt(l * r)] as const
      return [{ feature, cut: Math.floor((cell + next) / 2), score }]
    })
  })
}

/** The first of the best. */
const bestOf = (all: readonly Candidate[]) =>
  all.reduce<Candidate | null>((best, next) => (best === null || isGreater(next.score, best.score) ? next : best), null)

const bounds = fc.record({
  maxDepth: fc.integer({ min: 1, max: 6 }),
  minSamplesLeaf: fc.integer({ min: 1, max: 5 }),
  minSamplesSplit: fc.integer({ min: 2, max: 12 }),
})
const criteria = fc.constantFrom('gini' as const, 'entropy' as const)

describe('train', () => {
  test('takes the first of the best cuts everywhere, and stops only where it must, for random tables', () => {
    fc.assert(
      fc.property(tables, bounds, (table, bounds) => {
        const tree = trainTree(table, options(bounds))
        const cells = everyRow(table).map(cellsFor(table, tree))
        const check = (node: Node, rows: number[], depth: number): void => {
          const counts = countsOf(node)
          const isPure = counts.filter((count) => count > 0).length === 1
          const mustStop = isPure || depth === bounds.maxDepth || rows.length < bounds.minSamplesSplit
          const best = mustStop ? null : bestOf(candidates(table, cells, rows, bounds.minSamplesLeaf))
          const taken = node.kind !== 'split' ? null : { feature: node.feature, cut: node.cut }
          expect(taken).toEqual(best === null ? null : { feature: best.feature, cut: best.cut })
          if (node.kind !== 'split') return
          const goesLeft = (row: number) => (cells[row]?.[node.feature] ?? Number.NaN) <= node.cut
          check(node.left, rows.filter(goesLeft), depth + 1)
          check(
            node.right,
            rows.filter((row) => !goesLeft(row)),
            depth + 1,
          )
        }
        check(tree.root, everyRow(table), 0)
      }),
      { numRuns: 300 },
    )
  })

  test('with entropy takes no worse cut than any other, to rounding, for random tables', () => {
    const bits = (counts: readonly number[]) => -sum(counts.map((n) => (n === 0 ? 0 : n * Math.log2(n / sum(counts)))))
    fc.assert(
      fc.property(tables, (table) => {
        const tree = trainTree(table, options({ criterion: 'entropy', maxDepth: 1 }))
        const cells = everyRow(table).map(cellsFor(table, tree))
        const impurity = ({ feature, cut }: Pick<Candidate, 'feature' | 'cut'>) => {
          const sides = [0, 1].map(() => table.target.answers.map(() => 0))
          for (const row of everyRow(table)) {
            const side = sides[(cells[row]?.[feature] ?? 0) <= cut ? 0 : 1] ?? []
            const answer = table.target.classes[row] ?? 0
            side[answer] = (side[answer] ?? 0) + 1
          }
          return sum(sides.map(bits))
        }
        const all = candidates(table, cells, everyRow(table), 1).map(impurity)
        const taken = tree.root.kind !== 'split' ? Number.POSITIVE_INFINITY : impurity(tree.root)
        expect(taken).toBeLessThanOrEqual(Math.min(...all) + 1e-9)
      }),
    )
  })

  test('grows the same tree from the rows in any order', () => {
    const shuffled = tables.chain((table) =>
      fc.tuple(fc.constant(table), fc.shuffledSubarray(everyRow(table), { minLength: table.rows })),
    )
    fc.assert(
      fc.property(shuffled, criteria, ([table, order], criterion) => {
        const pick = (codes: Codes) => Int32Array.from(order, (row) => codes[row] ?? 0)
        const features = table.features.map((feature) => ({ ...feature, codes: pick(feature.codes) }))
        const permuted = { ...table, features, target: { ...table.target, classes: pick(table.target.classes) } }
        expect(trainTree(permuted, options({ criterion }))).toEqual(trainTree(table, options({ criterion })))
      }),
    )
  })

  test('keeps the bounds, accounts for every row, and answers with the most frequent', () => {
    fc.assert(
      fc.property(tables, bounds, criteria, (table, bounds, criterion) => {
        const tree = trainTree(table, options({ ...bounds, criterion }))
        expect(depthOf(tree.root)).toBeLessThanOrEqual(bounds.maxDepth)
        const nodes = leavesOf(tree.root)
        const leaves = nodes.map(classLeaf)
        const cells = everyRow(table).map(cellsFor(table, tree))
        const counted = new Map(nodes.map((node) => [node, classLeaf(node).counts.map(() => 0)]))
        for (const row of everyRow(table)) {
          const counts = counted.get(leafOf(tree, cells[row] ?? [])) ?? []
          const answer = table.target.classes[row] ?? 0
          counts[answer] = (counts[answer] ?? 0) + 1
        }
        for (const node of nodes) {
          const leaf = classLeaf(node)
          expect(leaf.counts).toEqual(counted.get(node))
          expect(leaf.answer).toBe(leaf.counts.indexOf(Math.max(...leaf.counts)))
          if (leaves.length > 1) expect(sum(leaf.counts)).toBeGreaterThanOrEqual(bounds.minSamplesLeaf)
        }
        expect(sum(countsOf(tree.root))).toBe(table.rows)
      }),
    )
  })

  test('gives mean and spread of the rows of every leaf, for random tables of numbers', () => {
    fc.assert(
      fc.property(numberTables, bounds, (table, bounds) => {
        const tree = trainTree(table, options(bounds))
        expect(tree.answers).toBeNull()
        expect(depthOf(tree.root)).toBeLessThanOrEqual(bounds.maxDepth)
        const cells = everyRow(table).map(cellsFor(table, tree))
        const nodes = leavesOf(tree.root)
        const leaves = nodes.map(numberLeaf)
        for (const [i, leaf] of leaves.entries()) {
          const rows = everyRow(table).filter((row) => leafOf(tree, cells[row] ?? []) === nodes[i])
          const values = rows.map((row) => gridValue(table.target.grid, table.target.cells[row] ?? Number.NaN))
          const mean = sum(values) / rows.length
          const variance = sum(values.map((value) => (value - mean) ** 2)) / rows.length
          expect(leaf.rows).toBe(rows.length)
          if (leaves.length > 1) expect(leaf.rows).toBeGreaterThanOrEqual(bounds.minSamplesLeaf)
          expectWithin(1e-9, [leaf.answer], [mean])
          expectWithin(1e-6, [leaf.deviation], [Math.sqrt(variance)])
        }
        expect(sum(leaves.map(({ rows }) => rows))).toBe(table.rows)
      }),
    )
  })

  test('sends a cell left exactly if it is at most the cut', () => {
    const tree = trainClasses(tableOf(['x', 'y'], rowsOf('10,a 13,b 20,b')), options({}))
    expect(tree.root).toMatchObject({ kind: 'split', feature: 0, cut: 1 })
    expect([0, 1, 2, 3].map((cell) => answerOf(tree, [cell]))).toEqual(['a', 'a', 'b', 'b'])
  })

  test('tells scores apart that differ by less than rounding', () => {
    // 1001 rows of a and 1300 of b: the second feature's score is greater by 6e-13 of itself.
    const row = (i: number, answer: string, first: number, second: number) =>
      [Number(i >= first), Number(i >= second), answer].join(',')
    const a = Array.from({ length: 1001 }, (_, i) => row(i, 'a', 529, 452))
    const b = Array.from({ length: 1300 }, (_, i) => row(i, 'b', 687, 587))
    const table = tableOf(['x', 'x2', 'y'], rowsOf([...a, ...b].join(' ')))
    expect(trainTree(table, options({ maxDepth: 1 })).root).toMatchObject({ feature: 1 })
  })

  const ties: [string, string, string[], { feature: number; cut: number }][] = [
    ['features to the lower', '0,0,a 0,0,a 1,1,b 1,1,b', ['x', 'x2', 'y'], { feature: 0, cut: 0 }],
    ['cuts to the lower', '0,a 1,b 2,a', ['x', 'y'], { feature: 0, cut: 0 }],
    ['a feature of less use to the better', '0,0,a 1,0,a 0,1,b 1,1,b', ['x', 'x2', 'y'], { feature: 1, cut: 0 }],
  ]
  test.each(ties)('leaves ties of %s', (_, text, header, want) => {
    expect(trainTree(tableOf(header, rowsOf(text)), options({})).root).toMatchObject(want)
  })
})

describe('missing values', () => {
  const given: [string, string, string, string[]][] = [
    ['lie below where that divides better', '?,a ?,a 1,a 2,b 3,b', 'below', ['a', 'a', 'b', 'b']],
    ['lie above where that divides better', '?,b ?,b 1,a 2,b 3,b', 'above', ['a', 'b', 'b', 'b']],
    ['lie above where it makes no difference', '?,a ?,a 1,b 2,b 3,b', 'above', ['b', 'b', 'b', 'a']],
    ['have no place where there are none', '1,a 2,b', 'never', ['a', 'b']],
  ]
  test.each(given)('%s', (_, text, missing, answers) => {
    const table = tableOf(['x', 'y'], rowsOf(text))
    const tree = trainClasses(table, options({}))
    expect(tree.columns[0]?.missing).toBe(missing)
    expect(answers.map((_, cell) => answerOf(tree, [cell]))).toEqual(answers)
    for (const row of everyRow(table)) {
      expect(leafOf(tree, cellsFor(table, tree)(row)).answer).toBe(table.target.classes[row])
    }
  })

  test('lie below exactly if the best single cut of all rows is better then, for random tables', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const tree = trainTree(table, options({ minSamplesLeaf: 3 }))
        for (const feature of table.features.keys()) {
          const column = tree.columns.find(({ name }) => name === table.features[feature]?.feature.column)
          if (column?.kind !== 'number' || column.missing === 'never') continue
          const best = (move: (cell: number) => number) => {
            const moved = everyRow(table).map((row) => [move(rowCells(table, row)[feature] ?? 0)])
            return bestOf(candidates({ ...table, features: table.features.slice(0, 1) }, moved, everyRow(table), 1))
          }
          const above = best((cell) => cell)
          const below = best((cell) => (cell === column.grid.size ? -1 : cell))
          const isBelow = above !== null && below !== null && isGreater(below.score, above.score)
          expect(column.missing).toBe(isBelow ? 'below' : 'above')
        }
      }),
    )
  })
})

describe('options', () => {
  const given: [string, Partial<Record<keyof TrainOptions, unknown>>, string][] = [
    ['criterion', { criterion: 'mse' }, '"mse", but takes gini or entropy'],
    ['max-depth', { maxDepth: 0 }, '0, but takes a whole number from 1 to 100'],
    ['max-depth', { maxDepth: 101 }, '101, but takes'],
    ['max-depth', { maxDepth: 2.5 }, '2.5, but takes'],
    ['max-depth', { maxDepth: Number.NaN }, 'NaN, but takes'],
    ['min-samples-leaf', { minSamplesLeaf: 0 }, '0, but takes a whole number of at least 1'],
    ['min-samples-leaf', { minSamplesLeaf: 1.5 }, '1.5, but takes'],
    ['min-samples-split', { minSamplesSplit: 1 }, '1, but takes a whole number of at least 2'],
    ['min-samples-split', { minSamplesSplit: Number.POSITIVE_INFINITY }, 'Infinity, but takes'],
  ]
  const table = tableOf(['x', 'y'], rowsOf('1,a 2,b'))
  test.each(given)('%s refuses %j', (name, bad, says) => {
    const message = expect.stringContaining(`${name} is ${says}`)
    expect(() => trainTree(table, options(bad as Partial<TrainOptions>))).toThrow(
      expect.objectContaining({ code: 'bad-option', place: null, message }),
    )
  })
})
