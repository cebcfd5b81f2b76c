import { expect, test } from 'vitest'
import { predictForeign } from '../../compiler/2-import/predict.ts'
import { readForeign } from '../../compiler/2-import/read.ts'
import { CompileError } from '../../compiler/errors.ts'
import { announcedRandom } from '../support/seed.ts'
import { asExported } from './exported.ts'
import { type Attribute, onnxModel } from './onnx-writer.ts'
import { bytesOf, errorOf, jsonOf } from './support.ts'

type Random = () => number
const below = (random: Random, count: number) => Math.floor(random() * count)
const pick = <T>(random: Random, list: readonly T[]) => list[below(random, list.length)] as T
const utf8 = (text: string) => new TextEncoder().encode(text)

/** Words that are right in some place and wrong in most. */
const words = [
  '-1',
  '0',
  '1e999',
  '99999999999',
  'NaN',
  'null',
  '"x"',
  '[]',
  '{}',
  '4294967295',
  '',
  '-',
  '0.5',
  '"__proto__"',
  '[[[[',
  ']',
  ',',
]

/** A damaged copy of a file: bits, pieces, words and numbers of it are changed. */
function mutated(random: Random, bytes: Uint8Array): Uint8Array {
  const [start, length] = [below(random, bytes.length), 1 + below(random, 40)]
  const [before, piece, behind] = [
    bytes.subarray(0, start),
    bytes.subarray(start, start + length),
    bytes.subarray(start + length),
  ]
  const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts))
  switch (below(random, 7)) {
    case 0:
      return Uint8Array.from(bytes, (byte, i) => (i === start ? byte ^ (1 << below(random, 8)) : byte))
    case 1:
      return joined(before, behind)
    case 2:
      return joined(before, piece, piece, behind)
    case 3:
      return bytes.slice(0, start)
    case 4:
      return joined(before, utf8(pick(random, words)), behind)
    case 5: {
      const from = below(random, bytes.length)
      return joined(before, bytes.subarray(from, from + length), behind)
    }
    default:
      return replacedNumber(random, bytes)
  }
}

/** One number of a text, or some bytes of other files, replaced. */
function replacedNumber(random: Random, bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1')
  const numbers = [...text.matchAll(/-?\d+(\.\d+)?/g)]
  const { index, 0: found } = pick(random, numbers)
  const changed = text.slice(0, index) + pick(random, words) + text.slice(index + found.length)
  return new Uint8Array(Buffer.from(changed, 'latin1'))
}

const files: [format: string, bytes: Uint8Array][] = [
  ['XGBoost, JSON', bytesOf('reference/heart-base-score.xgboost.json')],
  ['XGBoost, categories', bytesOf('treelite/xgb_toy_categorical/xgb_toy_categorical_model.json')],
  ['XGBoost, UBJSON', bytesOf('reference/iris-softprob.xgboost.ubj')],
  ['LightGBM', bytesOf('lleaves/mixed_categorical.txt')],
  ['LightGBM, forest', bytesOf('lightgbm-4.7/forest.txt')],
  ['scikit-learn', utf8(JSON.stringify(asExported(jsonOf('reference/iris.RandomForestClassifier.json'))))],
  ['scikit-learn, network', utf8(JSON.stringify(asExported(jsonOf('reference/iris.MLPClassifier.json'))))],
  ['ONNX', bytesOf('sklearn-onnx/treecl2.onnx')],
  ['ONNX, scaled', bytesOf('onnxruntime-ruby/lightgbm.onnx')],
  ['ONNX, network', bytesOf('onnx-network/heart.onnx')],
  ['CatBoost', bytesOf('catboost-cxx/and-model.json')],
]

test.each(files)('%s: 100 damaged files are read, or refused by an error that names the file', (format, bytes) => {
  const random = announcedRandom(`damaged ${format}`)
  let refused = 0
  for (let i = 0; i < 100; i++) {
    const damaged = mutated(random, bytes)
    try {
      const model = readForeign('some/file', damaged)
      predictForeign(
        model,
        model.columns.map((column) => (column.kind === 'level' ? (column.levels[0] ?? null) : 1)),
      )
    } catch (error) {
      if (error instanceof RangeError && /missing values|does not take/.test(error.message)) continue
      if (!(error instanceof CompileError)) throw new Error(`${format}, file ${i}: ${(error as Error).stack}`)
      expect(error.message).toMatch(/^some\/file/)
      expect(error.message.length).toBeLessThan(600)
      refused++
    }
  }
  expect(refused).toBeGreaterThan(10)
})

const manyLeaves = (count: string) =>
  utf8(
    `tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nmax_feature_idx=0\nobjective=regression\nfeature_names=x\n\nTree=0\nnum_leaves=${count}\nnum_cat=0\nleaf_value=1\n`,
  )
const ints = (numbers: number[]): Attribute => ({ ints: numbers })
const ubjson = (rest: number[]) => Uint8Array.from([0x7b, 0x4c, 0, 0, 0, 0, 0, 0, 0, 1, 0x61, ...rest])

/** Files that ask for more memory than they have bytes. */
test.each<[what: string, bytes: Uint8Array, code: string]>([
  [
    'a list of 2^62 numbers in UBJSON',
    ubjson([0x5b, 0x24, 0x64, 0x23, 0x4c, 0x40, 0, 0, 0, 0, 0, 0, 0]),
    'malformed-model',
  ],
  ['a list of 2^31 texts in UBJSON', ubjson([0x5b, 0x23, 0x4c, 0, 0, 0, 0, 0x80, 0, 0, 0]), 'malformed-model'],
  [
    'a text of negative length in UBJSON',
    ubjson([0x53, 0x4c, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    'malformed-model',
  ],
  ['a tree of 10^9 leaves', manyLeaves('1000000000'), 'malformed-model'],
  ['a tree of 4 * 10^6 leaves with one value', manyLeaves('4000000'), 'malformed-model'],
  [
    'a column of number 2^53 in ONNX',
    onnxModel(
      [
        {
          operator: 'TreeEnsembleRegressor',
          inputs: ['X'],
          outputs: ['y'],
          attributes: { nodes_treeids: ints([0]), nodes_nodeids: ints([0]), nodes_featureids: ints([2 ** 53]) },
        },
      ],
      [{ name: 'X', element: 1, columns: null }],
      [],
    ),
    'malformed-model',
  ],
])('%s is refused at once', (_, bytes, code) => {
  expect(errorOf(() => readForeign('some/file', bytes)).code).toBe(code)
})

test('a chain of splits deeper than the limit is refused', () => {
  const count = 1201
  const model = jsonOf('reference/heart-base-score.xgboost.json')
  const split = Array.from({ length: count }, (_, i) => i % 2 === 0 && i < count - 1)
  const tree = model.learner.gradient_booster.model.trees[0]
  Object.assign(tree, {
    left_children: split.map((own, i) => (own ? i + 2 : -1)),
    right_children: split.map((own, i) => (own ? i + 1 : -1)),
    split_conditions: split.map(() => 1),
    split_indices: split.map(() => 0),
    default_left: split.map(() => 0),
    split_type: split.map(() => 0),
  })
  expect(errorOf(() => readForeign('m.json', utf8(JSON.stringify(model)))).code).toBe('beyond-limit')
})
