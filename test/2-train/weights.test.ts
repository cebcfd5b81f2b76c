import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type TableOptions, tabulate } from '../../compiler/1-read/read.ts'
import type { Grown } from '../../compiler/2-train/grow.ts'
import { boundsFor, defaultTrainOptions, type TrainOptions } from '../../compiler/2-train/options.ts'
import { prune } from '../../compiler/2-train/prune.ts'
import { growTree, trainTree } from '../../compiler/2-train/train.ts'
import { jsonNode } from '../../compiler/report/json-tree.ts'
import { rowCells, type Table } from '../../compiler/table.ts'
import { leavesOf, type Node, rowsAt, splitsOf } from '../../compiler/tree.ts'
import { gridDecimals, gridValue } from '../../runtime/grid.ts'
import { rawTable } from '../support/tables.ts'

type Cells = { header: readonly string[]; rows: readonly (readonly string[])[] }

/** The rows of a CSV without quotes, those with a missing value left out. */
function cellsOf(file: string): Cells {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const [header = [], ...rows] = lines.filter((line) => !line.includes('?')).map((line) => line.split(','))
  return { header, rows }
}

const data: Readonly<Record<string, Cells>> = {
  'heart-disease-complete': cellsOf('datasets/heart-disease.csv'),
  synthetic: cellsOf('test/reference/synthetic.csv'),
  diabetes: cellsOf('datasets/diabetes.csv'),
}

/** A Table whose rows weigh what a list says, which begins anew at its end. */
function tableOf({ header, rows }: Cells, weights: readonly string[] | null, task: TableOptions['task'] = null): Table {
  const options = { target: header.at(-1) ?? '', task }
  if (weights === null) return tabulate(rawTable(header, rows), null, options)
  const weighted = rows.map((row, i) => [weights[i % weights.length] ?? '', ...row])
  return tabulate(rawTable(['weight', ...header], weighted), null, { ...options, sampleWeight: 'weight' })
}

const options = (some: Partial<TrainOptions>): TrainOptions => ({
  ...defaultTrainOptions,
  maxDepth: 100,
  minSamplesLeaf: 1,
  prune: null,
  ...some,
})

/** A node by scikit-learn: rows, their weight, and at leaves the answer. */
interface Theirs {
  readonly n: number
  readonly weight: number
  readonly impurity: number
  readonly answer: string | number | null
  readonly feature?: string
  readonly threshold?: number
  readonly left?: Theirs
  readonly right?: Theirs
}

/** Trees that scikit-learn 1.2.1 grew. */
describe('the same tree as scikit-learn', () => {
  type Params = Partial<Record<string, number>> & { criterion?: 'entropy'; class_weight?: TrainOptions['classWeight'] }
  type Case = { dataset: string; weights: string[] | null; params: object; tree: Theirs }
  const { cases } = JSON.parse(readFileSync('test/reference/weights.json', 'utf8')) as { cases: Case[] }
  expect(cases.length).toBeGreaterThan(30)

  const optionsOf = ({ criterion, class_weight, ...numbers }: Params): TrainOptions => {
    const { max_depth, min_samples_leaf, min_samples_split, max_leaf_nodes, ...further } = numbers
    const { min_impurity_decrease, ccp_alpha, ...unknown } = further
    expect(unknown).toEqual({})
    return options({
      criterion: criterion ?? null,
      classWeight: class_weight ?? null,
      maxDepth: max_depth ?? 100,
      minSamplesLeaf: min_samples_leaf ?? 1,
      minSamplesSplit: min_samples_split ?? 2,
      maxLeafNodes: max_leaf_nodes ?? null,
      minImpurityDecrease: min_impurity_decrease ?? 0,
      ccpAlpha: ccp_alpha ?? 0,
    })
  }

  const named = cases.map((one) => [one.dataset, one.weights?.join(' ') ?? 'none', JSON.stringify(one.params), one])
  test.each(named as [string, string, string, Case][])('%s, weights %s, %s', (dataset, _, __, reference) => {
    const table = tableOf(data[dataset] ?? { header: [], rows: [] }, reference.weights)
    const given = optionsOf(reference.params as Params)
    const tree = trainTree(table, given)
    const { grown, objective } = growTree(table, given)
    const pruned = given.ccpAlpha > 0 ? prune(grown, given.ccpAlpha).tree : grown
    const all = objective.weight(grown.statistics)
    const weightOf = (row: number) => table.weights?.[row] ?? 1
    const cells = Array.from({ length: table.rows }, (_, row) => rowCells(table, row))
    const written = (node: Node) => jsonNode(tree, node, given.criterion === 'entropy' ? 'entropy' : 'gini')

    const compare = (node: Node, own: Grown, theirs: Theirs, rows: readonly number[]): void => {
      // What model.json says of a node is weighted, too; its rows are counted beside.
      const said = written(node)
      expect(said.n).toBe(theirs.n)
      expect(Math.abs(said.impurity - theirs.impurity)).toBeLessThan(1e-6 * Math.max(1, theirs.impurity))
      if (tree.answers !== null) {
        expect(said.value.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(theirs.weight, 8)
        expect((said.counts ?? said.value).reduce((sum, count) => sum + count, 0)).toBe(theirs.n)
      }
      const split = theirs.left === undefined || theirs.right === undefined ? null : theirs
      expect(node.kind === 'split').toBe(split !== null)
      // Rows of weight 0 are not counted there.
      expect(rows.filter((row) => weightOf(row) > 0).length).toBe(theirs.n)
      expect(objective.weight(own.statistics)).toBeCloseTo(theirs.weight, 8)
      expect(own.share).toBeCloseTo(theirs.weight / all, 10)
      expect(Math.abs(own.impurity - theirs.impurity)).toBeLessThan(1e-9 * Math.max(1, theirs.impurity))
      if (node.kind === 'leaf') expect(tree.answers?.[node.answer]).toBe(theirs.answer)
      if (node.kind === 'mean') {
        expect(node.answer).toBeCloseTo(Number(theirs.answer), 8)
        expect((node.deviation ?? Number.NaN) ** 2).toBeCloseTo(theirs.impurity, 6)
        expect(node.rows).toBe(theirs.n)
      }
      if (node.kind !== 'split' || own.split === null || split?.left === undefined || split.right === undefined) return
      const feature = tree.features[node.feature]
      const column = tree.columns.find(({ name }) => name === feature?.column)
      expect(column?.name).toBe(split.feature)
      if (column?.kind !== 'number') throw new Error('a column is not of numbers')
      // Its thresholds are midpoints of 32-bit floats: without their noise, 1.699999988079071 is 1.7.
      const exact = Number((split.threshold ?? Number.NaN).toFixed(gridDecimals(column.grid) + 1))
      const goesLeft = (row: number) => (cells[row]?.[node.feature] ?? Number.NaN) <= node.cut
      const value = (row: number) => gridValue(column.grid, cells[row]?.[node.feature] ?? Number.NaN)
      for (const row of rows) expect(goesLeft(row)).toBe(value(row) <= exact)
      const [left, right] = [rows.filter(goesLeft), rows.filter((row) => !goesLeft(row))]
      compare(node.left, own.split.left, split.left, left)
      compare(node.right, own.split.right, split.right, right)
    }
    const everyRow = Array.from({ length: table.rows }, (_, row) => row)
    compare(tree.root, pruned, reference.tree, everyRow)
  })
})

test('balanced answers are equally heavy at the root of model.json: of four the impurity is 0.75', () => {
  const rows = Array.from({ length: 60 }, (_, i) => [String(i % 17), `answer ${i < 3 ? i : i < 10 ? 3 : i % 3}`])
  const tree = trainTree(tableOf({ header: ['x', 'y'], rows }, null), options({ classWeight: 'balanced', maxDepth: 2 }))
  const root = jsonNode(tree, tree.root, 'gini')
  expect(root.impurity).toBeCloseTo(0.75, 12)
  for (const weight of root.value) expect(weight).toBeCloseTo(15, 12)
  expect(root.counts).toEqual([17, 18, 18, 7])
  expect(jsonNode(tree, tree.root, 'entropy').impurity).toBeCloseTo(2, 12)
  const plain = trainTree(tableOf({ header: ['x', 'y'], rows }, null), options({ maxDepth: 2 }))
  expect(jsonNode(plain, plain.root, 'gini')).toMatchObject({ value: [17, 18, 18, 7] })
  expect(jsonNode(plain, plain.root, 'gini')).not.toHaveProperty('counts')
})

const heart = data['heart-disease-complete'] ?? { header: [], rows: [] }
const diabetes = data.diabetes ?? { header: [], rows: [] }

describe('weights of rows', () => {
  test('a row of weight 3 is that row three times over', () => {
    const weights = ['1', '2', '3']
    for (const [cells, criterion] of [
      [heart, 'gini'],
      [heart, 'entropy'],
      [diabetes, null],
    ] as const) {
      const repeated = cells.rows.flatMap((row, i) => Array.from({ length: 1 + (i % 3) }, () => row))
      const given = options({ criterion, maxDepth: 5 })
      const [weighted, plain] = [tableOf(cells, weights), tableOf({ ...cells, rows: repeated }, null)].map((table) =>
        trainTree(table, given),
      )
      const shape = (node: Node | undefined) => splitsOf(node ?? { kind: 'leaf', answer: 0, counts: [] })
      const cuts = (node: Node | undefined) => shape(node).map(({ feature, cut }) => [feature, cut])
      expect(cuts(weighted?.root).length).toBeGreaterThan(5)
      expect(cuts(weighted?.root)).toEqual(cuts(plain?.root))
    }
  })

  test('the counts of the leaves are of rows, whatever they weigh', () => {
    const { root } = trainTree(tableOf(heart, ['0.35', '1.2', '2.75']), options({ maxDepth: 4 }))
    expect(rowsAt(root)).toBe(heart.rows.length)
    for (const leaf of leavesOf(root))
      if (leaf.kind === 'leaf') for (const n of leaf.counts ?? [Number.NaN]) expect(n % 1).toBe(0)
  })

  test('equal weights of any size change nothing', () => {
    for (const given of [{ maxDepth: 4 }, { maxLeafNodes: 9 }, { minImpurityDecrease: 0.01 }, { ccpAlpha: 0.01 }]) {
      const [plain, heavy] = [null, ['8']].map((weights) => trainTree(tableOf(heart, weights), options(given)))
      const light = JSON.stringify(heavy, (key, value) => (key === 'weights' ? undefined : value))
      expect(JSON.parse(light)).toEqual(plain)
      for (const leaf of leavesOf(heavy?.root ?? { kind: 'leaf', answer: 0 })) {
        if (leaf.kind === 'leaf') expect(leaf.weights).toEqual(leaf.counts?.map((count) => 8 * count))
      }
    }
  })

  test.each(['gini', 'entropy', null] as const)('a row of weight 0 is as if it were not there: %s', (criterion) => {
    const cells = criterion === null ? diabetes : heart
    // The first rows by the first feature weigh nothing, so that the lowest cuts have no weight on their left.
    const sorted = cells.rows.toSorted((a, b) => Number(a[0]) - Number(b[0]))
    const lightest = sorted.map((row, i) => [...row.slice(0, -1), i < 60 ? '0' : '1', row.at(-1) ?? ''])
    const header = [...cells.header.slice(0, -1), 'weight', cells.header.at(-1) ?? '']
    const all = tabulate(rawTable(header, lightest), null, { target: null, sampleWeight: 'weight' })
    const heavy = Uint32Array.from({ length: sorted.length - 60 }, (_, i) => i + 60)
    for (const some of [{ maxDepth: 4 }, { minSamplesLeaf: 10 }, { minSamplesLeaf: 5, maxLeafNodes: 8 }]) {
      const given = options({ criterion, ...some })
      const cuts = (rows?: Uint32Array) =>
        splitsOf(trainTree(all, given, rows).root).map(({ feature, cut }) => [feature, cut])
      expect(cuts(heavy).length).toBeGreaterThan(3)
      expect(cuts()).toEqual(cuts(heavy))
    }
  })

  test('the column of weights is no feature', () => {
    const table = tableOf(heart, ['1', '5'])
    expect(table.columns.map(({ column }) => column.name)).toEqual(heart.header.slice(0, -1))
    expect(Array.from(table.weights ?? []).slice(0, 3)).toEqual([1, 5, 1])
  })
})

describe('weights of answers', () => {
  // Twelve rows at 0, four of them b; at 1 only a.
  const rows = [...Array(8).fill(['0', 'a']), ...Array(4).fill(['0', 'b']), ...Array(8).fill(['1', 'a'])]
  const table = tableOf({ header: ['x', 'y'], rows }, null)
  const answersOf = (classWeight: TrainOptions['classWeight'], weighted = table) => {
    const { root, answers } = trainTree(weighted, options({ classWeight }))
    return leavesOf(root).map(({ answer }) => answers?.[answer])
  }

  test('decide the answers of leaves, where the rarer may win', () => {
    expect(answersOf(null)).toEqual(['a', 'a'])
    expect(answersOf({ b: 1.9 })).toEqual(['a', 'a'])
    expect(answersOf({ b: 2.1 })).toEqual(['b', 'a'])
    expect(answersOf({ a: 0.4 })).toEqual(['b', 'a'])
    // 20 / (2 * 4) = 2.5 for b, and 0.625 for a.
    expect(answersOf('balanced')).toEqual(['b', 'a'])
  })

  test('times the weights of rows', () => {
    const halves = tableOf({ header: ['x', 'y'], rows }, [
      ...Array(8).fill('1'),
      ...Array(4).fill('0.5'),
      ...Array(8).fill('1'),
    ])
    expect(answersOf({ b: 3.9 }, halves)).toEqual(['a', 'a'])
    expect(answersOf({ b: 4.1 }, halves)).toEqual(['b', 'a'])
  })

  test('balanced is of the rows trained on', () => {
    const some = Uint32Array.from({ length: table.rows }, (_, row) => row).filter((row) => row !== 8)
    // 19 / (2 * 3) for b and 19 / (2 * 16) for a: 9.5 against 4.75 at 0; all rows' factors would give 7.5 against 5.
    const { grown, objective } = growTree(table, options({ classWeight: 'balanced' }), some)
    expect(objective.weight(grown.statistics)).toBeCloseTo(19, 10)
    expect(grown.impurity).toBeCloseTo(0.5, 10)
  })
})

describe('bounds that are shares', () => {
  test.each([
    // rows, leaf, split, want
    [297, 0.05, 0.1, 15, 30],
    [100, 0.05, 0.1, 5, 10],
    [10, 0.01, 0.01, 1, 2],
    [1000, 0.0015, 0.0101, 2, 11],
    [50, 7, 9, 7, 9],
  ])('of %i rows, %d in a leaf and %d to split', (rows, minSamplesLeaf, minSamplesSplit, leaf, split) => {
    const bounds = boundsFor(options({ minSamplesLeaf, minSamplesSplit }), rows)
    expect([bounds.minSamplesLeaf, bounds.minSamplesSplit]).toEqual([leaf, split])
  })

  test('hold for the rows trained on, not for the table', () => {
    const table = tableOf(heart, null)
    const half = Uint32Array.from({ length: 148 }, (_, i) => 2 * i)
    const share = trainTree(table, options({ minSamplesLeaf: 0.1 }), half)
    expect(share).toEqual(trainTree(table, options({ minSamplesLeaf: 15 }), half))
    expect(share).not.toEqual(trainTree(table, options({ minSamplesLeaf: 30 }), half))
  })
})
