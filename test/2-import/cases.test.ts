import { expect, test } from 'vitest'
import type { ForeignRow, ForeignValue } from '../../compiler/2-import/foreign.ts'
import { matchColumns } from '../../compiler/2-import/match-columns.ts'
import type { ReaderOptions } from '../../compiler/2-import/options.ts'
import { predictForeign } from '../../compiler/2-import/predict.ts'
import { readForeign } from '../../compiler/2-import/read.ts'
import { asExported } from './exported.ts'
import { onnxModel } from './onnx-writer.ts'
import { errorOf, jsonOf, readModel, rowsOf, values } from './support.ts'

/**
 * Faults that users of other converters met, by number. Case 23, that the compiled model gives in the clear and encrypted
 * the same, stands in `to-model.test.ts`.
 */
type Json = ReturnType<typeof jsonOf>
const read = (document: Json, options: Partial<ReaderOptions> = {}) =>
  readForeign(
    'm',
    new TextEncoder().encode(typeof document === 'string' ? document : JSON.stringify(document)),
    options,
  )
const score = (model: ReturnType<typeof read>, ...row: ForeignValue[]) => predictForeign(model, row).scores[0]

/** XGBoost: trees of one column that give 1 on the left and 2 on the right, or of one leaf. */
const stump = (threshold: number) => ({
  left_children: [1, -1, -1],
  right_children: [2, -1, -1],
  split_conditions: [threshold, 1, 2],
  split_indices: [0, 0, 0],
  default_left: [0, 0, 0],
})
const leaf = (value: number) => ({
  left_children: [-1],
  right_children: [-1],
  split_conditions: [value],
  split_indices: [0],
  default_left: [0],
})
const xgboost = (
  trees: object[],
  base = '0E0',
  objective = 'reg:squarederror',
  booster: object = {},
  model: object = {},
  classes = 0,
) => ({
  version: [3, 1, 0],
  learner: {
    feature_names: ['x'],
    feature_types: ['float'],
    attributes: {},
    learner_model_param: { base_score: base, num_class: String(classes), num_feature: '1' },
    objective: { name: objective },
    gradient_booster: {
      name: 'gbtree',
      model: { gbtree_model_param: { num_parallel_tree: '1' }, tree_info: trees.map(() => 0), trees, ...model },
      ...booster,
    },
  },
})

/** LightGBM: trees as lists of lines. */
const withoutCategories = (lines: string[]) => (lines.some((line) => line.startsWith('num_cat=')) ? [] : ['num_cat=0'])
const lightgbm = (trees: string[][], header: string[] = []) =>
  [
    'tree',
    'version=v4',
    'num_class=1',
    'num_tree_per_iteration=1',
    'max_feature_idx=0',
    'feature_names=x',
    ...header,
    '',
    ...trees.flatMap((lines, i) => [`Tree=${i}`, ...withoutCategories(lines), ...lines, '']),
    'end of trees',
  ].join('\n')
const split = (threshold: string | number, decision = 0) => [
  'num_leaves=2',
  'split_feature=0',
  `threshold=${threshold}`,
  `decision_type=${decision}`,
  'left_child=-1',
  'right_child=-2',
  'leaf_value=1 2',
]

/** scikit-learn: a forest of trees of one column, of two answers. */
const forest = (values: number[][][], threshold: number, made_with = 'scikit-learn 1.2.1', more: object = {}) => ({
  format: 'emp-compile scikit-learn 1',
  made_with,
  estimator: 'RandomForestClassifier',
  features: ['x'],
  columns: 1,
  classes: ['a', 'b'],
  missing: false,
  link: 'identity',
  trees: values.map((value) => ({
    feature: [0, -2, -2],
    threshold: [threshold, -2, -2],
    left: [1, -1, -1],
    right: [2, -1, -1],
    value,
  })),
  ...more,
})
const left = (model: ReturnType<typeof read>, x: number) => predictForeign(model, [x]).answer === 0
const pure = [
  [
    [1, 1],
    [1, 0],
    [0, 1],
  ],
]

/** ONNX: `x <= threshold` gives 1, else 2. */
const onnx = (threshold: number) =>
  readForeign(
    'm',
    onnxModel(
      [
        {
          operator: 'TreeEnsembleRegressor',
          inputs: ['X'],
          outputs: ['y'],
          attributes: {
            nodes_treeids: { ints: [0, 0, 0] },
            nodes_nodeids: { ints: [0, 1, 2] },
            nodes_featureids: { ints: [0, 0, 0] },
            nodes_values: { floats: [threshold, 0, 0] },
            nodes_modes: { strings: ['BRANCH_LEQ', 'LEAF', 'LEAF'] },
            nodes_truenodeids: { ints: [1, 0, 0] },
            nodes_falsenodeids: { ints: [2, 0, 0] },
            target_treeids: { ints: [0, 0] },
            target_nodeids: { ints: [1, 2] },
            target_ids: { ints: [0, 0] },
            target_weights: { floats: [1, 2] },
          },
        },
      ],
      [{ name: 'X', element: 1, columns: 1 }],
      [{ name: 'y', element: 1, columns: null }],
    ),
  )

test('1: XGBoost, threshold 0.671000004 and value 0.671 are one float32, so it goes right', () => {
  expect(score(read(xgboost([stump(0.671000004)])), 0.671)).toBe(2)
})
test('2: LightGBM, threshold 0.14575000000000002 and value 0.14575: left, in double', () => {
  expect(score(read(lightgbm([split('0.14575000000000002')])), 0.14575)).toBe(1)
  expect(score(read(lightgbm([split('0.14575')])), 0.14575000000000002)).toBe(2)
})
test('3: a value equal to the threshold: right with XGBoost, left with LightGBM, scikit-learn and ONNX', () => {
  expect([
    score(read(xgboost([stump(1.5)])), 1.5),
    score(read(lightgbm([split(1.5)])), 1.5),
    score(onnx(1.5), 1.5),
  ]).toEqual([2, 1, 1])
  expect(left(read(forest(pure, 1.5)), 1.5)).toBe(true)
})
test('4: scikit-learn, threshold 1.89999998 and value 1.9: left, as the value is a float32 first', () => {
  expect(left(read(forest(pure, 1.899999976158142)), 1.9)).toBe(true)
  expect(left(read(forest(pure, 1.8999999)), 1.9)).toBe(false)
})
test('5: base scores in brackets, one or one per class, with spaces, and never a default', () => {
  const base = (text: string, classes = 0) => {
    const { body } = read(xgboost([], text, classes ? 'multi:softprob' : undefined, {}, {}, classes))
    return body.kind === 'trees' ? body.base : []
  }
  const f = Math.fround
  expect([base('[2.0719469E0]'), base('5E-1'), base(' ( 0.25 ) ')]).toEqual([[f(2.0719469)], [0.5], [0.25]])
  expect([base('[1E0, 2.5E0,3E0]', 3), base('[7E-1]', 3)]).toEqual([
    [1, 2.5, 3],
    [f(0.7), f(0.7), f(0.7)],
  ])
  for (const text of ['', '[]', 'x', '[1E0', '0x10', '1E0 2E0'])
    expect(errorOf(() => base(text)).message).toMatch(/base_score/)
})
test('6: a base of 3000 for counts adds ln 3000, 0.2 for logistic adds logit 0.2', () => {
  expect(score(read(xgboost([leaf(0)], '3E3', 'count:poisson')), 0)).toBe(Math.fround(Math.log(3000)))
  expect(score(read(xgboost([leaf(0)], '2E-1', 'binary:logistic')), 0)).toBeCloseTo(Math.log(0.25), 6)
})
test('7: a leaf of dart counts times weight_drop, in all three places where files keep it', () => {
  const trees = [leaf(1), leaf(10)]
  const weight_drop = [0.5, 0.25]
  const inner = xgboost(trees).learner.gradient_booster
  const { model } = inner
  const all = [
    { name: 'dart', gbtree: { name: 'gbtree', model }, weight_drop },
    { name: 'gbtree', model, weight_drop },
    { name: 'gbtree', model: { ...model, weight_drop } },
  ]
  for (const booster of all) {
    const whole = xgboost(trees)
    expect(score(read({ ...whole, learner: { ...whole.learner, gradient_booster: booster } }), 0)).toBe(3)
  }
})
test('8: after early stopping the rounds up to the best are taken, and it is said; all only when asked for', () => {
  const file = 'reference/heart-early-stopping.xgboost.json'
  const row = rowsOf.heart[0] as ForeignRow
  const [best, all, seven] = [readModel(file), readModel(file, { rounds: 'all' }), readModel(file, { rounds: 7 })]
  expect(predictForeign(best, row)).toEqual(predictForeign(seven, row))
  expect(predictForeign(best, row).scores).not.toEqual(predictForeign(all, row).scores)
  expect(best.source.rounds).toEqual({ taken: 7, all: 12, best: 6 })
})
test('9: LightGBM, missing as nothing, as zero and as NaN in one model', () => {
  // Each tree: threshold -1; missing goes left. As nothing: NaN is 0 and goes right.
  const model = read(lightgbm([split(-1, 2), split(-1, 6), split(-1, 10)]))
  const own = (x: number | null) => score(model, x)
  expect([own(null), own(0), own(5), own(-2)]).toEqual([2 + 1 + 1, 2 + 1 + 2, 6, 3])
})
test('10: LightGBM, a category that is missing, negative or never seen goes right, even if 0 goes left', () => {
  const model = read(lightgbm([[...split(0, 1), 'num_cat=1', 'cat_boundaries=0 1', 'cat_threshold=1']]))
  expect([0, null, -1, 99, 1].map((x) => score(model, x))).toEqual([1, 2, 2, 2, 2])
})
test('11: the sets of categories of a LightGBM dump are not taken for numbers: dumps are refused', () => {
  const dump = {
    name: 'tree',
    max_feature_idx: 0,
    tree_info: [{ tree_structure: { threshold: '0||3||6', decision_type: '==' } }],
  }
  expect(errorOf(() => read(dump)).message).toMatch(/save_model\("model\.txt"\)/)
})
test('12: trees of one leaf load, and count', () => {
  expect(score(read(xgboost([leaf(3), stump(0), leaf(0.5)], '1E0')), -1)).toBe(5.5)
  expect(
    score(
      read(
        lightgbm([
          ['num_leaves=1', 'leaf_value=3'],
          split(0),
          ['num_leaves=1', 'split_feature=', 'threshold=', 'leaf_value=0.5'],
        ]),
      ),
      -1,
    ),
  ).toBe(4.5)
})
test('13: a LightGBM forest takes the mean, then the link', () => {
  const model = read(lightgbm([split(0), split(5)], ['objective=binary sigmoid:1', 'average_output']))
  expect(values(model, [[3]])).toEqual([1 / (1 + Math.exp(-1.5))])
})
test('14: LightGBM, sigmoid:0.5 is not 1', () => {
  const model = read(lightgbm([split(0)], ['objective=binary sigmoid:0.5']))
  expect(values(model, [[3]])).toEqual([1 / (1 + Math.exp(-1))])
})
test.each([
  'DecisionTreeClassifier-missing',
  'RandomForestClassifier-missing',
  'HistGradientBoostingClassifier-categories',
])('15: scikit-learn 1.9, %s: missing values take the direction of each node', (name) => {
  const { probability, answer } = jsonOf(`sklearn-1.9/${name}.expected.json`)
  const model = readModel(`sklearn-1.9/${name}.json`)
  const given = rowsOf.heart303.map((row) => predictForeign(model, row))
  expect(given.map(({ answer }) => String(answer))).toEqual(answer)
  if (model.link.kind === 'share') expect(given.map(({ values }) => values)).toEqual(probability)
  const missing =
    model.body.kind === 'trees'
      ? model.body.trees.flatMap(({ nodes }) =>
          nodes.flatMap((node) => (node.kind === 'split' ? [node.test.missing] : [])),
        )
      : []
  expect(new Set(missing)).toEqual(new Set(['yes', 'no']))
})
test('16: scikit-learn, boosting begins with the log-odds that the file has', () => {
  const reference = jsonOf('reference/heart.GradientBoostingClassifier.json')
  const model = read(asExported(reference))
  expect(model.body.kind === 'trees' && model.body.base).toEqual([expect.closeTo(Math.log(137 / 160), 15)])
})
test('17: leaves of counts (up to 1.3) and of shares (from 1.4 on) are the same forest', () => {
  const counts = [
    [
      [3, 1],
      [3, 1],
      [1, 7],
    ],
  ]
  const shares = [
    [
      [0.75, 0.25],
      [0.75, 0.25],
      [0.125, 0.875],
    ],
  ]
  const rows = [[0], [9]]
  const [older, newer] = [read(forest(counts, 1)), read(forest(shares, 1, 'scikit-learn 1.4.0'))]
  expect(values(older, rows)).toEqual(values(newer, rows))
  expect(values(older, rows)).toEqual([
    [0.75, 0.25],
    [0.125, 0.875],
  ])
})
test('18: columns in another order are matched by name; without names they are never taken by their place', () => {
  const model = readModel('reference/iris-softprob.xgboost.json')
  const names = ['petal width', 'species', 'sepal length', 'petal length', 'sepal width']
  expect(matchColumns(model, names, null)).toEqual([2, 4, 3, 0])
  expect(errorOf(() => matchColumns(model, names.slice(1), null)).message).toMatch(/"petal width" cannot be matched/)
  const nameless = { columns: [{ kind: 'number', name: null, range: null }] } as const
  expect(errorOf(() => matchColumns(nameless, names, null)).code).toBe('unnamed-columns')
  expect(matchColumns(nameless, names, ['sepal width'])).toEqual([4])
  expect(errorOf(() => matchColumns(nameless, names, ['a', 'b'])).code).toBe('unmatched-columns')
  expect(() => predictForeign(model, [1, 2, 3])).toThrow(/3 values, the model takes 4/)
})
test('19: names other than f0, f1 survive', () => {
  expect(readModel('reference/iris-softprob.xgboost.json').columns.map(({ name }) => name)).toEqual([
    'sepal length',
    'sepal width',
    'petal length',
    'petal width',
  ])
})
test('20: trees belong to the class that tree_info says, and in LightGBM to i mod K', () => {
  const order = [0, 0, 0, 1, 1, 1]
  const trees = order.map((_, i) => leaf(2 ** i))
  const model = read(
    xgboost(
      trees,
      '0E0',
      'multi:softprob',
      {},
      { tree_info: order, gbtree_model_param: { num_parallel_tree: '3' } },
      2,
    ),
  )
  expect(predictForeign(model, [0]).scores).toEqual([7, 56])
  const text = lightgbm(
    [1, 2, 4, 8].map((value) => ['num_leaves=1', `leaf_value=${value}`]),
    ['objective=multiclass num_class:2'],
  )
  expect(
    predictForeign(read(text.replace('num_tree_per_iteration=1', 'num_tree_per_iteration=2')), [0]).scores,
  ).toEqual([5, 10])
})
test('21: a forest of 100 with both classes at exactly a half gives the first, as the library does', () => {
  const trees = Array.from({ length: 100 }, (_, i) =>
    i % 2 === 0
      ? [
          [1, 0],
          [1, 0],
          [1, 0],
        ]
      : [
          [0, 1],
          [0, 1],
          [0, 1],
        ],
  )
  const prediction = predictForeign(read(forest(trees, 0)), [1])
  expect(prediction).toMatchObject({ values: [0.5, 0.5], answer: 0 })
})
test('22: CatBoost, columns that no tree uses stay columns, and NaN as the largest goes right', () => {
  const float_features = ['AsIs', 'AsTrue'].map((nan_value_treatment, i) => ({
    flat_feature_index: i,
    nan_value_treatment,
  }))
  const tree = { splits: [{ float_feature_index: 1, border: 1, split_type: 'FloatFeature' }], leaf_values: [1, 2] }
  const model = read({ features_info: { float_features }, model_info: {}, oblivious_trees: [tree] })
  expect(model.columns).toHaveLength(2)
  expect([score(model, 0, null), score(model, 0, 0)]).toEqual([2, 1])
})
test('24: numbers 1e-35 apart from 0 are not merged with it, but where LightGBM itself does', () => {
  expect([score(read(xgboost([stump(0)])), -1e-35), score(read(xgboost([stump(0)])), 0)]).toEqual([1, 2])
  expect(left(read(forest(pure, 0)), 1e-35)).toBe(false)
  expect([score(read(lightgbm([split(0)])), 1e-35), score(read(lightgbm([split(0, 6)])), 1e-35)]).toEqual([2, 1])
})
