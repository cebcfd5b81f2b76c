import { expect, test } from 'vitest'
import { readForeign } from '../../compiler/2-import/read.ts'
import { errorOf, jsonOf, readModel, scores } from './support.ts'

type Json = ReturnType<typeof jsonOf>

test.each(['and', 'or'])('%s: the scores of CatBoost, to the last bit', (name) => {
  const { x, y } = jsonOf(`catboost-cxx/${name}.json`)
  expect(x).toHaveLength(10)
  expect(scores(readModel(`catboost-cxx/${name}-model.json`), x)).toEqual(y)
})

const border = (input: number, border: number) => ({ float_feature_index: input, border, split_type: 'FloatFeature' })
const numbers = (count: number, treatment = 'AsIs') =>
  Array.from({ length: count }, (_, i) => ({
    feature_index: i,
    flat_feature_index: i,
    feature_id: `c${i}`,
    nan_value_treatment: treatment,
  }))
const document = (change: Json): Json => ({
  features_info: { float_features: numbers(2) },
  model_info: { params: { loss_function: { type: 'RMSE' } } },
  ...change,
})
const read = (value: Json) => readForeign('m.json', new TextEncoder().encode(JSON.stringify(value)))

test('scale and bias; the first split is the lowest bit; missing by treatment; unused columns', () => {
  const tree = { splits: [border(0, 1), border(1, 2)], leaf_values: [1, 2, 3, 4] }
  const rows = [
    [0, 0],
    [5, 0],
    [0, 5],
    [5, 5],
    [1, 2],
    [null, 5],
    [5, null],
  ]
  const wanted = [1, 2, 3, 4, 1]
  const scaled = (list: number[]) => list.map((x) => x * 2 + 10)
  const own = { oblivious_trees: [tree], scale_and_bias: [2, [10]] }
  expect(scores(read(document(own)), rows)).toEqual(scaled([...wanted, 3, 2]))
  expect(scores(read(document({ ...own, features_info: { float_features: numbers(2, 'AsTrue') } })), rows)).toEqual(
    scaled([...wanted, 4, 4]),
  )
  const third = document({ ...own, features_info: { float_features: numbers(3) } })
  expect(read(third).columns.map(({ name }) => name)).toEqual(['c0', 'c1', 'c2'])
})

test('trees that are not symmetric, of three classes', () => {
  const tree = {
    split: border(0, 1),
    left: { value: [1, 2, 3] },
    right: { split: border(1, 2), left: { value: [4, 5, 6] }, right: { value: [7, 8, 9] } },
  }
  const model = read(
    document({
      trees: [tree],
      scale_and_bias: [1, [0, 0, 0.5]],
      model_info: { params: { loss_function: { type: 'MultiClass' } }, class_params: { class_names: ['a', 'b', 'c'] } },
    }),
  )
  expect(
    scores(model, [
      [0, 0],
      [2, 0],
      [2, 3],
    ]),
  ).toEqual([
    [1, 2, 3.5],
    [4, 5, 6.5],
    [7, 8, 9.5],
  ])
  expect(model.outcome).toEqual({ kind: 'several', answers: ['a', 'b', 'c'], of: 'raw' })
})

test.each<[what: string, change: Json, words: RegExp]>([
  [
    'categories',
    { oblivious_trees: [{ splits: [{ split_type: 'OnlineCtr', border: 1 }], leaf_values: [1, 2] }] },
    /without cat_features/,
  ],
  [
    'too few leaves',
    { oblivious_trees: [{ splits: [border(0, 1)], leaf_values: [1] }] },
    /oblivious_trees\[0\]\.leaf_values.*2 numbers/,
  ],
  [
    'a tree too deep',
    { oblivious_trees: [{ splits: Array.from({ length: 17 }, () => border(0, 1)), leaf_values: [] }] },
    /at most 16/,
  ],
  [
    'an objective of its own',
    { oblivious_trees: [], model_info: { params: { loss_function: { type: 'Mine' } } } },
    /--link/,
  ],
])('%s is refused', (_, change, words) => {
  expect(errorOf(() => read(document(change))).message).toMatch(words)
})
