import { describe, expect, test } from 'vitest'
import type { ForeignColumn, ForeignInput, ForeignModel, ForeignTest } from '../../compiler/2-import/foreign.ts'
import { foreignInput } from '../../compiler/2-import/inputs.ts'
import { foreignLeaf } from '../../compiler/2-import/predict.ts'
import { type Domain, isIn, sides } from '../../compiler/2-import/thresholds.ts'
import { decimalsOf, type Grid, gridPosition, gridValue } from '../../runtime/grid.ts'
import { announcedRandom } from '../support/seed.ts'
import { datasetOf, errorOf, readModel, rowsOf } from './support.ts'

const column: ForeignColumn = { kind: 'number', name: 'x', range: null }
const plain: ForeignInput = { kind: 'number', column: 0, steps: [] }
const grid = (minimum: number, step: number, size: number): Domain => ({
  kind: 'number',
  grid: { minimum, step, size },
  missing: true,
})
type NumberTest = Extract<ForeignTest, { kind: 'number' }>
const number = (change: Partial<NumberTest>): ForeignTest => ({
  kind: 'number',
  input: 0,
  precision: 'float64',
  comparison: '<=',
  threshold: 0,
  missing: 'no',
  zero: null,
  ...change,
})

test.each<
  [what: string, input: ForeignInput, test: ForeignTest, domain: Domain, positions: number[], missing: boolean]
>([
  ['x <= 3 on 0..9', plain, number({ threshold: 3 }), grid(0, 1, 10), [3], false],
  ['x < 3 on 0..9', plain, number({ comparison: '<', threshold: 3, missing: 'yes' }), grid(0, 1, 10), [2], true],
  ['a threshold below the Grid', plain, number({ threshold: -1 }), grid(0, 1, 10), [-1], false],
  ['a threshold above the Grid', plain, number({ threshold: 99 }), grid(0, 1, 10), [], false],
  ['an infinite threshold', plain, number({ threshold: Number.POSITIVE_INFINITY }), grid(0, 1, 10), [], false],
  ['x = 3', plain, number({ comparison: '=', threshold: 3 }), grid(0, 1, 10), [-1, 2, 3], false],
  [
    '0.671 < 0.671000004 in float32: both are one number',
    plain,
    number({ precision: 'float32', comparison: '<', threshold: Math.fround(0.671000004) }),
    grid(0, 0.001, 1001),
    [670],
    false,
  ],
  [
    '1.9 <= float32(1.9) in float32',
    plain,
    number({ precision: 'float32', threshold: Math.fround(1.9) }),
    grid(0, 0.1, 101),
    [19],
    false,
  ],
  ['1.9 <= float32(1.9) in double', plain, number({ threshold: Math.fround(1.9) }), grid(0, 0.1, 101), [18], false],
  [
    'zero counts as missing, and goes right',
    plain,
    number({ threshold: 5, zero: { within: 1e-35, side: 'no' } }),
    grid(-3, 1, 10),
    [2, 3, 8],
    false,
  ],
  ['missing counts as zero', plain, number({ threshold: 5, missing: 'zero' }), grid(-3, 1, 10), [8], true],
  ['1e-35 is not 0', plain, number({ threshold: 0 }), grid(0, 1e-35, 3), [0], false],
  [
    'a scaler in front',
    {
      ...plain,
      steps: [
        { kind: 'subtract', by: 5, precision: 'float64' },
        { kind: 'divide', by: -2, precision: 'float64' },
      ],
    },
    number({ threshold: 0.5 }),
    grid(0, 1, 10),
    [-1, 3],
    false,
  ],
  [
    'missing is filled',
    { ...plain, steps: [{ kind: 'fill', by: 2 }] },
    number({ threshold: 3 }),
    grid(0, 1, 10),
    [3],
    true,
  ],
  [
    'categories 1 and 4, others no',
    plain,
    {
      kind: 'category',
      input: 0,
      codes: [1, 4],
      listed: 'yes',
      known: null,
      fractions: 'dropped',
      unknown: 'no',
      missing: 'no',
    },
    grid(-2, 1, 10),
    [-1, 2, 3, 5, 6],
    false,
  ],
  [
    'categories 1 and 4 are no, others yes, 3 known',
    plain,
    {
      kind: 'category',
      input: 0,
      codes: [1, 4],
      listed: 'no',
      known: [3],
      fractions: 'dropped',
      unknown: 'no',
      missing: 'yes',
    },
    grid(0, 1, 6),
    [-1, 2, 3],
    true,
  ],
  [
    'numbers as levels',
    { kind: 'coded', column: 0, levels: [3, 5, 7], numbers: [1, 0, 1], unknown: 0, missing: 0, steps: [] },
    number({ threshold: 0.5 }),
    grid(0, 1, 10),
    [2, 3, 6, 7],
    true,
  ],
])('%s', (_, input, asked, domain, positions, missing) => {
  expect(sides({ columns: [column], inputs: [input], missing: 'taken' }, [domain])(asked)).toEqual({
    kind: 'number',
    column: 0,
    positions,
    missing,
  })
})

test('levels of a text column: by name, and by their place where the model knows codes', () => {
  const domain: Domain = { kind: 'text', levels: ['red', 'green', 'blue'], missing: true }
  const named: ForeignInput = {
    kind: 'coded',
    column: 0,
    levels: ['blue', 'green'],
    numbers: [0, 1],
    unknown: Number.NaN,
    missing: Number.NaN,
    steps: [],
  }
  const atMost0 = number({ threshold: 0, missing: 'yes' })
  const ask = (input: ForeignInput) =>
    sides({ columns: [column], inputs: [input], missing: 'taken' }, [domain])(atMost0)
  expect(ask(named)).toEqual({ kind: 'text', column: 0, levels: ['red', 'blue'], missing: true })
  expect(ask(plain)).toEqual({ kind: 'text', column: 0, levels: ['red'], missing: true })
  const strict: ForeignInput = { ...named, unknown: null }
  const error = errorOf(() => ask(strict))
  expect(error.code).toBe('refused-value')
  expect(error.message).toMatch(/"red" for the column "x"/)
})

test('a column without a Grid is named', () => {
  const ask = () => sides({ columns: [column], inputs: [plain], missing: 'taken' }, [null])(number({}))
  expect(errorOf(ask).message).toMatch(/no Grid for the column "x"/)
})

/** A Grid on which every value of a column lies. */
function gridOf(numbers: readonly number[]): Grid {
  const step = Number(`1e-${Math.max(...numbers.map((x) => decimalsOf(Number(x.toPrecision(12)))))}`)
  const [least, greatest] = [Math.min(...numbers), Math.max(...numbers)]
  return { minimum: least, step, size: Math.round((greatest - least) / step) + 1 }
}

const onGrids: [name: string, file: string][] = [
  ...['heart-logistic', 'heart-categorical', 'heart303-missing', 'iris-softprob', 'diabetes-squarederror'].map(
    (name): [string, string] => [name, `reference/${name}.xgboost.json`],
  ),
  ...['zero-as-missing', 'no-missing', 'categories'].map((name): [string, string] => [
    'heart303',
    `lightgbm-4.7/${name}.txt`,
  ]),
  ['heart303', 'sklearn-1.9/RandomForestClassifier-missing.json'],
  ['heart303', 'sklearn-1.9/HistGradientBoostingClassifier-categories.json'],
]
describe.each(onGrids)('%s: %s on Grids', (name, file) => {
  const model = readModel(file)
  const rows = rowsOf[datasetOf(name)]
  const grids = model.columns.map((_, i) => gridOf(rows.flatMap((row) => (row[i] === null ? [] : [Number(row[i])]))))
  const side = sides(
    model,
    grids.map((own) => ({ kind: 'number', grid: own, missing: true })),
  )

  test('rows of the data reach the same leaves by their positions as by their values', () => {
    let [asked, wrong] = [0, 0]
    for (const tree of treesOf(model)) {
      const own = tree.nodes.map((node) => (node.kind === 'split' ? side(node.test) : null))
      for (const row of rows) {
        let i = 0
        for (let node = tree.nodes[i]; node?.kind === 'split'; node = tree.nodes[i]) {
          const found = own[i]
          if (found?.kind !== 'number') throw new Error('a side is missing')
          const value = row[found.column] as number | null
          const yes =
            value === null ? found.missing : isIn(found.positions, gridPosition(grids[found.column] as Grid, value))
          i = yes ? node.yes : node.no
          asked++
        }
        const reached = tree.nodes[i]
        const inputs = model.inputs.map((input) => foreignInput(input, row[input.column] ?? null))
        if (reached?.kind !== 'leaf' || reached.values !== foreignLeaf(tree, inputs)) wrong++
      }
    }
    expect(wrong).toBe(0)
    expect(asked).toBeGreaterThan(rows.length)
  })
})

function treesOf(model: ForeignModel) {
  if (model.body.kind !== 'trees') throw new Error('no trees')
  return model.body.trees
}

test('random tests on Grids of many positions: right on both sides of every change, and at random', () => {
  const random = announcedRandom('thresholds')
  for (let i = 0; i < 150; i++) {
    const step = Number(`1e-${Math.floor(random() * 6)}`)
    const own: Grid = {
      minimum: Math.round((random() - 0.7) * 100) * step,
      step,
      size: 2000 + Math.floor(random() * 2e6),
    }
    const asked = number({
      precision: random() < 0.5 ? 'float32' : 'float64',
      comparison: random() < 0.5 ? '<' : '<=',
      threshold: thresholdNear(gridValue(own, Math.floor(random() * own.size)), random()),
      zero: random() < 0.3 ? { within: Math.fround(1e-35), side: random() < 0.5 ? 'yes' : 'no' } : null,
      missing: 'zero',
    })
    const side = sides({ columns: [column], inputs: [plain], missing: 'taken' }, [
      { kind: 'number', grid: own, missing: true },
    ])(asked)
    if (side.kind !== 'number') throw new Error('a side is missing')
    const near = side.positions.flatMap((change) => [change, change + 1])
    const some = Array.from({ length: 20 }, () => Math.floor(random() * own.size))
    for (const position of [...near, ...some].filter((p) => p >= 0 && p < own.size)) {
      expect([position, isIn(side.positions, position)]).toEqual([position, decided(asked, gridValue(own, position))])
    }
  }
})

/** The comparison once more, written for its own sake. */
function decided(asked: ForeignTest, value: number): boolean {
  if (asked.kind !== 'number') return false
  const x = asked.precision === 'float32' ? Math.fround(value) : value
  if (asked.zero !== null && Math.abs(x) <= asked.zero.within) return asked.zero.side === 'yes'
  return asked.comparison === '<' ? x < asked.threshold : x <= asked.threshold
}

/** A value, its float32, or either with an ulp more or less. */
function thresholdNear(value: number, chance: number): number {
  const own = chance < 0.5 ? Math.fround(value) : value
  return chance % 0.25 < 0.1 ? own : own * (1 + (chance % 0.25 < 0.17 ? 1 : -1) * 2 ** -52)
}
