import { describe, expect, test } from 'vitest'
import type { ForeignRow } from '../../compiler/2-import/foreign.ts'
import { predictForeign } from '../../compiler/2-import/predict.ts'
import {
  bytesOf,
  cells,
  datasetOf,
  expectNear,
  jsonOf,
  libsvmRows,
  readModel,
  rowsOf,
  scores,
  textOf,
  values,
} from './support.ts'

/** File, the file with its expected outputs, and bits of a float32. */
const references: [model: string, expected: string][] = [
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
].map((name) => [`${name}.xgboost.json`, name])
references.push(
  ['heart-logistic.xgboost.ubj', 'heart-logistic'],
  ['iris-softprob.xgboost.ubj', 'iris-softprob'],
  ['derived-heart-base-score-as-3.1.xgboost.json', 'heart-base-score'],
  ['derived-heart-dart-as-3.3.xgboost.json', 'heart-dart'],
  ['derived-heart-dart-as-3.4.xgboost.json', 'heart-dart'],
)

interface Expected {
  margin: unknown[]
  prediction: (number | number[])[]
}

describe.each(references)('%s', (file, name) => {
  const model = readModel(`reference/${file}`)
  const reference = jsonOf(`reference/${name}.expected.json`)
  const { expected, edgeRows, edgeExpected, missingRows, missingExpected } = reference
  test.each<[what: string, rows: readonly ForeignRow[], wanted: Expected]>([
    ['rows of the data', rowsOf[datasetOf(name)], expected],
    ['rows on thresholds', edgeRows, edgeExpected],
    ['rows with missing values', missingRows, missingExpected],
  ])('%s: the same margins to the last bit, the same predictions', (_, rows, wanted) => {
    expect(rows.length).toBeGreaterThan(40)
    expect(scores(model, rows)).toEqual(wanted.margin)
    const predictions = wanted.prediction
    if (name === 'iris-softmax') expect(rows.map((row) => predictForeign(model, row).answer)).toEqual(predictions)
    else expectNear(values(model, rows), predictions, 1e-6)
  })
  test('columns have their names', () => {
    expect(model.columns.map((column) => column.name)).toEqual(reference.features)
  })
})

test('agaricus: JSON of 1.4, absent entries are missing', () => {
  const model = readModel('leaves/xgagaricus.json')
  const wanted = textOf('leaves/xgagaricus_true_predictions.txt').trim().split('\n').map(Number)
  const rows = libsvmRows(textOf('leaves/agaricus_test.libsvm'), model.columns.length, null)
  expect(rows.length).toBe(wanted.length)
  expect(model.columns).toHaveLength(127)
  expectNear(values(model, rows), wanted, 1e-7)
  // The margins of these few leaves are told apart by their probabilities, all of them in float32.
  expect(new Set(wanted).size).toBe(new Set(scores(model, rows)).size)
})

test('categories of a file of 1.4.0', () => {
  const folder = 'treelite/xgb_toy_categorical'
  const model = readModel(`${folder}/xgb_toy_categorical_model.json`)
  const rows = libsvmRows(textOf(`${folder}/xgb_toy_categorical.test`), 2, null)
  const wanted = textOf(`${folder}/xgb_toy_categorical.test.pred`).trim().split('\n').map(Number)
  expect(scores(model, rows).map((score) => Math.fround(Number(score)))).toEqual(wanted.map(Math.fround))
})

test('a file of 3.1.0 has its own base score, not 0.5', () => {
  const model = readModel('xgboost-ruby/model.json')
  const rows = cells(textOf('xgboost-ruby/data.csv')).map((row) => row.slice(0, 4).map(Number))
  expect(scores(model, rows)).toEqual(jsonOf('xgboost-ruby/model.expected.json').expected.margin)
  expect(model.source.version).toBe('3.1.0')
})

test('UBJSON and JSON of one model are one model', () => {
  for (const name of ['heart-logistic', 'iris-softprob']) {
    expect(readModel(`reference/${name}.xgboost.ubj`)).toEqual(readModel(`reference/${name}.xgboost.json`))
  }
  expect(bytesOf('reference/iris-softprob.xgboost.ubj')[1]).toBe('L'.charCodeAt(0))
})

test('rounds: up to the best by default, all, or a number', () => {
  const file = 'reference/heart-early-stopping.xgboost.json'
  expect(readModel(file).source.rounds).toEqual({ taken: 7, all: 12, best: 6 })
  expect(readModel(file, { rounds: 'all' }).source.rounds).toEqual({ taken: 12, all: 12, best: 6 })
  const forest = readModel('reference/heart-forest.xgboost.json', { rounds: 1 })
  expect(forest.body.kind === 'trees' && forest.body.trees).toHaveLength(15)
  const softprob = readModel('reference/iris-softprob.xgboost.json', { rounds: 5 })
  expect(softprob.body.kind === 'trees' && softprob.body.trees).toHaveLength(15)
})
