import { at } from 'emp-compile-runtime/internal/at'
import { answersNeed, importNeeds, unsupported } from '../errors.ts'
import type { ForeignInput, ForeignLink, ForeignOutcome, NetworkBody, Precision } from '../foreign.ts'
import { limits } from '../limits.ts'
import type { Slots } from './before.ts'
import { countMade, type GraphWork } from './graph-work.ts'
import type { OnnxNode, OnnxTensor } from './messages.ts'
import type { Computed } from './model.ts'
import { bad, integerAttribute, refusedOperator } from './node.ts'

type Layer = NetworkBody['layers'][number]

/** A matrix behind some layers of a network. */
export interface Layers {
  readonly inputs: readonly ForeignInput[]
  readonly precision: Precision
  readonly done: readonly Layer[]
  /** The last layer, whose activation is not known yet. */
  readonly open: Omit<Layer, 'activation'> | null
  /** Whether a softmax was put to it: nothing follows that. */
  readonly softmax: boolean
}

const activations = { Relu: 'relu', Sigmoid: 'logistic', Tanh: 'tanh' } as const
const isActivation = (operator: string): operator is keyof typeof activations => operator in activations

/**
 * The matrix after a node of a chain of layers: Gemm, MatMul with Add behind it, Relu, Sigmoid, Tanh, Softmax.
 *
 * @param given columns, or the layers so far.
 * @returns null if the node is none of these, or works on columns alone.
 * @throws {CompileError} naming the operator.
 */
export function layersAfter(node: OnnxNode, given: Slots | Layers, work: GraphWork): Layers | null {
  const { operator, file } = node
  if (operator === 'Gemm' || operator === 'MatMul') return multiplied(node, layersOf(node, given), work)
  if ('element' in given) return null
  if (given.softmax) throw refusedOperator(file, operator, ' behind a Softmax')
  if (operator === 'Identity' || operator === 'Dropout' || operator === 'Flatten') return given
  const { open } = given
  if (open === null) throw refusedOperator(file, operator, ' behind an activation')
  if (operator === 'Add') {
    const added = vectorOf(node, constantOf(node, work), open.intercepts.length)
    countMade(work, node, 'weights', added.length)
    return { ...given, open: { ...open, intercepts: open.intercepts.map((one, i) => one + at(added, i)) } }
  }
  if (isActivation(operator)) {
    return { ...given, open: null, done: [...given.done, { ...open, activation: activations[operator] }] }
  }
  if (operator !== 'Softmax') return null
  if (![1, -1].includes(integerAttribute(node, 'axis', -1))) throw refusedOperator(file, operator, ' over rows')
  return { ...given, softmax: true }
}

function layersOf(node: OnnxNode, given: Slots | Layers): Layers {
  if (!('element' in given)) return given
  if (given.element === 'text') throw refusedOperator(node.file, node.operator, ' of texts')
  if (given.element === 'integer')
    throw refusedOperator(node.file, node.operator, ' of integers, where no Cast to float stands before it')
  const precision = given.element === 'double' ? 'float64' : 'float32'
  return { inputs: given.inputs, precision, done: [], open: null, softmax: false }
}

/** One layer more: `alpha x W + beta b`. */
function multiplied(node: OnnxNode, given: Layers, work: GraphWork): Layers {
  if (given.softmax) throw refusedOperator(node.file, node.operator, ' behind a Softmax')
  const done = given.open === null ? given.done : [...given.done, { ...given.open, activation: 'identity' as const }]
  const width = done.at(-1)?.intercepts.length ?? given.inputs.length
  const isGemm = node.operator === 'Gemm'
  const factor = (name: string) => (isGemm ? (node.attributes.get(name)?.float ?? 1) : 1)
  if (isGemm && integerAttribute(node, 'transA', 0) !== 0)
    throw refusedOperator(node.file, 'Gemm', ' of columns (transA)')
  const isTransposed = isGemm && integerAttribute(node, 'transB', 0) !== 0
  const matrix = constantOf(node, work)
  const { numbers, sizes } = matrix
  const [rows = 0, columns = 0] = isTransposed ? sizes.toReversed() : sizes
  const takes = `a matrix of ${width} rows and at most ${limits.columns} columns`
  const isMatrix = sizes.length === 2 && rows === width && columns >= 1 && columns <= limits.columns
  if (!isMatrix || numbers.length !== rows * columns) throw bad(node, 'the weights', numbers, takes)
  countMade(work, node, 'layers', 1)
  countMade(work, node, 'weights', columns * (rows + 1))
  const weights = rowsOf(node, matrix, factor('alpha'), isTransposed, rows, work)
  const third = isGemm ? (node.inputs[2] ?? '') : ''
  const added = third === '' ? null : work.constants.get(third)
  if (added === undefined) throw refusedOperator(node.file, 'Gemm', ' with biases that are computed')
  const biases = added === null ? weights.map(() => 0) : vectorOf(node, added, columns)
  const intercepts = biases.map((bias) => factor('beta') * bias)
  if (!intercepts.every(Number.isFinite)) throw bad(node, 'beta', factor('beta'), 'a finite number')
  return { ...given, done, open: { weights, intercepts } }
}

/** The weights of each unit: one copy, however many nodes name the constant. */
function rowsOf(
  node: OnnxNode,
  matrix: OnnxTensor,
  alpha: number,
  isTransposed: boolean,
  width: number,
  { matrices }: GraphWork,
): readonly (readonly number[])[] {
  const own = matrices.get(matrix) ?? new Map<string, readonly (readonly number[])[]>()
  const key = `${alpha} ${isTransposed}`
  const known = own.get(key)
  if (known !== undefined) return known
  const { numbers } = matrix
  if (!numbers.every((number) => Number.isFinite(alpha * number)))
    throw bad(node, 'the weights', numbers, 'a matrix of finite numbers')
  const columns = numbers.length / width
  const rows = Array.from({ length: columns }, (_, unit) =>
    Array.from({ length: width }, (__, i) => alpha * at(numbers, isTransposed ? unit * width + i : i * columns + unit)),
  )
  matrices.set(matrix, own.set(key, rows))
  return rows
}

/** The constant that a node works with: weights behind what they weigh, biases on either side. */
function constantOf(node: OnnxNode, { constants }: GraphWork): OnnxTensor {
  const [first = '', second = ''] = node.inputs
  const found = constants.get(second) ?? (node.operator === 'Add' ? constants.get(first) : undefined)
  if (found === undefined) throw refusedOperator(node.file, node.operator, ' of two matrices that are computed')
  return found
}

/** A number for every unit; one alone is for all. */
function vectorOf(node: OnnxNode, { numbers }: OnnxTensor, count: number): readonly number[] {
  const all = numbers.length === 1 ? new Array<number>(count).fill(at(numbers, 0)) : numbers
  if (all.length !== count || !all.every(Number.isFinite)) {
    throw bad(node, 'the biases', numbers, `a list of ${count} finite numbers`)
  }
  return all
}

/**
 * The model that a chain of layers is. Behind one number it is a Sigmoid that tells two answers from a number; behind
 * several a Softmax. Where the graph ends before these, `--link` may say what its scores mean.
 *
 * @throws {CompileError}
 */
export function computedOf(
  file: string,
  { precision, done, open, softmax }: Layers,
  asked: ForeignLink | null,
): Computed {
  const last = done.at(-1)
  const isSigmoid = open === null && last?.activation === 'logistic'
  if (open === null && !isSigmoid) {
    throw unsupported(
      file,
      `an activation behind its last layer, ${last?.activation}`,
      'Leave it off the end of the network.',
    )
  }
  const hidden = open === null ? done.slice(0, -1) : done
  const ending = open ?? last
  if (ending === undefined) throw new TypeError('a network without a layer')
  const { weights, intercepts } = ending
  const outputs = intercepts.length
  const body: Computed['body'] =
    hidden.length === 0
      ? { kind: 'linear', precision, coefficients: weights, intercepts }
      : { kind: 'network', precision, layers: [...hidden, { weights, intercepts, activation: 'identity' }] }
  const link = softmax ? ({ kind: 'softmax' } as const) : isSigmoid ? sigmoid : (asked ?? { kind: 'identity' })
  return { body, link, outcome: outcomeOf(file, link, outputs) }
}

const sigmoid: ForeignLink = { kind: 'logistic', steepness: 1, normalised: false }

function outcomeOf(file: string, link: ForeignLink, outputs: number): ForeignOutcome {
  if (link.kind === 'logistic') {
    if (outputs === 1) return { kind: 'two', answers: null, of: 'value', limit: 0.5, tie: 'first' }
    throw unsupported(
      file,
      `${outputs} chances that do not add up to 1`,
      'Train one network per answer, or with a softmax.',
    )
  }
  if (link.kind === 'softmax') {
    if (outputs > 1 && outputs <= limits.outputs) return { kind: 'several', answers: null, of: 'raw' }
    throw unsupported(file, `a softmax of ${outputs} scores`, `It takes 2 to ${limits.outputs}.`)
  }
  if (outputs === 1) return { kind: 'number' }
  throw importNeeds(file, [
    `what its ${outputs} scores mean: --link softmax for the chances of answers`,
    answersNeed(outputs),
  ])
}
