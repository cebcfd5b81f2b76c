import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tabulate } from '../../../compiler/1-read/read.ts'
import { cellsOfPoints } from '../../../compiler/2-train/additive/cells.ts'
import { type AdditiveOptions, defaultAdditiveOptions } from '../../../compiler/2-train/additive/options.ts'
import { trainPoints } from '../../../compiler/2-train/additive/train.ts'
import { plainFolds, seededRandom } from '../../../compiler/folds.ts'
import { answerOfSums, type Points, predictPoints, sumWidth } from '../../../compiler/points.ts'
import { faultOf } from '../../../compiler/points-fault.ts'
import type { Table } from '../../../compiler/table.ts'
import {
  completeHeartDisease,
  diabetes,
  numberTables,
  rawTable,
  syntheticTask,
  tableOf,
  tables,
} from '../../support/tables.ts'

const quick: AdditiveOptions = { ...defaultAdditiveOptions, penalty: 2, points: 255 }
const all = (table: Table) => Array.from({ length: table.rows }, (_, row) => row)
const answers = (table: Table, model: Points) => {
  const cells = cellsOfPoints(table, model)
  return all(table).map((row) => answerOfSums(model, predictPoints(model, cells(row))))
}
const shareRight = (table: Table, model: Points) => {
  const { target } = table
  if (target.kind !== 'classes') return Number.NaN
  const said = answers(table, model)
  return said.filter((one, row) => one.answer === target.answers[target.classes[row] ?? 0]).length / table.rows
}

describe('of random tables', () => {
  const widths = fc.constantFrom(1, 7, 63, 255, 4095)
  const some = fc.record({
    points: widths,
    cuts: fc.constantFrom(1, 2, 5, 16),
    fit: fc.constantFrom('penalised' as const, 'stumps' as const),
  })
  const optionsOf = ({
    points,
    cuts,
    fit,
  }: {
    points: number
    cuts: number
    fit: AdditiveOptions['fit']
  }): AdditiveOptions => ({
    ...defaultAdditiveOptions,
    ...{ points, cuts, fit },
    ...(fit === 'stumps' ? { rounds: 40 } : { penalty: 1 }),
  })
  test('a model of answers has no fault, sums no wider than asked for, and answers for all rows', () => {
    fc.assert(
      fc.property(tables, some, (table, given) => {
        const model = trainPoints(table, optionsOf(given))
        expect(faultOf(model)).toBeNull()
        expect(sumWidth(model)).toBeLessThanOrEqual(given.points)
        expect(answers(table, model)).toHaveLength(table.rows)
        expect(model.evidence?.rows.every((own) => own.reduce((a, b) => a + b) === table.rows)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
  test('and so has one of numbers', () => {
    fc.assert(
      fc.property(numberTables, some, (table, given) => {
        const model = trainPoints(table, optionsOf(given))
        expect(faultOf(model)).toBeNull()
        expect(sumWidth(model)).toBeLessThanOrEqual(given.points)
        expect(answers(table, model).every((one) => one.kind === 'number' && Number.isFinite(one.answer))).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
  test('with pairs, too, and with all that can be chosen left open', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const pairs = Math.min(1, table.columns.length - 1)
        const model = trainPoints(table, { ...defaultAdditiveOptions, folds: 3, pairs })
        expect(faultOf(model)).toBeNull()
        expect(model.pairs).toHaveLength(pairs)
        expect([63, 255, 4095].some((width) => sumWidth(model) <= width)).toBe(true)
      }),
      { numRuns: 6 },
    )
  })
})

describe('on real tables', () => {
  test('heart disease is told, by 255 points, and the same every time', () => {
    const table = completeHeartDisease()
    const model = trainPoints(table, { ...defaultAdditiveOptions, points: 255 })
    expect(trainPoints(table, { ...defaultAdditiveOptions, points: 255 })).toEqual(model)
    expect(sumWidth(model)).toBeLessThanOrEqual(255)
    expect(shareRight(table, model)).toBeGreaterThan(0.84)
    expect(model).toMatchObject({ link: 'logistic', answers: table.target.answers })
    expect(model.evidence?.path[model.evidence.chosen ?? -1]).toBeDefined()
  })
  test('three answers have a sum each', () => {
    const table = syntheticTask()
    const model = trainPoints(table, quick)
    expect(model.base).toHaveLength(3)
    expect(model.link).toBe('softmax')
    expect(shareRight(table, model)).toBeGreaterThan(0.6)
  })
  test('numbers are told in their unit', () => {
    const table = diabetes()
    const values = answers(table, trainPoints(table, quick)).flatMap((one) =>
      one.kind === 'number' ? [one.answer] : [],
    )
    const truth = Array.from(table.target.cells, (cell) => table.target.grid.minimum + cell * table.target.grid.step)
    const mean = truth.reduce((a, b) => a + b) / truth.length
    const squares = (of: readonly number[]) =>
      truth.reduce((sum, value, i) => sum + (value - (of[i] ?? Number.NaN)) ** 2, 0)
    expect(1 - squares(values) / squares(truth.map(() => mean))).toBeGreaterThan(0.45)
    expect(Math.abs(values.reduce((a, b) => a + b) / values.length - mean)).toBeLessThan(2)
  })
})

describe('whatever the rows', () => {
  const rowsOf = (n: number, row: (i: number) => readonly string[]) => Array.from({ length: n }, (_, i) => row(i))

  test('of one column that says all', () => {
    const table = tableOf(
      ['x', 'y'],
      rowsOf(40, (i) => [String(i), i < 20 ? 'no' : 'yes']),
    )
    expect(shareRight(table, trainPoints(table, defaultAdditiveOptions))).toBeGreaterThan(0.9)
  })
  test('of one row per answer', () => {
    const table = tableOf(
      ['x', 'y'],
      [
        ['1', 'no'],
        ['2', 'yes'],
      ],
    )
    expect(faultOf(trainPoints(table, defaultAdditiveOptions))).toBeNull()
    const three = tableOf(
      ['x', 'y'],
      [
        ['1', 'a'],
        ['2', 'b'],
        ['3', 'c'],
      ],
    )
    expect(faultOf(trainPoints(three, defaultAdditiveOptions))).toBeNull()
  })
  test('of a single answer, as in a fold: everybody gets it', () => {
    const table = tableOf(
      ['x', 'y'],
      rowsOf(20, (i) => [String(i), i === 0 ? 'no' : 'yes']),
    )
    const model = trainPoints(
      table,
      defaultAdditiveOptions,
      Uint32Array.from({ length: 19 }, (_, i) => i + 1),
    )
    expect(answers(table, model).every((one) => one.kind === 'class' && (one.shares?.[1] ?? 0) > 0.5)).toBe(true)
  })
  test('of a column that never varies', () => {
    const table = tableOf(
      ['x', 'z', 'y'],
      rowsOf(20, (i) => ['7', String(i), i % 2 === 0 ? 'no' : 'yes']),
    )
    const model = trainPoints(table, defaultAdditiveOptions)
    expect(model.columns[0]?.points).toEqual([[0]])
  })
  test('of missing values in all rows but one', () => {
    const table = tableOf(
      ['x', 'z', 'y'],
      rowsOf(20, (i) => [i === 3 ? '5' : '?', i === 3 ? 'red' : '?', i % 2 === 0 ? 'no' : 'yes']),
    )
    const model = trainPoints(table, defaultAdditiveOptions)
    expect(faultOf(model)).toBeNull()
    expect(model.columns.map(({ column }) => column.missing)).toEqual(['below', 'no-level'])
  })
  test('missing values speak for themselves, at position 0', () => {
    const table = tableOf(
      ['x', 'y'],
      rowsOf(60, (i) => [i % 3 === 0 ? '?' : String(i % 7), i % 3 === 0 ? 'yes' : 'no']),
    )
    const [column] = trainPoints(table, quick).columns
    const [gap = 0, ...others] = column?.points.map(([own = 0]) => own) ?? []
    expect(gap).toBeGreaterThan(Math.max(...others))
    expect(column?.cuts[0]).toBe(0)
  })
  test('numbers that are all the same in the rows', () => {
    const table = diabetes()
    const same = Uint32Array.from(all(table).filter((row) => table.target.cells[row] === table.target.cells[0]))
    const model = trainPoints(table, defaultAdditiveOptions, same)
    const value = table.target.grid.minimum + (table.target.cells[0] ?? 0) * table.target.grid.step
    expect(answers(table, model).every((one) => one.kind === 'number' && Math.abs(one.answer - value) < 1)).toBe(true)
  })
})

describe('weights', () => {
  const header = ['x', 'z', 'w', 'y']
  const rows = Array.from({ length: 60 }, (_, i) => [
    String((i * 7) % 11),
    i % 2 === 0 ? 'a' : 'b',
    String(i % 3),
    i % 5 < 2 ? 'no' : 'yes',
  ])
  test('a row of weight 2 counts as two rows, one of 0 as none', () => {
    const weighted = tabulate(rawTable(header, rows), null, { target: null, sampleWeight: 'w' })
    const repeated = rows.flatMap((row) => Array.from({ length: Number(row[2]) }, () => row.toSpliced(2, 1)))
    const plain = tableOf(['x', 'z', 'y'], repeated)
    const [one, other] = [trainPoints(weighted, quick), trainPoints(plain, quick)]
    expect(one.columns).toEqual(other.columns)
    expect([one.base, one.pairs]).toEqual([other.base, other.pairs])
    expect(one.unit).toBeCloseTo(other.unit, 6)
  })
  test('of answers move the sums towards the heavier one', () => {
    const table = completeHeartDisease()
    const [, ill = ''] = table.target.answers
    const chances = (options: AdditiveOptions) =>
      answers(table, trainPoints(table, options)).reduce(
        (sum, one) => sum + (one.kind === 'class' ? (one.shares?.[1] ?? 0) : 0),
        0,
      )
    expect(chances({ ...quick, classWeight: { [ill]: 5 } })).toBeGreaterThan(chances(quick) + 20)
  })
})

describe('pairs', () => {
  // Ill exactly if one of the two is high: no sum of columns tells it.
  const rows = Array.from({ length: 240 }, (_, i) => {
    const [a, b, c] = [i % 2, Math.floor(i / 2) % 2, i % 5]
    return [String(c), String(a), String(b), a === b ? 'no' : 'yes']
  })
  const table = tableOf(['c', 'a', 'b', 'y'], rows)
  test('that interact are found, and tell what columns alone cannot', () => {
    const model = trainPoints(table, { ...quick, pairs: 1 })
    expect(model.pairs.map(({ columns }) => columns)).toEqual([[1, 2]])
    expect(shareRight(table, model)).toBe(1)
    expect(shareRight(table, trainPoints(table, quick))).toBeLessThan(0.7)
  })
  test('given by name stand in the order of the columns', () => {
    const model = trainPoints(table, {
      ...quick,
      pairs: [
        ['b', 'a'],
        ['a', 'c'],
      ],
    })
    expect(model.pairs.map(({ columns }) => columns)).toEqual([
      [0, 1],
      [1, 2],
    ])
  })
})

test('a fold follows the recipe: other rows play no part', () => {
  const table = completeHeartDisease()
  const foldOf = plainFolds(table.rows, 3, seededRandom(4))
  const own = Uint32Array.from(all(table).filter((row) => foldOf[row] !== 0))
  const changed = {
    ...table,
    target: {
      ...table.target,
      classes: table.target.classes.map((answer, row) => (foldOf[row] === 0 ? 1 - answer : answer)),
    },
  }
  const options = { ...defaultAdditiveOptions, pairs: 1, folds: 3, classWeight: 'balanced' as const }
  expect(trainPoints(changed, options, own)).toEqual(trainPoints(table, options, own))
  expect(trainPoints(changed, options)).not.toEqual(trainPoints(table, options))
})

describe('options', () => {
  const table = tableOf(
    ['a', 'b', 'y'],
    [
      ['1', '2', 'no'],
      ['2', '1', 'yes'],
    ],
  )
  test.each<[Partial<AdditiveOptions>, RegExp]>([
    [{ cuts: 0 }, /cuts is 0/],
    [{ cuts: 1025 }, /cuts is 1025/],
    [{ points: 0 }, /points is 0/],
    [{ points: 1.5 }, /points is 1.5/],
    [{ points: 2 ** 21 }, /points/],
    [{ penalty: 0 }, /penalty is 0/],
    [{ penalty: 1, fit: 'stumps' }, /penalty is 1/],
    [{ rounds: 5 }, /rounds is 5/],
    [{ rounds: -1, fit: 'stumps' }, /rounds is -1/],
    [{ pairs: 2 }, /pairs is 2, but takes at most 1/],
    [{ pairs: 1, fit: 'stumps' }, /pairs/],
    [{ pairs: [['a', 'x']] }, /pairs is "a:x"/],
    [{ pairs: [['a', 'a']] }, /two different/],
    [
      {
        pairs: [
          ['a', 'b'],
          ['b', 'a'],
        ],
      },
      /every pair once/,
    ],
    [{ classWeight: { maybe: 2 } }, /class-weight/],
    [{ folds: 1 }, /folds is 1/],
    [{ seed: -1 }, /seed is -1/],
  ])('%j', (some, want) => expect(() => trainPoints(table, { ...defaultAdditiveOptions, ...some })).toThrow(want))
})
