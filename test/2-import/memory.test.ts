import { expect, test } from 'vitest'
import { parseJson } from '../../compiler/2-import/json.ts'
import { readForeign } from '../../compiler/2-import/read.ts'
import { at } from '../../runtime/at.ts'
import { Builder, input, output } from './onnx-chain.ts'
import { type Attribute, onnxModel } from './onnx-writer.ts'
import { errorOf, textOf } from './support.ts'

/** Files that name the same bytes again and again: what is made of them is counted before memory is taken for it. */
const chainOf = (build: (chain: Builder) => void, columns: number) => {
  const chain = new Builder()
  build(chain)
  const { nodes, constants } = chain.end()
  return onnxModel(nodes, [input(columns)], [output()], constants)
}
const square = (chain: Builder, size: number) =>
  chain.constant(
    Array.from({ length: size * size }, () => 0.5),
    [size, size],
  )
const repeated = (size: number, times: number) =>
  chainOf((chain) => {
    const matrix = square(chain, size)
    for (let i = 0; i < times; i++) chain.put('MatMul', [matrix]).put('Relu')
    chain.put('MatMul', [
      chain.constant(
        Array.from({ length: size }, () => 1),
        [size, 1],
      ),
    ])
  }, size)

test('nodes that name one matrix share its rows', () => {
  const { body } = readForeign('m.onnx', repeated(2, 2))
  if (body.kind !== 'network') throw new TypeError('no network')
  expect(at(body.layers, 0).weights).toBe(at(body.layers, 1).weights)
})

const ints = (numbers: readonly number[]): Attribute => ({ ints: numbers })
const levels: Attribute = { strings: Array.from({ length: 3000 }, (_, i) => `l${i}`) }
const oneHot = { operator: 'OneHotEncoder', inputs: ['X'], outputs: ['y'], attributes: { cats_strings: levels } }
const roots: Record<string, Attribute> = {
  tree_roots: ints([0, 0]),
  nodes_featureids: ints([0]),
  nodes_modes: { tensor: { element: 'uint8', numbers: [0] } },
  nodes_splits: { tensor: { element: 'float', numbers: [1] } },
  nodes_truenodeids: ints([0]),
  nodes_trueleafs: ints([1]),
  nodes_falsenodeids: ints([0]),
  nodes_falseleafs: ints([1]),
  leaf_targetids: ints([0]),
  leaf_weights: { tensor: { element: 'float', numbers: [1] } },
}
const targets: Record<string, Attribute> = {
  ...{ nodes_treeids: ints([0]), nodes_nodeids: ints([0]), nodes_featureids: ints([0]), n_targets: { int: 2 ** 33 } },
  ...{ nodes_values: { floats: [0] }, nodes_modes: { strings: ['LEAF'] }, nodes_truenodeids: ints([0]) },
  nodes_falsenodeids: ints([0]),
}
const ensemble = (operator: string, attributes: Record<string, Attribute>) =>
  onnxModel([{ operator, inputs: ['X'], outputs: ['y'], attributes }], [input(1)], [output()])

test.each<[what: string, bytes: Uint8Array, code: string, words: RegExp]>([
  ['a matrix named 101 times', repeated(2, 100), 'beyond-limit', /MatMul: 101 layers/],
  ['8 million weights of one matrix', repeated(300, 89), 'beyond-limit', /MatMul: \d+ weights/],
  [
    'biases added to a wide matrix again and again',
    chainOf((chain) => {
      const [matrix, bias] = [square(chain, 300), chain.constant([1])]
      for (let i = 0; i < 88; i++) chain.put('MatMul', [matrix])
      for (let i = 0; i < 200; i++) chain.put('Add', [bias])
    }, 300),
    'beyond-limit',
    /Add: \d+ weights/,
  ],
  [
    'steps of a wide matrix',
    chainOf((chain) => {
      const one = chain.constant([1])
      for (let i = 0; i < 20; i++) chain.put('Sub', [one])
    }, 20_000),
    'beyond-limit',
    /Sub: \d+ columns and steps before the model/,
  ],
  [
    'codes of 3000 levels',
    onnxModel([oneHot], [{ name: 'X', element: 8, columns: 1 }], [output()]),
    'beyond-limit',
    /OneHotEncoder: 9000000 numbers of categories/,
  ],
  ['2^33 scores', ensemble('TreeEnsembleRegressor', targets), 'malformed-model', /number of scores/],
  ['a tree named twice', ensemble('TreeEnsemble', roots), 'not-a-tree', /node 0 belongs to two trees/],
])('%s: refused', (_, bytes, code, words) => {
  const error = errorOf(() => readForeign('m.onnx', bytes))
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(words)])
})

const toyFile = 'treelite/xgb_toy_categorical/xgb_toy_categorical_model.json'
// biome-ignore lint/suspicious/noExplicitAny: a foreign file, changed in places
const toy = (change: (learner: any) => void) => {
  const { value } = parseJson(toyFile, textOf(toyFile)) as { value: { learner: object } }
  change(value.learner)
  return errorOf(() => readForeign('m.json', new TextEncoder().encode(JSON.stringify(value))))
}

test('sets of categories that overlap, and names that do: refused', () => {
  const sets = toy(({ gradient_booster: { model } }) => {
    Object.assign(model.trees[0], { categories_segments: [0, 0, 0, 0], categories_sizes: [4, 4, 4, 4] })
  })
  expect([sets.code, sets.message]).toEqual(['malformed-model', expect.stringMatching(/categories_sizes is 16/)])
  const names = toy(({ gradient_booster: { model }, learner_model_param: { num_feature: count } }) => {
    const own = { values: [97, 98], offsets: [0, 2, 0, 2] }
    model.cats = { enc: Array.from({ length: Number(count) }, () => own) }
  })
  expect([names.code, names.message]).toEqual(['malformed-model', expect.stringMatching(/offsets is a list of 4/)])
})
