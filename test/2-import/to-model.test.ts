import { randomInt } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { cellsOfRow } from '../../compiler/2-import/compare.ts'
import type { ForeignModel, ForeignRow } from '../../compiler/2-import/foreign.ts'
import { foreignLeaf, predictForeign } from '../../compiler/2-import/predict.ts'
import { domainsOf, type Sample } from '../../compiler/2-import/sample.ts'
import { sides } from '../../compiler/2-import/thresholds.ts'
import { answersOf } from '../../compiler/2-import/to-link.ts'
import { type ImportChoices, toTrees } from '../../compiler/2-import/to-model.ts'
import { amountsOf, onGrids } from '../../compiler/2-import/to-trees.ts'
import { lowerSums } from '../../compiler/schemes/sums/lower.ts'
import { predictTrees, type Trees, treesScores } from '../../compiler/trees.ts'
import { at } from '../../runtime/at.ts'
import type { Column } from '../../runtime/contract.ts'
import { decimalsOf } from '../../runtime/grid.ts'
import { defineSumsClient } from '../../runtime/schemes/sums/client.ts'
import { defineSumsServer } from '../../runtime/schemes/sums/server.ts'
import { datasetOf, errorOf, readModel, rowsOf } from './support.ts'

/** The columns of rows of numbers, on Grids of the decimals written, missing values admitted. */
function sampleOf(model: ForeignModel, given: readonly ForeignRow[]): Sample {
  // A few values are written with the noise of doubles: they lie on no Grid.
  const rows = given.filter((row) => row.every((value) => decimalsOf(Number(value)) <= 6))
  expect(rows.length).toBeGreaterThan(0.9 * given.length)
  const columns = model.columns.map(({ name }, i): Column => {
    const values = rows.flatMap((row) => (row[i] === null ? [] : [Number(row[i])]))
    const step = Number(`1e-${values.reduce((most, value) => Math.max(most, decimalsOf(value)), 0)}`)
    const [minimum, maximum] = [Math.min(...values), Math.max(...values)]
    const size = Math.round((maximum - minimum) / step) + 1
    return { kind: 'number', name: name ?? `x${i}`, grid: { minimum, step, size }, missing: 'below' }
  })
  const document = { title: null, description: null, unit: null, otherUnits: [], categories: new Map(), example: null }
  return {
    source: {
      file: 'rows',
      sha256: '',
      title: null,
      description: null,
      references: [],
      missingCells: 0,
      missingValues: [''],
    },
    columns: columns.map((column) => ({ column, document })),
    rows,
    lines: [],
    schema: null,
    raw: null,
  }
}

const choicesFor = (model: ForeignModel, more: Partial<ImportChoices> = {}): ImportChoices => {
  const known = answersOf(model)
  const answers = known === null ? null : (known.names ?? Array.from({ length: known.count }, (_, i) => `answer ${i}`))
  return { cuts: 'used', scoreStep: 2 ** -20, answers, acceptChanges: false, isCompared: false, seed: 1, ...more }
}

/** Scores in integers along the library's own paths. */
function ownScores(model: ForeignModel, row: ForeignRow, unit: number): number[] {
  if (model.body.kind !== 'trees') throw new TypeError('no trees')
  const amounts = amountsOf(model.body, unit)
  const sums = [...amounts.base]
  const inputs = model.inputs.map(({ column }) => Number(row[column] ?? Number.NaN))
  for (const tree of model.body.trees) {
    foreignLeaf(tree, inputs).forEach((value, i) => {
      sums[tree.output ?? i] = at(sums, tree.output ?? i) + amounts.leaf(tree, value)
    })
  }
  return sums
}

const references = [
  'diabetes-poisson',
  'diabetes-squarederror',
  'heart-base-score',
  'heart-categorical',
  'heart-dart',
  'heart-early-stopping',
  'heart-forest',
  'heart-hist-bin16',
  'heart-logistic',
  'heart-logitraw',
  'heart303-missing',
  'iris-softmax',
  'iris-softprob',
]

describe.each(references)('%s', (name) => {
  const model = readModel(`reference/${name}.xgboost.json`)
  const sample = sampleOf(model, rowsOf[datasetOf(name)])
  const { rows } = sample
  /** In the steps that are searched for, once for all tests. */
  let found: ReturnType<typeof toTrees> | null = null
  const searched = () => {
    found ??= toTrees(name, model, sample, choicesFor(model, { scoreStep: null }))
    return found
  }
  /** Rows in which some values have been made missing. */
  const gaps = rows.slice(0, 40).map((row) => row.map((value) => (randomInt(4) === 0 ? null : value)))

  test('on its Grids every row ends where the library has it end, with missing values too', () => {
    const unit = 2 ** 20
    const { model: trees } = toTrees(name, model, sample, choicesFor(model))
    for (const row of [...rows, ...gaps]) {
      expect(treesScores(trees, cellsOfRow(trees, model, row))).toEqual(ownScores(model, row, unit))
    }
  })

  test('in the steps that are searched for, scores are within the bound, and no answer changes', () => {
    const { model: trees, unit, bound, quantised, predictions } = searched()
    expect(quantised?.changed).toBe(0)
    rows.forEach((row, i) => {
      treesScores(trees, cellsOfRow(trees, model, row)).forEach((score, output) => {
        const own = at(at(predictions, i).scores, output)
        // The library adds up in 32 bits.
        expect(Math.abs(score / unit - own)).toBeLessThanOrEqual(bound + 1e-4 * Math.max(1, Math.abs(own)))
      })
      const opened = predictTrees(trees, cellsOfRow(trees, model, row))
      const { answer } = at(predictions, i)
      if (opened.kind === 'class') expect(opened.answer).toBe(at(trees.answers ?? [], answer ?? -1))
    })
  })

  test('23: encrypted a row is opened to what the integers give in the clear', async () => {
    const { model: trees } = searched()
    const row = at(rows, randomInt(rows.length))
    const { contract, server } = lowerSums(trees, { guard: false }, { name: 'test' })
    const client = defineSumsClient<object, string>(contract)
    const record = Object.fromEntries(trees.columns.map((column, i) => [column.name, row[i] ?? null]))
    const sealed = await client.seal(record, await client.generateKey())
    const opened = await sealed.open(await defineSumsServer(contract, server).evaluate(sealed.request))
    expect(opened).toEqual(predictTrees(trees, cellsOfRow(trees, model, row)))
  })
})

describe('public cuts', () => {
  const model = readModel('reference/heart-logistic.xgboost.json')
  const sample = sampleOf(model, rowsOf.heart)
  const cutsOf = (trees: Trees) => trees.cuts.reduce((sum, { length }) => sum + length, 0)
  const make = (cuts: string, acceptChanges = false) =>
    toTrees('model.json', model, sample, choicesFor(model, { cuts, acceptChanges }))

  test('used: those alone at which a test changes, and one that parts missing values', () => {
    const { model: trees } = make('used')
    if (model.body.kind !== 'trees') throw new TypeError('no trees')
    const { used } = onGrids(model.body, sides(model, domainsOf(sample.columns)), trees.columns)
    expect(cutsOf(trees)).toBe(used.reduce((sum, { length }) => sum + length, 0) + trees.columns.length)
  })

  test('decoys: as many as are asked for, the used ones among them, and no answer changes', () => {
    const [used, among] = [make('used').model, make('used+decoys:40')]
    expect(among.cuts.changed).toBe(0)
    for (const [i, cuts] of used.cuts.entries()) {
      expect(at(among.model.cuts, i)).toEqual(expect.arrayContaining([...cuts]))
    }
    expect(cutsOf(among.model)).toBeGreaterThan(cutsOf(used))
  })

  test('even: a function of the Grid alone, and the changed answers are counted', () => {
    const { model: trees, cuts } = make('even:4', true)
    expect(cuts.changed).toBeGreaterThan(3)
    for (const [i, { grid }] of trees.columns
      .flatMap((column) => (column.kind === 'number' ? [column] : []))
      .entries()) {
      expect(at(trees.cuts, i)).toHaveLength(Math.min(4, grid.size - 1) + 1)
    }
  })

  test('that change over one answer in a hundred have to be accepted', () => {
    expect(errorOf(() => make('even:4')).code).toBe('cuts-change-answers')
  })

  test.each(['', 'even', 'even:0', 'used:3', 'odd:4', 'even:9999'])('%j is none', (cuts) => {
    expect(errorOf(() => make(cuts)).code).toBe('bad-option')
  })

  test('without a word one error lists what is missing, and what each way would publish and change', () => {
    const { message } = errorOf(() =>
      toTrees('model.json', model, sample, choicesFor(model, { cuts: null, answers: null })),
    )
    for (const part of ['--answers', '--cuts even:32', 'answers changed', '--cuts used:', '--expect'])
      expect(message).toContain(part)
  })
})

test('the library’s float scores are the measure: a leaf that is changed by one step is seen', () => {
  const model = readModel('reference/heart-logistic.xgboost.json')
  const sample = sampleOf(model, rowsOf.heart)
  const { model: trees, unit } = toTrees('model.json', model, sample, choicesFor(model))
  const row = at(rowsOf.heart, 0)
  const wrong = { ...trees, base: [at(trees.base, 0) + 2 ** 10] }
  const own = at(predictForeign(model, row).scores, 0)
  const off = (some: Trees) => Math.abs(at(treesScores(some, cellsOfRow(some, model, row)), 0) / unit - own)
  expect(off(wrong)).toBeGreaterThan(10 * off(trees))
})
