import { at } from 'emp-compile-runtime/internal/at'
import { malformedModel, unknownObjective, unsupported } from './errors.ts'
import type { ForeignColumn, ForeignLink, ForeignModel, ForeignOutcome, ForeignTest, ForeignTree } from './foreign.ts'
import { type FiledNode, gatherTree, newBudget } from './gather.ts'
import {
  elements,
  finiteAt,
  has,
  integerAt,
  member,
  numbersAt,
  optional,
  parseJson,
  type Spot,
  textAt,
} from './json.ts'
import { limits } from './limits.ts'
import type { ReaderOptions } from './options.ts'

/**
 * A model that CatBoost wrote by `save_model(format="json")`: symmetric trees and others, of numbers.
 *
 * @throws {CompileError} naming the place in the file; for categories, whose numbers CatBoost takes from tables.
 */
export function readCatboost(root: Spot, options: ReaderOptions): ForeignModel {
  const { file } = root
  const features = elements(memberOf(root, 'features_info', 'float_features'), limits.columns)
  const columnOf = features.map((feature) => integerAt(member(feature, 'flat_feature_index'), 0, limits.columns - 1))
  const missingSides = features.map(missingSide)
  const { scale, bias } = scaleAndBias(root)
  const symmetric = has(root, 'oblivious_trees')
  const all = elements(member(root, symmetric ? 'oblivious_trees' : 'trees'), limits.trees)
  const budget = newBudget()
  const { link, outcome } =
    options.link === null ? objectiveOf(root) : { link: options.link, outcome: outcomeOf(options.link, null) }
  const outputs = bias.length
  if ((outcome.kind === 'several') !== outputs > 1 && all.length > 0) {
    throw unsupported(file, `${outputs} scores for the objective`, 'Train one model per target.')
  }
  const testOf = (spot: Spot) => readTest(spot, missingSides)
  const trees = all.map(
    (tree): ForeignTree => ({
      nodes: symmetric ? symmetricTree(tree, outputs, testOf, budget) : nestedTree(tree, outputs, testOf, budget),
      output: null,
      weight: 1,
    }),
  )
  const columns = readColumns(root, features, columnOf)
  return {
    source: { format: 'CatBoost', version: null, rounds: null },
    columns,
    inputs: columnOf.map((column) => ({ kind: 'number', column, steps: [] })),
    missing: 'taken',
    body: {
      kind: 'trees',
      trees,
      precision: 'float64',
      base: bias,
      baseComes: 'last',
      scale,
      divisor: 1,
      single: false,
    },
    link,
    outcome,
  }
}

const memberOf = (root: Spot, ...keys: readonly string[]) => keys.reduce(member, root)

/** A column is asked for where it exceeds its border: "no" to `x <= border`, in float32. */
function readTest(split: Spot, missing: readonly ('yes' | 'no')[]): ForeignTest {
  const type = optional(split, 'split_type')
  if (!has(split, 'float_feature_index') || (type !== null && textAt(type) !== 'FloatFeature')) {
    throw unsupported(
      split.file,
      'splits on categories (OneHotFeature, OnlineCtr)',
      'Train without cat_features, with the categories coded as numbers.',
    )
  }
  const input = integerAt(member(split, 'float_feature_index'), 0, missing.length - 1)
  const threshold = Math.fround(finiteAt(member(split, 'border')))
  return {
    kind: 'number',
    input,
    precision: 'float32',
    comparison: '<=',
    threshold,
    missing: at(missing, input),
    zero: null,
  }
}

/** AsIs: NaN exceeds no border; AsFalse and AsTrue: as they say. */
function missingSide(feature: Spot): 'yes' | 'no' {
  const spot = optional(feature, 'nan_value_treatment')
  const name = spot === null ? 'AsIs' : textAt(spot)
  if (name === 'AsTrue') return 'no'
  if (name === 'AsIs' || name === 'AsFalse') return 'yes'
  throw malformedModel(feature.file, `${feature.path}.nan_value_treatment`, name, 'AsIs, AsFalse or AsTrue')
}

type ReadTest = (spot: Spot) => ForeignTest

/** The first split is the lowest bit of the leaf's number. The tree is written out, a level per split. */
function symmetricTree(tree: Spot, outputs: number, testOf: ReadTest, budget: ReturnType<typeof newBudget>) {
  const spot = optional(tree, 'splits')
  const tests = spot === null || spot.value === null ? [] : elements(spot, 16).map(testOf)
  const leaves = 2 ** tests.length
  const values = finiteList(member(tree, 'leaf_values'), leaves * outputs)
  return gatherTree(
    tree,
    0,
    2 * leaves - 1,
    (i): FiledNode => {
      // Node i of level d asks split d; its place in the level holds the bits so far.
      const level = Math.floor(Math.log2(i + 1))
      const bits = i + 1 - 2 ** level
      if (level === tests.length) return { kind: 'leaf', values: values.slice(bits * outputs, (bits + 1) * outputs) }
      const below = 2 ** (level + 1) - 1
      return { kind: 'split', test: at(tests, level), yes: below + bits, no: below + bits + 2 ** level }
    },
    budget,
  )
}

/** Trees that grow otherwise: a node with a split has left and right, to which it goes where its border is exceeded. */
function nestedTree(tree: Spot, outputs: number, testOf: ReadTest, budget: ReturnType<typeof newBudget>) {
  const nodes: FiledNode[] = []
  const write = (spot: Spot): number => {
    const place = nodes.length
    nodes.push({ kind: 'leaf', values: [] })
    if (has(spot, 'split')) {
      const test = testOf(member(spot, 'split'))
      nodes[place] = { kind: 'split', test, yes: write(member(spot, 'left')), no: write(member(spot, 'right')) }
    } else {
      const value = member(spot, 'value')
      nodes[place] = {
        kind: 'leaf',
        values: outputs === 1 && !Array.isArray(value.value) ? [finiteAt(value)] : finiteList(value, outputs),
      }
    }
    return place
  }
  write(tree)
  return gatherTree(tree, 0, nodes.length, (i) => at(nodes, i), budget)
}

function finiteList(spot: Spot, length: number): number[] {
  const numbers = numbersAt(spot, length)
  if (!numbers.every(Number.isFinite))
    throw malformedModel(spot.file, spot.path, spot.value, 'a list of finite numbers')
  return numbers
}

/** `[scale, [bias, ...]]`, in older files one bias, in the oldest nothing. */
function scaleAndBias(root: Spot): { scale: number; bias: readonly number[] } {
  const spot = optional(root, 'scale_and_bias')
  if (spot === null) return { scale: 1, bias: [0] }
  const [scale, bias] = elements(spot, 2)
  if (scale === undefined || bias === undefined)
    throw malformedModel(root.file, 'scale_and_bias', spot.value, 'a scale and a bias')
  const own = Array.isArray(bias.value) ? elements(bias, limits.outputs).map(finiteAt) : [finiteAt(bias)]
  return { scale: finiteAt(scale), bias: own.length === 0 ? [0] : own }
}

/** A column per feature, those of categories among them, which no tree may ask for. */
function readColumns(root: Spot, features: readonly Spot[], columnOf: readonly number[]): ForeignColumn[] {
  const others = optional(memberOf(root, 'features_info'), 'categorical_features')
  const count = features.length + (others === null ? 0 : elements(others, limits.columns).length)
  const columns = Array.from({ length: count }, (): ForeignColumn => ({ kind: 'number', name: null, range: null }))
  columnOf.forEach((column, i) => {
    if (column >= count)
      throw malformedModel(root.file, `features_info.float_features[${i}]`, column, `a column below ${count}`)
    const name = optional(at(features, i), 'feature_id')
    columns[column] = { kind: 'number', name: name === null || name.value === '' ? null : textAt(name), range: null }
  })
  return columns
}

const logistic: ForeignLink = { kind: 'logistic', steepness: 1, normalised: false }

/** What was trained for stands in `model_info.params`, a text of JSON in older files. */
function objectiveOf(root: Spot): { link: ForeignLink; outcome: ForeignOutcome } {
  const information = member(root, 'model_info')
  const written = optional(information, 'params')
  if (written === null) return { link: { kind: 'identity' }, outcome: { kind: 'number' } }
  const parameters = typeof written.value === 'string' ? parseJson(root.file, written.value) : written
  const loss = textAt(memberOf(parameters, 'loss_function', 'type'))
  const link = linkOf(root.file, loss)
  const named = optional(information, 'class_params')
  const names =
    named === null ? null : elements(member(named, 'class_names'), limits.outputs).map((name) => String(name.value))
  return { link, outcome: loss === 'CrossEntropy' ? { kind: 'number' } : outcomeOf(link, names) }
}

function linkOf(file: string, loss: string): ForeignLink {
  switch (loss) {
    case 'Logloss':
    case 'CrossEntropy':
    case 'MultiClassOneVsAll':
      return logistic
    case 'MultiClass':
      return { kind: 'softmax' }
    case 'Poisson':
    case 'Tweedie':
      return { kind: 'exponential' }
    case 'RMSE':
    case 'MAE':
    case 'Quantile':
    case 'MAPE':
    case 'Huber':
    case 'LogLinQuantile':
    case 'Lq':
    case 'Expectile':
    case 'LogCosh':
      return { kind: loss === 'LogLinQuantile' ? 'exponential' : 'identity' }
    default:
      throw unknownObjective(file, loss)
  }
}

/** The second class where its score is above 0. */
function outcomeOf(link: ForeignLink, names: readonly string[] | null): ForeignOutcome {
  const [first, second, ...others] = names ?? []
  if (link.kind === 'softmax' || (link.kind === 'logistic' && others.length > 0))
    return { kind: 'several', answers: names, of: 'raw' }
  if (link.kind !== 'logistic') return { kind: 'number' }
  const answers = first === undefined || second === undefined ? null : ([first, second] as const)
  return { kind: 'two', answers, of: 'raw', limit: 0, tie: 'first' }
}
