import { at } from 'emp-compile-runtime/internal/at'
import { rounded, saysYes } from './decide.ts'
import type { Ensemble, ForeignModel, ForeignRow, ForeignTree, LinearBody, NetworkBody } from './foreign.ts'
import { foreignInput } from './inputs.ts'
import { answerIndex, linked } from './links.ts'

export interface ForeignPrediction {
  /** Before the link: margins, raw scores, shares. One per output. */
  readonly scores: readonly number[]
  /** After it: probabilities, or the number. */
  readonly values: readonly number[]
  /** The place of the answer among the answers; null for a number. */
  readonly answer: number | null
}

/**
 * What the library computes for one row: the oracle of every importer. Scores of trees are the library's own to the
 * last bit, in its precision and its order of additions; linear models and networks add products in the order written.
 *
 * @param row one value per column of the model, in its order.
 * @throws {RangeError} if the row has another number of values, or the library refuses one.
 */
export function predictForeign(model: ForeignModel, row: ForeignRow): ForeignPrediction {
  if (row.length !== model.columns.length) {
    throw new RangeError(`a row has ${row.length} values, the model takes ${model.columns.length}`)
  }
  const inputs = model.inputs.map((input) => foreignInput(input, at(row, input.column)))
  if (model.missing === 'refused' && inputs.some(Number.isNaN))
    throw new RangeError('the model takes no missing values')
  return predictionOf(model, scoresOf(model.body, inputs))
}

/** What a model of one tree says of all that end at one of its leaves. */
export function predictLeaf(model: ForeignModel, leaf: readonly number[]): ForeignPrediction {
  if (model.body.kind !== 'trees') throw new TypeError('no trees')
  return predictionOf(
    model,
    sumOfTrees(model.body, () => leaf),
  )
}

function predictionOf({ link, outcome }: ForeignModel, scores: readonly number[]): ForeignPrediction {
  const values = linked(link, scores)
  return { scores, values, answer: answerIndex(outcome, scores, values) }
}

function scoresOf(body: ForeignModel['body'], inputs: readonly number[]): readonly number[] {
  switch (body.kind) {
    case 'trees':
      return sumOfTrees(body, (tree) => foreignLeaf(tree, inputs))
    case 'linear':
      return linearScores(body, inputs)
    case 'network':
      return networkScores(body, inputs)
  }
}

function sumOfTrees(body: Ensemble, leafOf: (tree: ForeignTree) => readonly number[]): number[] {
  const round = (x: number) => rounded(body.precision, x)
  const first = body.baseComes === 'first'
  const sums = body.base.map((base) => (first ? base : 0))
  for (const tree of body.trees) {
    leafOf(tree).forEach((value, i) => {
      const output = tree.output ?? i
      sums[output] = round(at(sums, output) + round(tree.weight * value))
    })
  }
  return sums.map((sum, output) => {
    const scaled = round(round(sum * body.scale) / body.divisor)
    return first ? scaled : round(scaled + at(body.base, output))
  })
}

/** The values of the leaf that the inputs reach. */
export function foreignLeaf(tree: ForeignTree, inputs: readonly number[]): readonly number[] {
  let node = at(tree.nodes, 0)
  while (node.kind === 'split') {
    node = at(tree.nodes, saysYes(node.test, at(inputs, node.test.input)) ? node.yes : node.no)
  }
  return node.values
}

/**
 * Products first, the intercept last. In float32 a product and its addition are rounded once (fused multiply-add), as
 * onnxruntime's kernels do; a double holds the product of two float32 exactly.
 */
function linearScores(body: LinearBody, inputs: readonly number[]): number[] {
  const round = (x: number) => rounded(body.precision, x)
  const given = inputs.map(round)
  return body.coefficients.map((row, output) => {
    const sum = row.reduce((sofar, factor, i) => round(factor * at(given, i) + sofar), 0)
    return round(sum + at(body.intercepts, output))
  })
}

function networkScores(body: NetworkBody, inputs: readonly number[]): readonly number[] {
  return body.layers.reduce<readonly number[]>((signals, layer) => {
    const sums = linearScores(
      {
        kind: 'linear',
        precision: body.precision,
        coefficients: layer.weights,
        intercepts: layer.intercepts,
      },
      signals,
    )
    return sums.map((sum) => rounded(body.precision, activated(layer.activation, sum)))
  }, inputs)
}

/** What a unit makes of its sum. */
export function activated(activation: NetworkBody['layers'][number]['activation'], x: number): number {
  switch (activation) {
    case 'identity':
      return x
    case 'relu':
      return Math.max(0, x)
    case 'tanh':
      return Math.tanh(x)
    case 'logistic':
      return 1 / (1 + Math.exp(-x))
  }
}
