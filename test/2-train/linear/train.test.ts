import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { standardise } from '../../../compiler/2-train/linear/design.ts'
import { type ElasticNetPenalty, fitPath } from '../../../compiler/2-train/linear/fit.ts'
import { type Loss, logisticLoss, softmaxLoss, squaredLoss } from '../../../compiler/2-train/linear/losses.ts'
import { linearOptionsOf } from '../../../compiler/2-train/linear/options.ts'
import { trainLinear } from '../../../compiler/2-train/linear/train.ts'
import { foldsOf } from '../../../compiler/folds.ts'
import { predictSums } from '../../../compiler/linear.ts'
import { rowCells, type Table, truthOf } from '../../../compiler/table.ts'
import { announcedRandom } from '../../support/seed.ts'
import { completeHeartDisease, diabetes, numberTableOf, syntheticTask, tableOf } from '../../support/tables.ts'

const options = (table: Table, given: Readonly<Record<string, unknown>> = {}) => linearOptionsOf(given, table.target)
const allRows = (count: number) => Uint32Array.from({ length: count }, (_, row) => row)

describe('fits are where their objective is least', () => {
  const random = announcedRandom('linear fits')
  const rows = 60
  const values = Array.from({ length: 5 }, () => Float64Array.from({ length: rows }, () => 10 * random() - 3))
  const weights = Float64Array.from({ length: rows }, () => 0.5 + random())
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = weights.map((weight) => weight / all)
  const classes = Int32Array.from({ length: rows }, (_, i) =>
    (values[0]?.[i] ?? 0) + 8 * random() > 5 ? 1 + (i % 2) : 0,
  )
  const design = standardise(values, allRows(rows), shares)
  const losses: readonly (readonly [string, Loss])[] = [
    [
      'squared',
      squaredLoss(
        Float64Array.from({ length: rows }, (_, i) => (values[1]?.[i] ?? 0) / 3 + random()),
        shares,
      ),
    ],
    [
      'logistic',
      logisticLoss(
        classes.map((answer) => Math.min(answer, 1)),
        shares,
      ),
    ],
    ['softmax', softmaxLoss(classes, 3, shares)],
  ]

  /** By how much the mean loss changes with each standardised coefficient, and the coefficients. */
  function slopes(loss: Loss, penalty: ElasticNetPenalty) {
    const fits = [...fitPath(design, loss, [{ ...penalty, strength: 1 }, penalty])]
    const { weights: fitted = [], biases = [] } = fits[1] ?? {}
    const etas = Float64Array.from({ length: rows * biases.length }, (_, place) => {
      const [k, i] = [Math.floor(place / rows), place % rows]
      return values.reduce((sum, input, j) => sum + (fitted[k]?.[j] ?? 0) * (input[i] ?? 0), biases[k] ?? 0)
    })
    const residuals = new Float64Array(etas.length)
    loss.slope(etas, residuals)
    return biases.flatMap((_, k) => {
      const own = residuals.subarray(k * rows, (k + 1) * rows)
      const free = { coefficient: 0, pull: own.reduce((sum, residual) => sum + residual, 0), isIntercept: true }
      const others = design.columns.map((column, j) => ({
        coefficient: (fitted[k]?.[j] ?? 0) * (design.deviations[j] ?? 0),
        pull: own.reduce((sum, residual, i) => sum + residual * (column[i] ?? 0), 0),
        isIntercept: false,
      }))
      return [free, ...others]
    })
  }

  test.each(losses.flatMap(([name, loss]) => [0, 0.5, 1].map((l1) => [name, l1, loss] as const)))(
    '%s, l1 share %d',
    (_, l1, loss) => {
      const strength = 0.02
      for (const { coefficient, pull, isIntercept } of slopes(loss, { strength, l1 })) {
        if (isIntercept) expect(Math.abs(pull)).toBeLessThan(2e-4)
        else if (coefficient === 0) expect(Math.abs(pull)).toBeLessThan(strength * l1 + 2e-4)
        else {
          const cost = strength * ((1 - l1) * coefficient + l1 * Math.sign(coefficient))
          expect(Math.abs(pull - cost)).toBeLessThan(2e-4)
        }
      }
    },
  )
})

test('without a penalty to speak of, a line through points is found', () => {
  const table = numberTableOf(
    ['x', 'colour', 'y'],
    Array.from({ length: 30 }, (_, i) => [
      String(i),
      i % 3 === 0 ? 'red' : 'blue',
      String(3 * i + (i % 3 === 0 ? 7 : 0)),
    ]),
  )
  const model = trainLinear(table, options(table, { penalty: 1e-9 }))
  for (let row = 0; row < table.rows; row++) {
    expect(Number(predictSums(model, rowCells(table, row)).answer)).toBeCloseTo(truthOf(table.target, row), 0)
  }
})

describe('on data that people have', () => {
  test('heart disease: at least 82% of rows not seen, by ten folds', () => {
    const table = completeHeartDisease()
    const rows = allRows(table.rows)
    const foldOf = foldsOf(table, rows, 10, 0) ?? new Int32Array()
    let right = 0
    for (let fold = 0; fold < 10; fold++) {
      const model = trainLinear(
        table,
        options(table, { penalty: 0.03 }),
        rows.filter((row) => foldOf[row] !== fold),
      )
      for (const row of rows.filter((one) => foldOf[one] === fold)) {
        const given = model.answers?.indexOf(String(predictSums(model, rowCells(table, row)).answer))
        if (given === truthOf(table.target, row)) right += 1
      }
    }
    expect(right / table.rows).toBeGreaterThan(0.82)
  })

  test('diabetes and three answers: better than a mean, and than the most frequent answer; the penalty is chosen', () => {
    const numbers = diabetes()
    const model = trainLinear(numbers, options(numbers, { folds: 3 }))
    const truths = Array.from(allRows(numbers.rows), (row) => truthOf(numbers.target, row))
    const mean = truths.reduce((sum, truth) => sum + truth, 0) / truths.length
    const squares = (of: (row: number) => number) => truths.reduce((sum, truth, row) => sum + (truth - of(row)) ** 2, 0)
    const left = squares((row) => Number(predictSums(model, rowCells(numbers, row)).answer))
    expect(1 - left / squares(() => mean)).toBeGreaterThan(0.48)
    const { path = [], penalty } = model.evidence ?? {}
    expect(path.length).toBeGreaterThan(5)
    expect(path.toSorted((a, b) => a.loss - b.loss)[0]?.penalty).toBe(penalty)

    const three = syntheticTask()
    const several = trainLinear(three, options(three, { penalty: 0.01 }))
    expect(several.weights).toHaveLength(several.answers?.length ?? 0)
    const right = Array.from(allRows(three.rows)).filter(
      (row) => several.answers?.[truthOf(three.target, row)] === predictSums(several, rowCells(three, row)).answer,
    )
    const counts = (several.answers ?? []).map((_, i) => three.target.classes.filter((answer) => answer === i).length)
    expect(right.length).toBeGreaterThan(Math.max(...counts))
  })

  test('integers keep the accuracy, and are no finer than that takes', () => {
    const table = completeHeartDisease()
    const model = trainLinear(table, options(table, { penalty: 0.03 }))
    expect(model.evidence?.rounding).toMatchObject({ rows: 297, changed: 0 })
    expect(model.evidence?.rounding.largest).toBeLessThanOrEqual(0.01)
    expect(Math.max(...model.weights.flat().map(Math.abs))).toBeLessThan(256)
  })
})

test('the lasso leaves out what ridge does not', () => {
  const table = completeHeartDisease()
  const count = (l1: number) =>
    trainLinear(table, options(table, { penalty: 0.05, 'l1-ratio': l1 }))
      .weights.flat()
      .filter((weight) => weight === 0).length
  expect([count(0), count(1) > 3]).toEqual([0, true])
})

test('a row that counts twice is as good as two rows, and one that counts nothing as none', () => {
  const lines = readFileSync('datasets/heart-disease.csv', 'utf8')
    .trim()
    .split('\n')
    .filter((line) => !line.includes('?'))
  const [header = [], ...rows] = lines.slice(0, 120).map((line) => line.split(','))
  const weighted = { ...tableOf(header, rows), weights: Float64Array.from(rows, (_, i) => i % 3) }
  const repeated = tableOf(header, [...rows, ...rows.filter((_, i) => i % 3 === 2)])
  const some = allRows(repeated.rows).filter((row) => row >= rows.length || row % 3 !== 0)
  const given = { penalty: 0.1 }
  const [a, b] = [
    trainLinear(weighted, options(weighted, given)),
    trainLinear(repeated, options(repeated, given), some),
  ]
  expect([a.weights, a.biases, a.link]).toEqual([b.weights, b.biases, b.link])
})

test('answers weighted inversely to their frequency are given more often where they are rare', () => {
  const rows = Array.from({ length: 200 }, (_, i) => [
    String((i * 37) % 101),
    (i * 37) % 101 > 60 && i % 3 === 0 ? 'yes' : 'no',
  ])
  const table = tableOf(['x', 'target'], rows)
  const count = (given: object) => {
    const model = trainLinear(table, options(table, { penalty: 0.01, ...given }))
    return rows.filter((_, row) => predictSums(model, rowCells(table, row)).answer === 'yes').length
  }
  expect(count({ 'class-weight': 'balanced' })).toBeGreaterThan(count({}) + 20)
})

test.each([
  [{ 'l1-ratio': 2 }, 'l1-ratio is 2, but takes a number from 0 to 1.'],
  [{ penalty: 0 }, 'penalty is 0, but takes a number above 0.'],
  [{ 'class-weight': '{"2": 3}' }, 'class-weight'],
])('options that do not fit are refused: %j', (given, said) => {
  const table = completeHeartDisease()
  expect(() => options(table, given)).toThrow(said)
})

test('columns of one value, of one row per answer, or apart altogether are no trouble', () => {
  const rows = Array.from({ length: 12 }, (_, i) => ['5', i < 6 ? '0' : '1', i < 6 ? 'a' : i < 11 ? 'b' : 'c'])
  const table = tableOf(['constant', 'apart', 'target'], rows)
  const model = trainLinear(table, options(table))
  expect(model.weights.every((row) => row[0] === 0)).toBe(true)
  expect(predictSums(model, rowCells(table, 0)).answer).toBe('a')
  expect(predictSums(model, rowCells(table, 8)).answer).toBe('b')
})
