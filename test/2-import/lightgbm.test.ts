import { describe, expect, test } from 'vitest'
import type { ForeignRow } from '../../compiler/2-import/foreign.ts'
import { predictForeign } from '../../compiler/2-import/predict.ts'
import { readForeign } from '../../compiler/2-import/read.ts'
import {
  bytesOf,
  cells,
  errorOf,
  expectNear,
  jsonOf,
  libsvmRows,
  readModel,
  rowsOf,
  scores,
  textOf,
  values,
} from './support.ts'

const numbers = (path: string) => cells(textOf(path), '\t', false).map((row) => row.map(Number))

describe('the predictions of LightGBM itself, to the last bit', () => {
  test('dart, v2: 57 probabilities', () => {
    const model = readModel('leaves/lg_dart_breast_cancer.model')
    const rows = numbers('leaves/breast_cancer_test.tsv')
    expect(values(model, rows)).toEqual(numbers('leaves/lg_dart_breast_cancer_true_predictions.txt').flat())
  })
  test('five classes, v2: 2,500 scores', () => {
    const model = readModel('leaves/lgmulticlass.model')
    const rows = numbers('leaves/multiclass_test.tsv').map((row) => row.slice(1))
    expect(scores(model, rows)).toEqual(numbers('leaves/lgmulticlass_true_raw_predictions.txt'))
    expectNear(values(model, rows), numbers('leaves/lgmulticlass_true_predictions.txt'), 1e-15)
  })
  test('categories, v2: 180 rows', () => {
    const folder = 'treelite/toy_categorical'
    const model = readModel(`${folder}/toy_categorical_model.txt`)
    const rows = libsvmRows(textOf(`${folder}/toy_categorical.test`), 2, null)
    expect(scores(model, rows)).toEqual(numbers(`${folder}/toy_categorical.test.pred`).flat())
  })
  test('named categories, v4', () => {
    const model = readModel('lightgbm-ruby/categorical.txt')
    const rows: ForeignRow[] = [
      [3.7, 1.2, 7.2, 'cat9'],
      [3.7, 1.2, 7.2, null],
      [3.7, 1.2, 7.2, 'never seen'],
    ]
    expect(values(model, rows)).toEqual([0.996415541144579, 0.996415541144579, 0.996415541144579])
    expectNear(values(model, [[7.5, 0.5, 7.9, 'cat0']]), [1.0809369939979934], 1e-15)
    expect(model.columns).toEqual([
      { kind: 'number', name: 'x0', range: { least: 0, greatest: 9.9 } },
      { kind: 'number', name: 'x1', range: { least: 0, greatest: 9.8 } },
      { kind: 'number', name: 'x2', range: { least: 0, greatest: 9.9 } },
      { kind: 'level', name: 'x3', levels: Array.from({ length: 10 }, (_, i) => `cat${i}`) },
    ])
  })
  test('a forest of v2, whose leaves are probabilities here: only when that is known', () => {
    const file = 'leaves/lg_rf_iris.model'
    const error = errorOf(() => readModel(file))
    expect([error.code, error.message]).toEqual(['ambiguous-average', expect.stringMatching(/--expect/)])
    const rows = libsvmRows(textOf('leaves/iris_test.libsvm'), 4, 0)
    const wanted = numbers('leaves/lg_rf_iris_true_predictions.txt').flat()
    expect(values(readModel(file, { averagedLeaves: 'probability' }), rows)).toEqual(wanted)
    const raw = values(readModel(file, { averagedLeaves: 'raw' }), rows).map(Number)
    expect(Math.max(...raw.map((value, i) => Math.abs(value - Number(wanted[i]))))).toBeGreaterThan(0.4)
  })
})

test.each([
  ['boston_housing', 13, 100, 1],
  ['multiclass', 13, 120, 3],
  ['mixed_categorical', 5, 1, 1],
  ['single_tree', 10, 1, 1],
  ['tiniest_single_tree', 3, 1, 1],
])('lleaves/%s, v3, is read', (name, columns, trees, outputs) => {
  const model = readModel(`lleaves/${name}.txt`)
  if (model.body.kind !== 'trees') throw new Error('no trees')
  expect([model.body.trees.length, model.body.base.length]).toEqual([trees, outputs])
  expect(model.columns.length).toBe(columns)
  const { scores } = predictForeign(
    model,
    model.columns.map(() => 0.5),
  )
  expect(scores.every(Number.isFinite)).toBe(true)
})

test('categories 0, 4, 6 and 8 and 9 of mixed_categorical: bits of 832 and 30', () => {
  const model = readModel('lleaves/mixed_categorical.txt')
  const sets =
    model.body.kind === 'trees' &&
    model.body.trees[0]?.nodes.flatMap((node) =>
      node.kind === 'split' && node.test.kind === 'category' ? [node.test.codes] : [],
    )
  expect(sets).toEqual([
    [6, 8, 9],
    [1, 2, 3, 4],
  ])
})

/** A small model, with lines of its own. */
const tiny = (change: Record<string, string>, header: Record<string, string> = {}) => {
  const lines = {
    ...{
      version: 'v4',
      num_class: '1',
      num_tree_per_iteration: '1',
      max_feature_idx: '0',
      objective: 'regression',
      feature_names: 'x',
      feature_infos: '[0:9]',
    },
    ...header,
  }
  const tree = {
    num_leaves: '2',
    num_cat: '0',
    split_feature: '0',
    threshold: '1',
    decision_type: '2',
    left_child: '-1',
    right_child: '-2',
    leaf_value: '10 20',
    ...change,
  }
  const written = (entries: object) =>
    Object.entries(entries).map(([key, value]) => (value === '' ? key : `${key}=${value}`))
  return new TextEncoder().encode(
    ['tree', ...written(lines), '', 'Tree=0', ...written(tree), '', 'end of trees', ''].join('\n'),
  )
}
const tinyScores = (bytes: Uint8Array, xs: (number | null)[]) =>
  scores(
    readForeign('m.txt', bytes),
    xs.map((x) => [x]),
  )

test.each<[what: string, change: Record<string, string>, wanted: number[]]>([
  // For 0, missing, 1, 2, -1 and 5e-36.
  ['missing is nothing: NaN counts as 0', { decision_type: '2', threshold: '0.5' }, [10, 10, 20, 20, 10, 10]],
  ['the same with 0 right of the threshold', { decision_type: '2', threshold: '-0.5' }, [20, 20, 20, 20, 10, 20]],
  ['missing is zero and goes left', { decision_type: '6', threshold: '-0.5' }, [10, 10, 20, 20, 10, 10]],
  ['missing is zero and goes right', { decision_type: '4', threshold: '0.5' }, [20, 20, 20, 20, 10, 20]],
  ['missing is NaN and goes left', { decision_type: '10', threshold: '-0.5' }, [20, 10, 20, 20, 10, 20]],
  ['missing is NaN and goes right', { decision_type: '8', threshold: '0.5' }, [10, 20, 20, 20, 10, 10]],
  [
    'category 0 and 2',
    { decision_type: '1', threshold: '0', num_cat: '1', cat_boundaries: '0 1', cat_threshold: '5' },
    [10, 20, 20, 10, 20, 10],
  ],
])('%s', (_, change, wanted) => {
  expect(tinyScores(tiny(change), [0, null, 1, 2, -1, 5e-36])).toEqual(wanted)
})

test.each<[what: string, bytes: Uint8Array, code: string, words: RegExp]>([
  ['linear leaves', tiny({ is_linear: '1' }), 'unsupported-model', /linear_tree=false/],
  ['an objective of the future', tiny({}, { objective: 'mine' }), 'unknown-objective', /--link/],
  ['a version of the future', tiny({}, { version: 'v5' }), 'malformed-model', /^m\.txt:2: "v5"/],
  [
    'a threshold that is none',
    tiny({ threshold: '1x' }),
    'malformed-model',
    /^m\.txt:14: "1x" stands where a number of threshold/,
  ],
  [
    'a file that was cut between its trees',
    tiny({}, { tree_sizes: '300 310' }),
    'malformed-model',
    /the 2 of tree_sizes/,
  ],
  ['too few leaves', tiny({ leaf_value: '10' }), 'malformed-model', /2 numbers/],
  ['a cycle', tiny({ left_child: '0' }), 'not-a-tree', /child of two/],
  ['a column that is not there', tiny({ split_feature: '1' }), 'malformed-model', /from 0 to 0/],
  ['a set that is not there', tiny({ decision_type: '1', threshold: '3' }), 'not-a-tree', /categories 3, of 0/],
  ['a steepness of 0', tiny({}, { objective: 'binary sigmoid:0' }), 'malformed-model', /positive sigmoid/],
])('%s is refused', (_, bytes, code, words) => {
  const error = errorOf(() => readForeign('m.txt', bytes))
  expect(error.code).toBe(code)
  expect(error.message).toMatch(words)
})

test('lines may end as on Windows', () => {
  const text = textOf('lleaves/tiniest_single_tree.txt').replaceAll('\n', '\r\n')
  expect(readForeign('m.txt', new TextEncoder().encode(text))).toEqual(readModel('lleaves/tiniest_single_tree.txt'))
  expect(bytesOf('leaves/model_simple.txt').length).toBeGreaterThan(0)
})

describe.each([
  'zero-as-missing',
  'no-missing',
  'sigmoid',
  'forest',
  'categories',
  'one-against-all',
  'dart-multiclass',
  'poisson',
  'square-root',
])('LightGBM 4.7: %s', (name) => {
  const model = readModel(`lightgbm-4.7/${name}.txt`)
  const { expected, edgeRows, edgeExpected } = jsonOf(`lightgbm-4.7/${name}.expected.json`)
  const rows = model.columns.length === 4 ? rowsOf.iris : rowsOf.heart303
  test.each([
    ['rows of the data', rows, expected],
    ['rows on thresholds, at zero and missing', edgeRows, edgeExpected],
  ])('%s: the same scores to the last bit, the same predictions', (_, rows, wanted) => {
    // The raw scores of a forest are sums with LightGBM; it takes the mean before the link.
    const raw = name === 'forest' ? wanted.raw.map((sum: number) => sum / 12) : wanted.raw
    expect(scores(model, rows)).toEqual(raw)
    expectNear(values(model, rows), wanted.prediction, 1e-15)
  })
})
