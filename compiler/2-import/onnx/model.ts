import { at } from 'emp-compile-runtime/internal/at'
import { unsupported } from '../errors.ts'
import type { Ensemble, ForeignLink, ForeignModel, ForeignOutcome, Precision } from '../foreign.ts'
import { limits } from '../limits.ts'
import type { OnnxNode } from './messages.ts'
import { bad, classLabels, integerAttribute, integersAttribute, numbersAttribute, textAttribute } from './node.ts'
import { readTreeEnsemble } from './tree-ensemble.ts'
import { type OnnxTrees, readTrees } from './trees.ts'

/** What an operator computes, before and after its own post transform. */
export type Computed = Pick<ForeignModel, 'body' | 'link' | 'outcome'>

/** The model that an operator is; null if it is not a model. */
export function modelOf(node: OnnxNode, inputs: number, precision: Precision): Computed | null {
  switch (node.operator) {
    case 'TreeEnsembleClassifier':
      return treeClassifier(node, inputs, precision)
    case 'TreeEnsembleRegressor': {
      const sums = readTrees(node, 'target', integerAttribute(node, 'n_targets', 1), inputs, precision)
      return regressor(node, sums, aggregates.indexOf(textAttribute(node, 'aggregate_function', 'SUM')))
    }
    case 'TreeEnsemble':
      return regressor(node, readTreeEnsemble(node, inputs, precision), integerAttribute(node, 'aggregate_function', 1))
    case 'LinearClassifier':
      return linearClassifier(node, inputs)
    case 'LinearRegressor':
      return linearRegressor(node, inputs)
    default:
      return null
  }
}

const aggregates = ['AVERAGE', 'SUM', 'MIN', 'MAX']
const postTransforms = ['NONE', 'SOFTMAX', 'LOGISTIC', 'SOFTMAX_ZERO', 'PROBIT'] as const

function postTransform(node: OnnxNode): ForeignLink {
  const number = node.operator === 'TreeEnsemble' ? integerAttribute(node, 'post_transform', 0) : null
  const name = number === null ? textAttribute(node, 'post_transform', 'NONE') : postTransforms[number]
  switch (postTransforms.find((known) => known === name)) {
    case 'NONE':
      return { kind: 'identity' }
    case 'SOFTMAX':
      return { kind: 'softmax' }
    case 'LOGISTIC':
      return { kind: 'logistic', steepness: 1, normalised: false }
    case 'SOFTMAX_ZERO':
      return { kind: 'softmax-zero' }
    case 'PROBIT':
      return { kind: 'probit' }
    case undefined:
      throw bad(node, 'post_transform', name, postTransforms.join(', '))
  }
}

/** Sums are added up in float32 here; runtimes add in other orders, so the last digits are nobody's. */
function ensemble(node: OnnxNode, { trees, outputs }: OnnxTrees, divisor: number): Ensemble {
  const base = numbersAttribute(node, 'base_values')
  // Of two base values for one score the second is that of the score.
  const own = base.length > outputs && outputs === 1 ? base.slice(-1) : base
  if ((own.length !== 0 && own.length !== outputs) || !own.every((value) => Number.isFinite(Math.fround(value))))
    throw bad(node, 'base_values', base, `a list of ${outputs} finite numbers`)
  return {
    kind: 'trees',
    trees,
    precision: 'float32',
    base: own.length === 0 ? new Array<number>(outputs).fill(0) : own.map(Math.fround),
    baseComes: 'last',
    scale: 1,
    divisor,
    single: trees.length === 1,
  }
}

function treeClassifier(node: OnnxNode, inputs: number, precision: Precision): Computed {
  const answers = classLabels(node, 'classlabels_int64s')
  const distinct = new Set(integersAttribute(node, 'class_ids')).size
  const one = answers.length === 2 && distinct === 1
  const sums = readTrees(node, 'class', one ? 1 : answers.length, inputs, precision)
  const body = ensemble(node, sums, 1)
  const link = postTransform(node)
  if (answers.length === 2 && !one && body.base.some((base) => base !== 0)) {
    throw unsupported(
      node.file,
      'base values for two answers with a score each, which runtimes read differently',
      'Export it without base values.',
    )
  }
  // The largest score, as the standard has it; onnxruntime's label of two answers with a score each is the second
  // wherever its score is above 0, whatever the first one's is.
  if (!one) {
    // Sums of what takes nothing away are shares, as those of forests.
    const isShare = link.kind === 'identity' && sums.noneNegative
    return { body, link: isShare ? { kind: 'share' } : link, outcome: { kind: 'several', answers, of: 'raw' } }
  }
  const pair: readonly [string, string] = [at(answers, 0), at(answers, 1)]
  // One score for two answers: a share where no leaf takes anything away, else a score around 0.
  if (sums.noneNegative) {
    return {
      body,
      link: link.kind === 'logistic' || link.kind === 'probit' ? link : { kind: 'share' },
      outcome: { kind: 'two', answers: pair, of: 'raw', limit: 0.5, tie: 'first' },
    }
  }
  return {
    body,
    link: link.kind === 'logistic' || link.kind === 'probit' ? link : { kind: 'identity' },
    outcome: { kind: 'two', answers: pair, of: 'raw', limit: 0, tie: 'first' },
  }
}

function regressor(node: OnnxNode, sums: OnnxTrees, aggregate: number): Computed {
  const name = aggregates[aggregate]
  if (name === undefined) throw bad(node, 'aggregate_function', aggregate, aggregates.join(', '))
  if (name !== 'SUM' && name !== 'AVERAGE' && sums.trees.length > 1) {
    throw unsupported(node.file, `trees of which the ${name} counts`, 'Train with a sum or an average.')
  }
  const body = ensemble(node, sums, name === 'AVERAGE' ? sums.trees.length : 1)
  return { body, link: postTransform(node), outcome: { kind: 'number' } }
}

function linear(node: OnnxNode, outputs: number, inputs: number): Computed['body'] {
  if (outputs < 1 || outputs > limits.outputs)
    throw bad(node, 'the number of scores', outputs, `1 to ${limits.outputs}`)
  const all = numbersAttribute(node, 'coefficients', outputs * inputs)
  const written = numbersAttribute(node, 'intercepts')
  const intercepts =
    written.length === 0 ? new Array<number>(outputs).fill(0) : numbersAttribute(node, 'intercepts', outputs)
  if (![...all, ...intercepts].every(Number.isFinite)) throw bad(node, 'coefficients', all, 'a list of finite numbers')
  const coefficients = Array.from({ length: outputs }, (_, i) => all.slice(i * inputs, (i + 1) * inputs))
  return { kind: 'linear', precision: 'float32', coefficients, intercepts }
}

function linearClassifier(node: OnnxNode, inputs: number): Computed {
  const answers = classLabels(node, 'classlabels_ints')
  const rows = numbersAttribute(node, 'coefficients').length / inputs
  const link = postTransform(node)
  if (rows !== 1)
    return { body: linear(node, answers.length, inputs), link, outcome: { kind: 'several', answers, of: 'raw' } }
  const pair: readonly [string, string] = [at(answers, 0), at(answers, 1)]
  const outcome: ForeignOutcome = { kind: 'two', answers: pair, of: 'raw', limit: 0, tie: 'first' }
  return { body: linear(node, 1, inputs), link: link.kind === 'logistic' ? link : { kind: 'identity' }, outcome }
}

function linearRegressor(node: OnnxNode, inputs: number): Computed {
  const outputs = integerAttribute(node, 'targets', 1)
  return { body: linear(node, outputs, inputs), link: postTransform(node), outcome: { kind: 'number' } }
}
