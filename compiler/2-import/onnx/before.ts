import { at } from 'emp-compile-runtime/internal/at'
import { rounded } from '../decide.ts'
import { beyondLimit } from '../errors.ts'
import type { ForeignInput, NumberStep } from '../foreign.ts'
import { limits } from '../limits.ts'
import { countMade, type GraphWork } from './graph-work.ts'
import { elementKinds, type OnnxNode } from './messages.ts'
import { bad, integerAttribute, integersAttribute, numbersAttribute, refusedOperator, textsAttribute } from './node.ts'

/** A matrix between nodes, before the model: what each of its columns is made of. */
export interface Slots {
  readonly inputs: readonly ForeignInput[]
  readonly element: 'float' | 'double' | 'integer' | 'text'
}

/** The matrix after a node that works on each column by itself; null if the node is none of these. */
export function before(node: OnnxNode, given: readonly Slots[], work: GraphWork): Slots | null {
  const [first] = given
  if (first === undefined) return null
  switch (node.operator) {
    case 'Identity':
    case 'Dropout':
    case 'Flatten':
      return first
    case 'Concat':
    case 'FeatureVectorizer':
      return concatenated(node, given, work)
    case 'Cast':
      return cast(node, first, work)
    case 'Scaler':
      return scaled(node, first, work)
    case 'Imputer':
      return imputed(node, first, work)
    case 'OneHotEncoder':
      return oneHot(node, first, work)
    case 'LabelEncoder':
      return encoded(node, first, work)
    case 'ArrayFeatureExtractor':
      return chosen(node, first, work)
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
      return calculated(node, node.operator, first, work)
    default:
      return null
  }
}

function concatenated(node: OnnxNode, given: readonly Slots[], work: GraphWork): Slots {
  const kinds = new Set(given.map(({ element }) => element))
  if (node.operator === 'Concat' && ![1, -1].includes(integerAttribute(node, 'axis', 1)))
    throw refusedOperator(node.file, 'Concat', ' of rows')
  const [element, ...others] = kinds
  if (element === undefined || others.length > 0) throw refusedOperator(node.file, 'Concat', ' of different kinds')
  if (given.length !== node.inputs.length) throw refusedOperator(node.file, node.operator, ' of columns and constants')
  countColumns(
    work,
    node,
    given.reduce((count, { inputs }) => count + inputs.length, 0),
  )
  const all: Slots = { inputs: given.flatMap(({ inputs }) => inputs), element }
  if (node.operator === 'Concat' || element === 'float') return all
  return withStep(all, node, work, () => [{ kind: 'round', precision: 'float32' }], 'float')
}

/** Counts columns that a node is about to make. */
function countColumns(work: GraphWork, node: OnnxNode, count: number): void {
  if (count > limits.columns) throw beyondLimit(node.file, node.operator, 'columns', count, limits.columns)
  countMade(work, node, 'steps', count)
}

function withStep(
  slots: Slots,
  node: OnnxNode,
  work: GraphWork,
  stepOf: (i: number) => readonly NumberStep[],
  element = slots.element,
): Slots {
  if (slots.element === 'text') throw refusedOperator(node.file, node.operator, ' of texts')
  const count = slots.inputs.reduce((sum, { steps }) => sum + steps.length + 2, 0)
  countMade(work, node, 'steps', count)
  return { inputs: slots.inputs.map((input, i) => ({ ...input, steps: [...input.steps, ...stepOf(i)] })), element }
}

function cast(node: OnnxNode, slots: Slots, work: GraphWork): Slots {
  const to = integerAttribute(node, 'to', 0)
  if (to === elementKinds.text && slots.element === 'text') return slots
  switch (to) {
    case elementKinds.float:
      return withStep(slots, node, work, () => [{ kind: 'round', precision: 'float32' }], 'float')
    case elementKinds.double:
      return withStep(slots, node, work, () => [], 'double')
    case elementKinds.int64:
    case elementKinds.int32:
      return withStep(slots, node, work, () => [{ kind: 'truncate' }], 'integer')
    default:
      throw refusedOperator(node.file, 'Cast', ` to the kind ${to}`)
  }
}

/** One number for all columns, or one for each. */
function perColumn(node: OnnxNode, name: string, list: readonly number[], count: number): readonly number[] {
  const notFinite = list.find((number) => !Number.isFinite(number))
  if (notFinite !== undefined) throw bad(node, name, notFinite, 'a finite number')
  if (list.length === 1) return new Array<number>(count).fill(at(list, 0))
  if (list.length !== count) throw bad(node, name, list, `a list of ${count} finite numbers`)
  return list
}

/** `(x - offset) * scale` in float32. */
function scaled(node: OnnxNode, slots: Slots, work: GraphWork): Slots {
  const count = slots.inputs.length
  const offset = perColumn(node, 'offset', numbersAttribute(node, 'offset'), count)
  const scale = perColumn(node, 'scale', numbersAttribute(node, 'scale'), count)
  const precision = 'float32'
  return withStep(
    slots,
    node,
    work,
    (i) => [
      { kind: 'subtract', by: at(offset, i), precision },
      { kind: 'multiply', by: at(scale, i), precision },
    ],
    'float',
  )
}

const calculations = { Add: 'add', Sub: 'subtract', Mul: 'multiply', Div: 'divide' } as const

/** A number is added to every column, subtracted, and so on: one for all, or one for each. */
function calculated(node: OnnxNode, operator: keyof typeof calculations, slots: Slots, work: GraphWork): Slots {
  const tensor = work.constants.get(node.inputs[1] ?? '')
  if (tensor === undefined) throw refusedOperator(node.file, operator, ' but of columns and a constant behind them')
  if (slots.element === 'integer') {
    // Runtimes calculate in integers there: a quotient is cut, and sums wrap.
    throw refusedOperator(node.file, operator, ' of integers, where no Cast to float stands before it')
  }
  const precision = slots.element === 'double' ? 'float64' : 'float32'
  const own = tensor.numbers.map((number) => rounded(precision, number))
  const by = perColumn(node, 'the constant', own, slots.inputs.length)
  if (operator === 'Div' && by.includes(0)) throw bad(node, 'the constant', 0, 'a number other than 0')
  return withStep(slots, node, work, (i) => [{ kind: calculations[operator], by: at(by, i), precision }])
}

function imputed(node: OnnxNode, slots: Slots, work: GraphWork): Slots {
  const replaced = node.attributes.get('replaced_value_float')?.float ?? Number.NaN
  if (!Number.isNaN(replaced) || node.attributes.has('replaced_value_int64')) {
    throw refusedOperator(node.file, 'Imputer', ' of a value other than NaN')
  }
  const floats = numbersAttribute(node, 'imputed_value_floats')
  const by = perColumn(node, 'imputed_value_floats', floats, slots.inputs.length)
  return withStep(slots, node, work, (i) => [{ kind: 'fill', by: at(by, i) }])
}

/** Every column becomes as many as there are categories. */
function oneHot(node: OnnxNode, slots: Slots, work: GraphWork): Slots {
  const texts = textsAttribute(node, 'cats_strings')
  const levels = texts.length > 0 ? texts : integersAttribute(node, 'cats_int64s')
  const unknown = integerAttribute(node, 'zeros', 1) === 1 ? 0 : null
  const count = slots.inputs.length * levels.length
  countColumns(work, node, count)
  countMade(work, node, 'codes', count * levels.length)
  const inputs = slots.inputs.flatMap((input) =>
    levels.map(
      (_, hot): ForeignInput =>
        coded(
          node,
          input,
          levels,
          levels.map((_, i) => (i === hot ? 1 : 0)),
          unknown,
        ),
    ),
  )
  return { inputs, element: 'float' }
}

function encoded(node: OnnxNode, slots: Slots, work: GraphWork): Slots {
  const texts = textsAttribute(node, 'keys_strings')
  const integers = integersAttribute(node, 'keys_int64s')
  const levels = texts.length > 0 ? texts : integers.length > 0 ? integers : numbersAttribute(node, 'keys_floats')
  const asIntegers = node.attributes.has('values_int64s')
  const numbers = asIntegers
    ? integersAttribute(node, 'values_int64s', levels.length)
    : numbersAttribute(node, 'values_floats', levels.length)
  const other = asIntegers
    ? integerAttribute(node, 'default_int64', -1)
    : (node.attributes.get('default_float')?.float ?? 0)
  if (levels.length === 0) throw refusedOperator(node.file, 'LabelEncoder', ' to texts')
  // NaN stands for a missing value.
  const endless = [...numbers, other].find((number) => Math.abs(number) === Number.POSITIVE_INFINITY)
  if (endless !== undefined) throw bad(node, 'a value', endless, 'a finite number')
  countColumns(work, node, slots.inputs.length)
  const inputs = slots.inputs.map((input) => coded(node, input, levels, numbers, other))
  return { inputs, element: asIntegers ? 'integer' : 'float' }
}

/** An encoder comes first: what stands before it may round only. A missing value is no level. */
function coded(
  node: OnnxNode,
  input: ForeignInput,
  levels: readonly (string | number)[],
  numbers: readonly number[],
  unknown: number | null,
): ForeignInput {
  const rounding = input.steps.every(({ kind }) => kind === 'round' || kind === 'truncate')
  if (input.kind === 'coded' || !rounding)
    throw refusedOperator(node.file, node.operator, ' behind a scaler or another encoder')
  return { kind: 'coded', column: input.column, levels, numbers, unknown, missing: unknown, steps: [] }
}

function chosen(node: OnnxNode, slots: Slots, work: GraphWork): Slots {
  const places = work.constants.get(node.inputs[1] ?? '')?.numbers ?? []
  countColumns(work, node, places.length)
  const inputs = places.map((place) => slots.inputs[place])
  if (inputs.length === 0 || inputs.includes(undefined))
    throw bad(node, 'the indices', places, `places below ${slots.inputs.length}`)
  return { inputs: inputs.filter((input) => input !== undefined), element: slots.element }
}

/** What one column looks like to the node that reads the graph's input. */
export function inputSlots(first: number, count: number, element: number, file: string): Slots {
  const numbers = (steps: readonly NumberStep[], kind: Slots['element']): Slots => ({
    inputs: Array.from({ length: count }, (_, i): ForeignInput => ({ kind: 'number', column: first + i, steps })),
    element: kind,
  })
  switch (element) {
    case elementKinds.float:
      return numbers([{ kind: 'round', precision: 'float32' }], 'float')
    case elementKinds.double:
      return numbers([], 'double')
    case elementKinds.int64:
    case elementKinds.int32:
      return numbers([], 'integer')
    case elementKinds.text:
      return numbers([], 'text')
    default:
      throw refusedOperator(file, 'input', ` of the kind ${element}`)
  }
}
