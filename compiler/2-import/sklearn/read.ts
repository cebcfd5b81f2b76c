import { at } from 'emp-compile-runtime/internal/at'
import { beyondLimit, malformedModel, unsupported } from '../errors.ts'
import type {
  Ensemble,
  ForeignLink,
  ForeignModel,
  ForeignOutcome,
  ForeignTree,
  LinearBody,
  NetworkBody,
  TreeNode,
} from '../foreign.ts'
import { newBudget } from '../gather.ts'
import {
  elements,
  finiteAt,
  has,
  integersAt,
  member,
  numbersAt,
  optional,
  type Spot,
  textAt,
  textsAt,
} from '../json.ts'
import { limits } from '../limits.ts'
import { readInputs } from './inputs.ts'
import { sklearnTree, type TreeRules } from './tree.ts'

/**
 * A model of scikit-learn, as `export_sklearn.py` beside this file writes it and documents it.
 *
 * @throws {CompileError} naming the place in the file.
 */
export function readSklearn(root: Spot): ForeignModel {
  const format = member(root, 'format')
  if (format.value !== 'emp-compile scikit-learn 1') {
    throw malformedModel(root.file, 'format', format.value, '"emp-compile scikit-learn 1"')
  }
  const { columns, inputs } = readInputs(root)
  const estimator = textAt(member(root, 'estimator'))
  const [, version = '', major = '0', minor = '0'] =
    /^scikit-learn ((\d+)\.(\d+)\S*)$/.exec(textAt(member(root, 'made_with'))) ?? []
  if (version === '')
    throw malformedModel(root.file, 'made_with', member(root, 'made_with').value, 'the version of scikit-learn')
  const from14 = Number(major) > 1 || Number(minor) >= 4
  const named = member(root, 'classes')
  const answers = named.value === null ? null : textsAt(named)
  if (answers !== null && (answers.length < 2 || answers.length > limits.outputs)) {
    throw malformedModel(root.file, 'classes', answers, '2 classes or more')
  }
  const taken = member(root, 'missing').value === true
  const body = bodyOf(root, estimator, inputs.length, answers, from14)
  const outputs = outputsOf(body)
  const needed = answers === null || (answers.length === 2 && !isForest(estimator)) ? 1 : answers.length
  if (outputs !== needed) throw malformedModel(root.file, 'the number of scores', outputs, String(needed))
  return {
    source: { format: 'scikit-learn', version, rounds: null },
    columns,
    inputs,
    missing: taken ? 'taken' : 'refused',
    body,
    link: isForest(estimator) && answers !== null ? { kind: 'share' } : linkOf(root),
    outcome: outcomeOf(estimator, answers, from14),
  }
}

const isForest = (estimator: string) =>
  /^(DecisionTree|ExtraTree|RandomForest|ExtraTrees)(Classifier|Regressor)$/.test(estimator)

function outputsOf(body: ForeignModel['body']): number {
  switch (body.kind) {
    case 'trees':
      return body.base.length
    case 'linear':
      return body.intercepts.length
    case 'network':
      return body.layers.at(-1)?.intercepts.length ?? 0
  }
}

function bodyOf(
  root: Spot,
  estimator: string,
  inputs: number,
  answers: readonly string[] | null,
  from14: boolean,
): ForeignModel['body'] {
  if (has(root, 'coef')) return linearOf(root, inputs)
  if (has(root, 'coefs')) return networkOf(root, inputs)
  const histograms = estimator.startsWith('HistGradientBoosting')
  const rules: TreeRules = {
    inputs,
    precision: histograms ? 'float64' : 'float32',
    shares: isForest(estimator) && answers !== null ? answers.length : null,
    normalise: !from14,
    known: has(root, 'known') ? elements(member(root, 'known')).map(codesOrNull) : [],
  }
  return isForest(estimator) ? forestOf(root, estimator, rules) : boostingOf(root, rules)
}

const codesOrNull = (spot: Spot) => (spot.value === null ? null : integersAt(spot, 0, limits.categories))

/** A forest takes the mean of its trees' leaves. */
function forestOf(root: Spot, estimator: string, rules: TreeRules): Ensemble {
  const budget = newBudget()
  const trees = elements(member(root, 'trees'), limits.trees).map(
    (tree): ForeignTree => ({
      nodes: sklearnTree(tree, rules, budget),
      output: rules.shares === null ? 0 : null,
      weight: 1,
    }),
  )
  if (trees.length === 0) throw malformedModel(root.file, 'trees', [], 'at least one tree')
  const single = /^(DecisionTree|ExtraTree)(C|R)/.test(estimator)
  return { ...sum(trees, new Array<number>(rules.shares ?? 1).fill(0)), divisor: trees.length, single }
}

/** Boosting adds its leaves to a base, a tree per score in each round. */
function boostingOf(root: Spot, rules: TreeRules): Ensemble {
  const base = elements(member(root, 'base'), limits.outputs).map(finiteAt)
  const scale = has(root, 'scale') ? finiteAt(member(root, 'scale')) : 1
  const budget = newBudget()
  const rounds = elements(member(root, 'trees'), limits.trees)
  if (rounds.length * base.length > limits.trees) {
    throw beyondLimit(root.file, 'trees', 'trees', rounds.length * base.length, limits.trees)
  }
  const trees = rounds.flatMap((round) => {
    const own = elements(round, limits.outputs)
    if (own.length !== base.length)
      throw malformedModel(round.file, round.path, round.value, `a list of ${base.length} trees`)
    return own.map((tree, output): ForeignTree => ({ nodes: sklearnTree(tree, rules, budget), output, weight: scale }))
  })
  return sum(trees, base)
}

const sum = (
  trees: readonly { nodes: readonly TreeNode[]; output: number | null; weight: number }[],
  base: readonly number[],
): Ensemble => ({
  kind: 'trees',
  trees,
  precision: 'float64',
  base,
  baseComes: 'first',
  scale: 1,
  divisor: 1,
  single: false,
})

function linearOf(root: Spot, inputs: number): LinearBody {
  const coefficients = elements(member(root, 'coef'), limits.outputs).map((row) => finiteList(row, inputs))
  return {
    kind: 'linear',
    precision: 'float64',
    coefficients,
    intercepts: finiteList(member(root, 'intercept'), coefficients.length),
  }
}

const activations = ['identity', 'relu', 'tanh', 'logistic'] as const

function networkOf(root: Spot, inputs: number): NetworkBody {
  const name = textAt(member(root, 'activation'))
  const activation = activations.find((known) => known === name)
  if (activation === undefined)
    throw unsupported(root.file, `the activation ${name}`, `Train with one of ${activations.join(', ')}.`)
  const matrices = elements(member(root, 'coefs'), limits.nesting)
  const intercepts = elements(member(root, 'intercepts'), limits.nesting)
  if (intercepts.length !== matrices.length || matrices.length === 0) {
    throw malformedModel(root.file, 'intercepts', intercepts, `a list of ${matrices.length} layers`)
  }
  let width = inputs
  const layers = matrices.map((matrix, i) => {
    const own = numbersAt(at(intercepts, i)).length
    const rows = elements(matrix, limits.columns).map((row) => finiteList(row, own))
    if (rows.length !== width) throw malformedModel(matrix.file, matrix.path, matrix.value, `a list of ${width} rows`)
    width = own
    const weights = Array.from({ length: own }, (_, j) => rows.map((row) => at(row, j)))
    const last = i === matrices.length - 1
    return {
      weights,
      intercepts: finiteList(at(intercepts, i), own),
      activation: last ? ('identity' as const) : activation,
    }
  })
  return { kind: 'network', precision: 'float64', layers }
}

function finiteList(spot: Spot, length: number): number[] {
  const numbers = numbersAt(spot, length)
  if (!numbers.every(Number.isFinite))
    throw malformedModel(spot.file, spot.path, spot.value, 'a list of finite numbers')
  return numbers
}

function linkOf(root: Spot): ForeignLink {
  const name = textAt(member(root, 'link'))
  const steepness = optional(root, 'steepness')
  switch (name) {
    case 'identity':
    case 'exponential':
    case 'softmax':
      return { kind: name }
    case 'logistic':
      return { kind: 'logistic', steepness: steepness === null ? 1 : finiteAt(steepness), normalised: false }
    case 'one-against-all':
      return { kind: 'logistic', steepness: 1, normalised: true }
    default:
      throw malformedModel(root.file, 'link', name, 'a link')
  }
}

/** The first of the largest; two answers by the score's sign or the probability, each estimator and version its way. */
function outcomeOf(estimator: string, answers: readonly string[] | null, from14: boolean): ForeignOutcome {
  if (answers === null) return { kind: 'number' }
  const [first, second] = answers
  if (answers.length !== 2 || isForest(estimator)) return { kind: 'several', answers, of: 'value' }
  const pair: [string, string] = [String(first), String(second)]
  if (estimator.startsWith('Logistic')) return { kind: 'two', answers: pair, of: 'raw', limit: 0, tie: 'first' }
  const boosting = estimator.includes('GradientBoosting')
  if (boosting && from14) return { kind: 'two', answers: pair, of: 'raw', limit: 0, tie: 'second' }
  return { kind: 'two', answers: pair, of: 'value', limit: 0.5, tie: 'first' }
}
