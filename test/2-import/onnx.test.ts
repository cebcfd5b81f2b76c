import { describe, expect, test } from 'vitest'
import type { ForeignModel, ForeignRow } from '../../compiler/2-import/foreign.ts'
import { predictForeign } from '../../compiler/2-import/predict.ts'
import { readForeign } from '../../compiler/2-import/read.ts'
import { announcedRandom } from '../support/seed.ts'
import { runtimeOutputs, testWithRuntime } from './onnx-runtime.ts'
import { type Attribute, type Node, onnxModel, type Port, type Tensor } from './onnx-writer.ts'
import { errorOf, expectNear, jsonOf, readModel } from './support.ts'

/** The label of a row, and a share per answer: two where a model has one score for two answers. */
function labelAndShares(model: ForeignModel, row: ForeignRow): { label: string | null; shares: readonly number[] } {
  const { answer, values } = predictForeign(model, row)
  const { outcome, link } = model
  if (outcome.kind === 'number' || answer === null) return { label: null, shares: values }
  const label = outcome.answers?.[answer] ?? null
  const [value = 0] = values
  if (outcome.kind === 'several') return { label, shares: values }
  return { label, shares: link.kind === 'identity' ? [-value, value] : [1 - value, value] }
}

describe.each([
  ['sklearn-onnx/treecl', 20, 'label_0', 'proba_0'],
  ['sklearn-onnx/treecl2', 20, 'label_2', 'proba_2'],
  ['onnxruntime-ruby/randomforest', 4, 'output_label', null],
  ['onnxruntime-ruby/lightgbm', 2, 'label', null],
])('%s', (name, columns, label, shares) => {
  const model = readModel(`${name}.onnx`, { columns })
  const { rows, expected } = jsonOf(`${name}.expected.json`)
  const given = rows.map((row: number[]) => labelAndShares(model, row))
  test('the labels of onnxruntime', () => {
    expect(model.columns).toHaveLength(columns)
    expect(given).toHaveLength(40)
    expect(given.map((own: { label: string }) => own.label)).toEqual(
      expected.map((own: Record<string, unknown[]>) => String(own[label]?.[0])),
    )
  })
  if (shares === null) return
  test('its shares within 1e-6', () => {
    expectNear(
      given.map((own: { shares: number[] }) => own.shares),
      expected.map((own: Record<string, number[]>) => own[String(shares)]),
      1e-6,
    )
  })
})

type Random = () => number
const pick = <T>(random: Random, list: readonly T[]) => list[Math.floor(random() * list.length)] as T
const float = (random: Random) => Math.fround(Math.round((random() - 0.5) * 40) / 10)

interface RandomTrees {
  readonly nodes: Record<string, Attribute>
  readonly leaves: readonly { tree: number; node: number }[]
}

/** Trees of random modes, thresholds and missing directions, as the lists of the older operators. */
function randomTrees(random: Random, trees: number, columns: number, double: boolean): RandomTrees {
  const lists = {
    tree: [] as number[],
    node: [] as number[],
    feature: [] as number[],
    value: [] as number[],
    mode: [] as string[],
    yes: [] as number[],
    no: [] as number[],
    missing: [] as number[],
  }
  const leaves: { tree: number; node: number }[] = []
  for (let tree = 0; tree < trees; tree++) {
    const mode = random() < 0.5 ? 'BRANCH_LEQ' : null
    let next = 1
    const grow = (node: number, depth: number): void => {
      const split = depth < 4 && random() < 0.8
      const [yes, no] = split ? [next, next + 1] : [0, 0]
      next += split ? 2 : 0
      lists.tree.push(tree)
      lists.node.push(node)
      lists.feature.push(split ? Math.floor(random() * columns) : 0)
      lists.value.push(split ? (double ? float(random) * 1.0000000001 : float(random)) : 0)
      lists.mode.push(
        split
          ? (mode ?? pick(random, ['BRANCH_LEQ', 'BRANCH_LT', 'BRANCH_GTE', 'BRANCH_GT', 'BRANCH_EQ', 'BRANCH_NEQ']))
          : 'LEAF',
      )
      lists.yes.push(yes)
      lists.no.push(no)
      lists.missing.push(split && random() < 0.5 ? 1 : 0)
      if (!split) leaves.push({ tree, node })
      else for (const child of [yes, no]) grow(child, depth + 1)
    }
    grow(0, 0)
  }
  const values: Record<string, Attribute> = double
    ? { nodes_values_as_tensor: { tensor: { element: 'double', numbers: lists.value } } }
    : { nodes_values: { floats: lists.value } }
  return {
    leaves,
    nodes: {
      nodes_treeids: { ints: lists.tree },
      nodes_nodeids: { ints: lists.node },
      nodes_featureids: { ints: lists.feature },
      ...values,
      nodes_modes: { strings: lists.mode },
      nodes_truenodeids: { ints: lists.yes },
      nodes_falsenodeids: { ints: lists.no },
      nodes_missing_value_tracks_true: { ints: lists.missing },
    },
  }
}

const weightList = (random: Random, count: number, positive: boolean) =>
  Array.from({ length: count }, () => (positive ? Math.abs(float(random)) / 8 : float(random) / 8))

const input = (element: Port['element'], columns: number): Port => ({ name: 'X', element, columns })
const outputs: Port[] = [
  { name: 'label', element: 7, columns: null },
  { name: 'scores', element: 1, columns: null },
]

/** Rows on and between thresholds, some of them missing. */
const randomRows = (random: Random, columns: number, missing: boolean) =>
  Array.from({ length: 40 }, () =>
    Array.from({ length: columns }, () => (missing && random() < 0.15 ? Number.NaN : float(random))),
  )

async function compare(
  bytes: Uint8Array,
  rows: readonly number[][],
  element: Port['element'] = 1,
  labels = true,
): Promise<void> {
  const model = readForeign('m.onnx', bytes, { columns: rows[0]?.length ?? null })
  const wanted = await runtimeOutputs(bytes, rows, element)
  const given = rows.map((row) => labelAndShares(model, row))
  // Of scores that are all 0 the runtime's SOFTMAX_ZERO divides 0 by 0; the shares that it is of are all 0.
  const scores = (wanted.scores ?? []).map((row) => [row].flat().map((share) => (Number.isNaN(share) ? 0 : share)))
  expectNear(
    given.map(({ shares }) => shares),
    scores,
    2e-6,
  )
  if (wanted.label !== undefined && labels) expect(given.map(({ label }) => label)).toEqual(wanted.label)
}

testWithRuntime(
  'random classifiers: of two answers with one score or two, of three, every post transform',
  async () => {
    const random = announcedRandom('ONNX classifiers')
    for (let i = 0; i < 40; i++) {
      const classes = pick(random, [2, 2, 3])
      const one = classes === 2 && random() < 0.6
      const { nodes, leaves } = randomTrees(random, 1 + Math.floor(random() * 4), 3, false)
      const entries = leaves.flatMap((leaf) =>
        one ? [{ ...leaf, id: 0 }] : Array.from({ length: classes }, (_, id) => ({ ...leaf, id })),
      )
      // Runtimes do not agree on base values of two answers with a score each.
      const base = classes === 2 && !one ? 0 : pick(random, [0, one ? 1 : classes])
      const transform = pick(random, one ? ['NONE', 'LOGISTIC'] : ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO'])
      const node: Node = {
        operator: 'TreeEnsembleClassifier',
        inputs: ['X'],
        outputs: ['label', 'scores'],
        attributes: {
          ...nodes,
          class_treeids: { ints: entries.map(({ tree }) => tree) },
          class_nodeids: { ints: entries.map(({ node }) => node) },
          class_ids: { ints: entries.map(({ id }) => id) },
          class_weights: { floats: weightList(random, entries.length, random() < 0.4) },
          classlabels_int64s: { ints: Array.from({ length: classes }, (_, id) => id) },
          ...(base === 0 ? {} : { base_values: { floats: weightList(random, base, false) } }),
          post_transform: { string: transform },
        },
      }
      // onnxruntime's label of two answers with a score each is none of the standard's.
      await compare(onnxModel([node], [input(1, 3)], outputs), randomRows(random, 3, true), 1, classes > 2 || one)
    }
  },
)

testWithRuntime('random regressors: sums and averages, float32 and double', async () => {
  const random = announcedRandom('ONNX regressors')
  for (let i = 0; i < 25; i++) {
    const double = random() < 0.4
    const targets = pick(random, [1, 1, 2])
    const { nodes, leaves } = randomTrees(random, 1 + Math.floor(random() * 4), 3, double)
    const entries = leaves.flatMap((leaf) => Array.from({ length: targets }, (_, id) => ({ ...leaf, id })))
    const weights = weightList(random, entries.length, false)
    const node: Node = {
      operator: 'TreeEnsembleRegressor',
      inputs: ['X'],
      outputs: ['scores'],
      attributes: {
        ...nodes,
        target_treeids: { ints: entries.map(({ tree }) => tree) },
        target_nodeids: { ints: entries.map(({ node }) => node) },
        target_ids: { ints: entries.map(({ id }) => id) },
        ...(double
          ? { target_weights_as_tensor: { tensor: { element: 'double', numbers: weights } satisfies Tensor } }
          : { target_weights: { floats: weights } }),
        n_targets: { int: targets },
        aggregate_function: { string: pick(random, ['SUM', 'AVERAGE']) },
        ...(random() < 0.5 || double ? {} : { base_values: { floats: weightList(random, targets, false) } }),
      },
    }
    const element = double ? 11 : 1
    await compare(onnxModel([node], [input(element, 3)], outputs.slice(1)), randomRows(random, 3, true), element)
  }
})

/** Before the trees: one split on the first column of what comes out. */
const stump = (threshold: number, column: number, name: string): Node => ({
  operator: 'TreeEnsembleRegressor',
  inputs: [name],
  outputs: ['scores'],
  attributes: {
    nodes_treeids: { ints: [0, 0, 0] },
    nodes_nodeids: { ints: [0, 1, 2] },
    nodes_featureids: { ints: [column, 0, 0] },
    nodes_values: { floats: [threshold, 0, 0] },
    nodes_modes: { strings: ['BRANCH_LEQ', 'LEAF', 'LEAF'] },
    nodes_truenodeids: { ints: [1, 0, 0] },
    nodes_falsenodeids: { ints: [2, 0, 0] },
    target_treeids: { ints: [0, 0] },
    target_nodeids: { ints: [1, 2] },
    target_ids: { ints: [0, 0] },
    target_weights: { floats: [1, 2] },
    n_targets: { int: 1 },
  },
})

const scorePort = outputs.slice(1)

testWithRuntime('Scaler, Imputer, Cast, Concat and OneHotEncoder before the trees', async () => {
  const random = announcedRandom('ONNX in front')
  const scaler: Node = {
    operator: 'Scaler',
    inputs: ['X'],
    outputs: ['s'],
    attributes: { offset: { floats: [0.1, 0.7] }, scale: { floats: [3.3, -0.3] } },
  }
  const imputer: Node = {
    operator: 'Imputer',
    inputs: ['X'],
    outputs: ['i'],
    attributes: { imputed_value_floats: { floats: [0.5, 1.5] }, replaced_value_float: { float: Number.NaN } },
  }
  const concat: Node = {
    operator: 'Concat',
    domain: '',
    inputs: ['s', 'i'],
    outputs: ['c'],
    attributes: { axis: { int: 1 } },
  }
  for (const column of [0, 1, 2, 3]) {
    for (let i = 0; i < 5; i++) {
      await compare(
        onnxModel([scaler, imputer, concat, stump(float(random), column, 'c')], [input(1, 2)], scorePort),
        randomRows(random, 2, true),
      )
    }
  }
  const cast: Node = { operator: 'Cast', domain: '', inputs: ['X'], outputs: ['f'], attributes: { to: { int: 1 } } }
  const integers = Array.from({ length: 20 }, () => [Math.floor(random() * 6), Math.floor(random() * 6)])
  await compare(onnxModel([cast, stump(2.5, 1, 'f')], [input(7, 2)], scorePort), integers, 7)
  // onnxruntime gives one-hot codes a dimension more, so this is read without it.
  const oneHot: Node = {
    operator: 'OneHotEncoder',
    inputs: ['X'],
    outputs: ['h'],
    attributes: { cats_int64s: { ints: [3, 5] }, zeros: { int: 1 } },
  }
  const model = readForeign('m.onnx', onnxModel([oneHot, stump(0.5, 1, 'h')], [input(7, 1)], scorePort))
  expect([3, 5, 4].map((x) => predictForeign(model, [x]).scores[0])).toEqual([1, 2, 1])
})

testWithRuntime('linear models: of two answers by one row or two, of three, numbers', async () => {
  const random = announcedRandom('ONNX linear')
  for (const [classes, rows, transform] of [
    [2, 1, 'LOGISTIC'],
    [2, 2, 'LOGISTIC'],
    [3, 3, 'SOFTMAX'],
    [3, 3, 'LOGISTIC'],
    [3, 3, 'NONE'],
  ] as const) {
    const node: Node = {
      operator: 'LinearClassifier',
      inputs: ['X'],
      outputs: ['label', 'raw'],
      attributes: {
        coefficients: { floats: weightList(random, rows * 3, false) },
        intercepts: { floats: weightList(random, rows, false) },
        classlabels_ints: { ints: Array.from({ length: classes }, (_, i) => i) },
        post_transform: { string: transform },
      },
    }
    const behind: Node =
      transform === 'LOGISTIC'
        ? { operator: 'Normalizer', inputs: ['raw'], outputs: ['scores'], attributes: { norm: { string: 'L1' } } }
        : { operator: 'Identity', domain: '', inputs: ['raw'], outputs: ['scores'] }
    await compare(onnxModel([node, behind], [input(1, 3)], outputs), randomRows(random, 3, false))
  }
  const regressor: Node = {
    operator: 'LinearRegressor',
    inputs: ['X'],
    outputs: ['scores'],
    attributes: { coefficients: { floats: [1.5, -2, 0.25] }, intercepts: { floats: [0.125] } },
  }
  await compare(onnxModel([regressor], [input(1, 3)], scorePort), randomRows(random, 3, false))
})

testWithRuntime('TreeEnsemble of version 5: modes by number, sets, shared leaves, a tree of one leaf', async () => {
  const attributes: Record<string, Attribute> = {
    tree_roots: { ints: [0, 3] },
    nodes_featureids: { ints: [0, 1, 1, 0] },
    nodes_modes: { tensor: { element: 'uint8', numbers: [0, 6, 3, 0] } },
    nodes_splits: { tensor: { element: 'float', numbers: [1, 0, 2, 0] } },
    nodes_truenodeids: { ints: [1, 0, 2, 3] },
    nodes_trueleafs: { ints: [0, 1, 1, 1] },
    nodes_falsenodeids: { ints: [2, 1, 0, 3] },
    nodes_falseleafs: { ints: [0, 1, 1, 1] },
    membership_values: { tensor: { element: 'float', numbers: [1, 3, Number.NaN] } },
    leaf_targetids: { ints: [0, 0, 0, 0] },
    leaf_weights: { tensor: { element: 'float', numbers: [10, 20, 30, 0.5] } },
    n_targets: { int: 1 },
  }
  const bytes = onnxModel(
    [{ operator: 'TreeEnsemble', inputs: ['X'], outputs: ['scores'], attributes }],
    [input(1, 2)],
    scorePort,
    {},
    5,
  )
  const rows = [0, 1, 1.5].flatMap((x) => [0, 1, 2, 2.5, 3, 1.5].map((y) => [x, y]))
  await compare(bytes, rows)
})

test.each<[what: string, nodes: Node[], words: RegExp]>([
  [
    'an operator that is not read',
    [{ operator: 'MatMul', domain: '', inputs: ['X', 'X'], outputs: ['m'] }, stump(1, 0, 'm')],
    /the ONNX operator MatMul/,
  ],
  ['no model at all', [{ operator: 'Identity', domain: '', inputs: ['X'], outputs: ['scores'] }], /no trees/],
  ['two models', [stump(1, 0, 'X'), stump(2, 0, 'X')], /several models/],
  ['a column too many', [stump(1, 7, 'X')], /column 7, of 2/],
  [
    'a base value that is NaN',
    [{ ...stump(1, 0, 'X'), attributes: { ...stump(1, 0, 'X').attributes, base_values: { floats: [Number.NaN] } } }],
    /base_values of TreeEnsembleRegressor is a list of 1, where a list of 1 finite/,
  ],
  [
    'a code without end',
    [
      {
        operator: 'LabelEncoder',
        inputs: ['X'],
        outputs: ['e'],
        attributes: { keys_floats: { floats: [1] }, values_floats: { floats: [Number.POSITIVE_INFINITY] } },
      },
      stump(1, 0, 'e'),
    ],
    /a value of LabelEncoder is Infinity/,
  ],
])('%s is refused by name', (_, nodes, words) => {
  const error = errorOf(() => readForeign('m.onnx', onnxModel(nodes, [input(1, 2)], scorePort)))
  expect(error.message).toMatch(words)
})
