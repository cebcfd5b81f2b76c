import { expect, test } from 'vitest'
import { standardise } from '../../../compiler/2-train/linear/design.ts'
import { logisticLoss, softmaxLoss } from '../../../compiler/2-train/linear/losses.ts'
import { collapse } from '../../../compiler/2-train/network/collapse.ts'
import { minimise } from '../../../compiler/2-train/network/minimise.ts'
import { networkOptionsOf } from '../../../compiler/2-train/network/options.ts'
import { trainNetwork } from '../../../compiler/2-train/network/train.ts'
import {
  drawParameters,
  etasOfNetwork,
  parameterCount,
  penalisedLoss,
  type Shape,
} from '../../../compiler/2-train/network/units.ts'
import { foldsOf } from '../../../compiler/folds.ts'
import { predictSums } from '../../../compiler/linear.ts'
import { cellsFor } from '../../../compiler/missing.ts'
import { weightedOf } from '../../../compiler/polynomial.ts'
import { rowCells, truthOf } from '../../../compiler/table.ts'
import { at } from '../../../runtime/at.ts'
import type { Input } from '../../../runtime/schemes/inputs.ts'
import { divisorOf, monomialsOf } from '../../../runtime/schemes/monomials.ts'
import { announcedRandom } from '../../support/seed.ts'
import { completeHeartDisease, numberTableOf, tableOf } from '../../support/tables.ts'

const random = announcedRandom('networks')
const allRows = (count: number) => Uint32Array.from({ length: count }, (_, row) => row)

test.each([
  ['one layer', 1, 1],
  ['one layer, three outputs', 1, 3],
  ['two layers', 2, 1],
  ['two layers, two outputs', 2, 2],
] as const)('the slope is that of the loss: %s', (_, layers, outputs) => {
  const shape: Shape = { inputs: 3, width: 2, layers, outputs }
  const rows = { count: 8, numbers: Float64Array.from({ length: 24 }, () => 2 * random() - 1) }
  const shares = new Float64Array(8).fill(1 / 8)
  const classes = Int32Array.from({ length: 8 }, (_one, i) => i % Math.max(2, outputs))
  const loss = outputs === 1 ? logisticLoss(classes, shares) : softmaxLoss(classes, outputs, shares)
  const value = penalisedLoss(shape, rows, loss, 0.3)
  const here = drawParameters(shape, random)
  expect(here).toHaveLength(parameterCount(shape))
  const slope = new Float64Array(here.length)
  value(here, slope)
  const step = 1e-5
  here.forEach((parameter, i) => {
    const ignored = new Float64Array(here.length)
    const [above, below] = [parameter + step, parameter - step].map((moved) => value(here.with(i, moved), ignored))
    expect(at(slope, i)).toBeCloseTo(((above ?? Number.NaN) - (below ?? Number.NaN)) / (2 * step), 6)
  })
})

test('descent ends where a function is least, and never above where it began', () => {
  // Rosenbrock's valley.
  const valley = (p: Float64Array, slope: Float64Array) => {
    const [x = 0, y = 0] = p
    slope[0] = -2 * (1 - x) - 400 * x * (y - x * x)
    slope[1] = 200 * (y - x * x)
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2
  }
  const [x, y] = minimise(valley, Float64Array.of(-1.2, 1), 200)
  expect([x, y].map((one) => Math.round(100 * (one ?? 0)) / 100)).toEqual([1, 1])
  expect(valley(minimise(valley, Float64Array.of(-1.2, 1), 3), new Float64Array(2))).toBeLessThan(24.2)
})

test.each([1, 2] as const)('multiplied out, a network of %d layers says the same', (layers) => {
  const inputs: readonly Input[] = [
    { kind: 'number', feature: 0, factor: 1, step: 1, middle: 0, missing: 99 },
    { kind: 'indicator', feature: 0, cell: 99, value: 128 },
    { kind: 'number', feature: 1, factor: 1, step: 1, middle: 0, missing: null },
    { kind: 'indicator', feature: 2, cell: 1, value: 128 },
    { kind: 'indicator', feature: 3, cell: 1, value: 128 },
  ]
  const features = [{ column: 'a' }, { column: 'b' }, { column: 'c', level: 'red' }, { column: 'c', level: 'green' }]
  // Values that inputs have together: a number is 0 where it is missing, and a text has one level.
  const rows = Array.from({ length: 40 }, () => {
    const [missing, level] = [random() < 0.3, Math.floor(3 * random())]
    const number = () => Math.floor(128 * random()) - 64
    return [missing ? 0 : number(), missing ? 128 : 0, number(), level === 1 ? 128 : 0, level === 2 ? 128 : 0]
  })
  const columns = inputs.map((_, i) => Float64Array.from(rows, (row) => at(row, i)))
  const design = standardise(columns, allRows(40), new Float64Array(40).fill(1 / 40))
  const shape: Shape = { inputs: 5, width: 3, layers, outputs: 2 }
  const parameters = drawParameters(shape, random)
  const numbers = Float64Array.from(rows.flatMap((_, row) => design.columns.map((column) => at(column, row))))
  const etas = etasOfNetwork(shape, { count: 40, numbers }, parameters)
  const weighing = { inputs, features, degree: 2 ** layers }
  const monomials = monomialsOf(weighing)
  const { weights, biases } = weightedOf(inputs, monomials, collapse(weighing, design, shape, parameters))
  rows.forEach((row, i) => {
    const products = monomials.map(
      (monomial) => monomial.reduce((product, j) => product * at(row, j), 1) / divisorOf(inputs, monomial),
    )
    for (const k of [0, 1]) {
      const sum = products.reduce((sofar, product, m) => sofar + product * at(at(weights, k), m), at(biases, k))
      expect(sum).toBeCloseTo(at(etas, k * 40 + i), 6)
    }
  })
})

/** Whether a point lies in a ring: no weighted sum of its two numbers tells. */
const ring = () =>
  tableOf(
    ['x', 'y', 'target'],
    grid.map(([x, y]) => [String(x), String(y), (x - 10) ** 2 + (y - 9) ** 2 < 40 ? 'in' : 'out']),
  )

const grid = Array.from({ length: 200 }, (_, i) => [i % 20, Math.floor(i / 20) * 2] as const)

test('learns what no sum of weighted numbers can, the same every time', () => {
  const table = ring()
  const options = networkOptionsOf({ starts: 2, width: 2, decay: 1e-3 }, table.target)
  const model = trainNetwork(table, options)
  const answers = table.target.kind === 'classes' ? table.target.answers : []
  const right = Array.from({ length: 200 }, (_, row) => row).filter(
    (row) => predictSums(model, rowCells(table, row)).answer === answers[truthOf(table.target, row)],
  )
  expect(right.length).toBeGreaterThan(185)
  expect(trainNetwork(table, options)).toEqual(model)
  expect(model.evidence?.rounding.largest).toBeLessThan(0.01)
})

test('two layers multiply up to four numbers, and a recipe that leaves width and decay open is chosen on rows not seen', () => {
  const table = ring()
  const model = trainNetwork(table, networkOptionsOf({ starts: 1, 'hidden-layers': 2, width: 2 }, table.target))
  expect([model.degree, model.monomials.length]).toEqual([4, 14])
  const { path = [], chosen } = model.evidence ?? {}
  const best = path.reduce((a, b) => (b.loss < a.loss ? b : a))
  expect(chosen).toEqual({ width: 2, layers: 2, decay: best.penalty })
})

test('a network of one layer answers at least 82.5 % of the rows of heart disease that it has not seen', () => {
  const table = completeHeartDisease()
  const all = allRows(table.rows)
  const foldOf = foldsOf(table, all, 10, 0) ?? new Int32Array()
  const options = networkOptionsOf({ width: 2, decay: 0.32, starts: 2 }, table.target)
  const answers = table.target.kind === 'classes' ? table.target.answers : []
  let right = 0
  for (let fold = 0; fold < 10; fold++) {
    const model = trainNetwork(
      table,
      options,
      all.filter((row) => foldOf[row] !== fold),
    )
    const cells = cellsFor(table, model)
    for (const row of all.filter((one) => foldOf[one] === fold)) {
      if (predictSums(model, cells(row)).answer === answers[truthOf(table.target, row)]) right += 1
    }
  }
  expect(right / table.rows).toBeGreaterThanOrEqual(0.825)
})

test('products are learned as numbers, to the fineness of their integers', () => {
  const rows = grid.map(([x, y]) => [String(x), String(y), String((x - 10) * (y - 9))])
  const table = numberTableOf(['x', 'y', 'target'], rows)
  const model = trainNetwork(table, networkOptionsOf({ starts: 2, width: 2, decay: 1e-4 }, table.target))
  const errors = rows.map(([, , truth], row) =>
    Math.abs(Number(predictSums(model, rowCells(table, row)).answer) - Number(truth)),
  )
  // The products span 180.
  expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(4)
})
