import { describe, expect, test } from 'vitest'
import type { CodedColumn, PositionShape } from '../../../compiler/2-train/additive/coded.ts'
import { boostTrees } from '../../../compiler/2-train/boosted/boost.ts'
import { growScoreTree, roomFor } from '../../../compiler/2-train/boosted/grow.ts'
import { type BoostedLoss, binaryDeviance, halfSquares, manyDeviance } from '../../../compiler/2-train/boosted/loss.ts'
import { boostedOptionsOf } from '../../../compiler/2-train/boosted/options.ts'
import { bestDivision, type Growth } from '../../../compiler/2-train/boosted/split.ts'
import { trainBoosted } from '../../../compiler/2-train/boosted/train.ts'
import { addTree, rowCodes, walkedTree } from '../../../compiler/2-train/boosted/walk.ts'
import { defaultTrainOptions, trainModel } from '../../../compiler/2-train/index.ts'
import { cellsFor } from '../../../compiler/missing.ts'
import type { Table } from '../../../compiler/table.ts'
import { predictTrees, scoreDepth } from '../../../compiler/trees.ts'
import { at } from '../../../runtime/at.ts'
import { announcedRandom } from '../../support/seed.ts'
import { completeHeartDisease, diabetes, syntheticTask, tableOf } from '../../support/tables.ts'

const random = announcedRandom('boosted')
const growth: Growth = { depth: 2, rate: 0.3, ridge: 1, leastCurvature: 0.5 }
const whole = (n: number) => Math.floor(n * random())

function someColumns(rows: number): CodedColumn[] {
  const shapes: readonly (readonly [number, PositionShape])[] = [
    [5, { kind: 'chain', missing: false }],
    [6, { kind: 'chain', missing: true }],
    [5, { kind: 'levels' }],
  ]
  return shapes.map(([positions, shape]) => ({
    positions,
    shape,
    codes: Uint8Array.from({ length: rows }, () => whole(positions)),
  }))
}

/** All sets of positions that may go to `yes`: of a chain those that begin at its end, of levels all. */
function allSets({ positions, shape }: CodedColumn): number[][] {
  const places = Array.from({ length: positions }, (_, i) => i)
  if (shape.kind === 'levels') {
    return Array.from({ length: 2 ** positions }, (_, set) => places.filter((i) => (set >> i) % 2 === 1))
  }
  const starts = shape.kind === 'chain' && shape.missing ? [0, 1] : [0]
  return starts.flatMap((from) => places.map((to) => places.slice(from, to + 1)))
}

/** The gain of the best division, by trying all. */
function bestGain(
  columns: readonly CodedColumn[],
  rows: readonly number[],
  derivatives: Float64Array,
  by: Growth,
): number {
  const sum = (some: readonly number[], which: 0 | 1) =>
    some.reduce((all, row) => all + at(derivatives, 2 * row + which), 0)
  const part = (some: readonly number[]) => sum(some, 0) ** 2 / (sum(some, 1) + by.ridge)
  const gains = columns.flatMap((column) =>
    allSets(column).flatMap((set) => {
      const yes = rows.filter((row) => set.includes(at(column.codes, row)))
      const no = rows.filter((row) => !set.includes(at(column.codes, row)))
      if (sum(yes, 1) < by.leastCurvature || sum(no, 1) < by.leastCurvature) return []
      return [part(yes) + part(no) - part(rows)]
    }),
  )
  return Math.max(0, ...gains)
}

function someDerivatives(rows: number): Float64Array {
  return Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? random() - 0.5 : 0.05 + 0.2 * random()))
}

/** The gain of the division that is found, out of histograms made one row at a time. */
function foundGain(columns: readonly CodedColumn[], derivatives: Float64Array, by: Growth): number {
  const { offsets, positions, order } = roomFor(columns, derivatives.length / 2)
  const sums = new Float64Array(2 * positions)
  columns.forEach(({ codes }, c) => {
    order.forEach((_, row) => {
      for (const which of [0, 1]) {
        const place = 2 * (at(offsets, c) + at(codes, row)) + which
        sums[place] = at(sums, place) + at(derivatives, 2 * row + which)
      }
    })
  })
  return bestDivision(columns, offsets, sums, by)?.gain ?? 0
}

// With a ridge, sets of levels in the order of their means hold a good one; without, the best.
test.each<[string, Growth, (column: CodedColumn) => boolean]>([
  ['numbers, missing values on either side', growth, ({ shape }) => shape.kind === 'chain'],
  ['levels', { ...growth, ridge: 0, leastCurvature: 1e-12 }, ({ shape }) => shape.kind === 'levels'],
])('a division is the best of all there are: %s', (_, by, isOwn) => {
  for (let time = 0; time < 200; time++) {
    const rows = 10 + whole(40)
    const columns = someColumns(rows).filter(isOwn)
    const derivatives = someDerivatives(rows)
    const places = Array.from({ length: rows }, (_row, i) => i)
    expect(foundGain(columns, derivatives, by)).toBeCloseTo(bestGain(columns, places, derivatives, by), 9)
  }
})

test('leaves take their step, and the scores of rows are those of their leaf', () => {
  for (let time = 0; time < 50; time++) {
    const rows = 30 + whole(100)
    const columns = someColumns(rows)
    const derivatives = someDerivatives(rows)
    const scores = new Float64Array(rows)
    const root = growScoreTree(roomFor(columns, rows), derivatives, scores, growth)
    const again = new Float64Array(rows)
    addTree(rowCodes(columns, 0, rows), walkedTree(columns, root), again)
    expect(scores).toEqual(again)
    for (const score of new Set(scores)) {
      const own = Array.from(scores.keys()).filter((row) => scores[row] === score)
      const sum = (which: 0 | 1) => own.reduce((all, row) => all + at(derivatives, 2 * row + which), 0)
      expect(score).toBeCloseTo((-growth.rate * sum(0)) / (sum(1) + growth.ridge), 9)
    }
  }
})

describe.each<[string, (rows: number, weights: Float64Array) => BoostedLoss]>([
  [
    'two answers',
    (rows, weights) =>
      binaryDeviance(
        Uint8Array.from({ length: rows }, () => whole(2)),
        weights,
      ),
  ],
  [
    'several answers',
    (rows, weights) =>
      manyDeviance(
        Int32Array.from({ length: rows }, () => whole(3)),
        3,
        weights,
      ),
  ],
  ['numbers', (rows, weights) => halfSquares(Float64Array.from({ length: rows }, random), weights)],
])('the loss of %s', (_, make) => {
  const rows = 12
  const weights = Float64Array.from({ length: rows }, () => 0.5 + random())
  const loss = make(rows, weights)

  test('has these derivatives', () => {
    const scores = Float64Array.from({ length: rows * loss.outputs }, () => 4 * random() - 2)
    const derivatives = new Float64Array(2 * rows)
    const state = { scores, powers: new Float64Array(loss.kept) }
    loss.refresh(state)
    loss.begin(state)
    for (let output = 0; output < loss.outputs; output++) {
      loss.derive(state, output, derivatives)
      for (let row = 0; row < rows; row++) {
        const by = (change: number) => {
          const place = output * rows + row
          return at(weights, row) * loss.at(scores.with(place, at(scores, place) + change), row)
        }
        expect(at(derivatives, 2 * row)).toBeCloseTo((by(1e-5) - by(-1e-5)) / 2e-5, 6)
        expect(at(derivatives, 2 * row + 1)).toBeCloseTo((by(1e-3) - 2 * by(0) + by(-1e-3)) / 1e-6, 4)
      }
    }
  })

  test('falls from round to round', () => {
    const columns = someColumns(rows)
    const scores = new Float64Array(rows * loss.outputs)
    const path = boostTrees(columns, loss, { ...growth, leastCurvature: 0.1, rate: 0.1 }, scores)
    let before = Number.POSITIVE_INFINITY
    for (let round = 0; round < 20; round++) {
      path.next()
      const total = weights.reduce((sum, weight, row) => sum + weight * loss.at(scores, row), 0)
      expect(total).toBeLessThanOrEqual(before + 1e-12)
      before = total
    }
  })
})

const small = { trees: 15, 'max-depth': 2, 'learning-rate': 0.2 }
const trained = (table: Table, given: object = small) =>
  trainBoosted(table, boostedOptionsOf({ ...given }, 8, table.target))

test.each<[string, () => Table, number]>([
  ['two answers', completeHeartDisease, 0.85],
  ['several answers', syntheticTask, 0.7],
  ['numbers', diabetes, 0.45],
])('%s are learned, the same every time', (_, make, least) => {
  const table = make()
  const model = trained(table)
  expect(trained(table)).toEqual(model)
  expect(model.trees.length).toBeLessThanOrEqual(15 * model.base.length)
  expect(Math.max(...model.trees.map(({ root }) => scoreDepth(root)))).toBeLessThanOrEqual(2)
  expect(Math.log2(model.link.unit) % 1).toBe(0)
  const cells = cellsFor(table, model)
  const { target } = table
  const given = Array.from({ length: table.rows }, (_row, row) => predictTrees(model, cells(row)).answer)
  if (target.kind === 'classes') {
    const right = given.filter((answer, row) => answer === target.answers[at(target.classes, row)]).length
    expect(right / table.rows).toBeGreaterThan(least)
    return
  }
  const { minimum, step } = target.grid
  const truth = Array.from(target.cells, (cell) => minimum + step * cell)
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length
  const squares = (of: (row: number) => number) => truth.reduce((sum, value, row) => sum + (value - of(row)) ** 2, 0)
  expect(1 - squares((row) => Number(given[row])) / squares(() => mean)).toBeGreaterThan(least)
})

test('missing values and texts', () => {
  const rows = Array.from({ length: 120 }, (_, i) => [
    i % 3 === 0 ? '' : String(i % 7),
    ['red', 'green', 'blue', ''][i % 4] ?? '',
    i % 3 === 0 || i % 4 === 2 ? 'yes' : 'no',
  ])
  const table = tableOf(['number', 'colour', 'target'], rows)
  const model = trained(table, { trees: 30, 'max-depth': 3, 'learning-rate': 0.3 })
  const cells = cellsFor(table, model)
  const given = rows.map((_, row) => predictTrees(model, cells(row)).answer)
  expect(given).toEqual(rows.map(([, , answer]) => answer))
})

test('a row of weight 2 is as good as two rows, and one of weight 0 as none', () => {
  const table = completeHeartDisease()
  const twice = (row: number) => (row % 3 === 0 ? 2 : row % 5 === 0 ? 0 : 1)
  const weights = Float64Array.from({ length: table.rows }, (_, row) => twice(row))
  const rows = Uint32Array.from({ length: table.rows }, (_, row) => row)
  const written = Uint32Array.from([...rows].flatMap((row) => Array.from({ length: twice(row) }, () => row)))
  const options = boostedOptionsOf(small, 8, table.target)
  const [weighted, repeated] = [trainBoosted({ ...table, weights }, options), trainBoosted(table, options, written)]
  expect(weighted.trees).toEqual(repeated.trees)
  expect(weighted.base).toEqual(repeated.base)
})

test('what is left open is chosen by the rows held out, and told', () => {
  const table = completeHeartDisease()
  const model = trained(table, { 'learning-rate': 0.3, folds: 3 })
  if (model.evidence === undefined) throw new TypeError('a trained model tells how')
  const { path, ...chosen } = model.evidence
  expect(path.length).toBeGreaterThan(10)
  const least = Math.min(...path.map(({ loss }) => loss))
  const step = path.find(({ trees, depth }) => trees === chosen.trees && depth === chosen.depth)
  if (step === undefined) throw new TypeError('the chosen step is not on the path')
  expect(step.excess).toBeCloseTo(step.loss - least, 12)
  expect(step.excess).toBeLessThanOrEqual(step.error)
  for (const smaller of path.slice(0, path.indexOf(step))) expect(smaller.excess).toBeGreaterThan(smaller.error)
})

test('the public cuts are all of their columns, and nothing of the trees', () => {
  const table = completeHeartDisease()
  const classes = table.target.classes.map((answer) => 1 - answer)
  const other = { ...table, target: { ...table.target, classes } }
  const [one, two] = [trained(table), trained(other, { ...small, 'max-depth': 1 })]
  expect(one.cuts).toEqual(two.cuts)
  expect(one.trees).not.toEqual(two.trees)
})

test('options that make no sense are refused', () => {
  const table = completeHeartDisease()
  const refused = (given: object) => () => trainModel(table, defaultTrainOptions, 'boosted', { ...given })
  expect(refused({ 'max-depth': 5 })).toThrow(/max-depth.* from 1 to 4/)
  expect(refused({ trees: 0 })).toThrow(/trees/)
  expect(refused({ 'learning-rate': 2 })).toThrow(/learning-rate/)
})
