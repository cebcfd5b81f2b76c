import { describe, expect, test } from 'vitest'
import type { ForeignRow } from '../../compiler/2-import/foreign.ts'
import { predictForeign } from '../../compiler/2-import/predict.ts'
import { readForeign } from '../../compiler/2-import/read.ts'
import { asExported } from './exported.ts'
import { datasetOf, errorOf, expectNear, jsonOf, rowsOf, scores, values } from './support.ts'

type Json = ReturnType<typeof jsonOf>

const read = (document: Json) => readForeign('m.json', new TextEncoder().encode(JSON.stringify(document)))

describe.each([
  'diabetes.GradientBoostingRegressor',
  'diabetes.HistGradientBoostingRegressor',
  'diabetes.RandomForestRegressor-depth5',
  'heart.ExtraTreesClassifier',
  'heart.GradientBoostingClassifier',
  'heart.HistGradientBoostingClassifier',
  'heart.LogisticRegression',
  'heart.MLPClassifier',
  'heart.RandomForestClassifier',
  'heart.RandomForestClassifier-depth4',
  'heart303-missing.HistGradientBoostingClassifier',
  'iris.GradientBoostingClassifier',
  'iris.HistGradientBoostingClassifier',
  'iris.LogisticRegression',
  'iris.MLPClassifier',
  'iris.RandomForestClassifier',
])('%s', (name) => {
  const reference = jsonOf(`reference/${name}.json`)
  const model = read(asExported(reference))
  const trees = model.body.kind === 'trees'
  test.each<[what: string, rows: ForeignRow[], wanted: Json]>([
    ['rows of the data', [...rowsOf[datasetOf(name)]], reference.expected],
    ...(trees
      ? [['rows on thresholds', reference.edgeRows, reference.edgeExpected] as [string, ForeignRow[], Json]]
      : []),
  ])('%s', (_, rows, wanted) => {
    expect(rows.length).toBeGreaterThan(100)
    const predictions = rows.map((row) => predictForeign(model, row))
    const { classes } = reference
    const answers = predictions.map(({ answer, values }) => (answer === null ? values[0] : classes[answer]))
    expect(answers).toEqual(wanted.answer)
    // Scores of trees are the library's own bits; matrix products add up in another order.
    if (wanted.raw !== undefined && trees) expect(scores(model, rows)).toEqual(wanted.raw)
    if (wanted.raw !== undefined) expectNear(scores(model, rows), wanted.raw, 1e-14)
    if (wanted.probability === undefined) return
    const probability = values(model, rows).map((p) => (typeof p === 'number' ? [1 - p, p] : p))
    if (trees && wanted.raw === undefined) expect(probability).toEqual(wanted.probability)
    expectNear(probability, wanted.probability, 1e-14)
  })
})

const forest = () => asExported(jsonOf('reference/heart.RandomForestClassifier-depth4.json'))

test.each<[what: string, change: (document: Json) => void, code: string, words: RegExp]>([
  [
    'a later format',
    (d) => {
      d.format = 'emp-compile scikit-learn 2'
    },
    'malformed-model',
    /emp-compile scikit-learn 1/,
  ],
  [
    'a link of its own',
    (d) => {
      d.estimator = 'HistGradientBoostingClassifier'
      d.base = [0]
      d.trees = []
      d.link = 'x'
    },
    'malformed-model',
    /link is "x"/,
  ],
  [
    'a cycle',
    (d) => {
      d.trees[7].right[0] = 0
    },
    'not-a-tree',
    /trees\[7\]: node 0 is the child of two/,
  ],
  [
    'leaves of three answers',
    (d) => {
      d.trees[0].value[4].push(1)
    },
    'malformed-model',
    /trees\[0\]\.value\[4\].* 2 values/,
  ],
  [
    'one class',
    (d) => {
      d.classes = ['a']
    },
    'malformed-model',
    /classes/,
  ],
  [
    'a step that is none',
    (d) => {
      d.inputs = [{ column: 0, steps: [['sine', 1]] }]
    },
    'malformed-model',
    /inputs\[0\]\.steps\[0\] is "sine"/,
  ],
  [
    'a column too many',
    (d) => {
      d.trees[0].feature[0] = 13
    },
    'not-a-tree',
    /column 13, of 13/,
  ],
])('%s is refused', (_, change, code, words) => {
  const document = forest()
  change(document)
  const error = errorOf(() => read(document))
  expect(error.code).toBe(code)
  expect(error.message).toMatch(words)
})

test('a forest without directions takes no missing values', () => {
  const model = read(forest())
  expect(() => predictForeign(model, new Array(13).fill(null))).toThrow(/no missing values/)
})

test('a division by 0 before the model is refused', () => {
  const model = asExported(jsonOf('reference/heart.MLPClassifier.json'))
  model.inputs[2].steps[1][1] = 0
  expect(errorOf(() => read(model)).message).toMatch(/inputs\[2\]\.steps\[1\] is "divide", where .* no division by 0/)
})
