import { beyondLimit, malformedModel, unsupported } from '../errors.ts'
import type { ForeignColumn, ForeignInput, ForeignModel } from '../foreign.ts'
import { limits } from '../limits.ts'
import type { ReaderOptions } from '../options.ts'
import { before, inputSlots, type Slots } from './before.ts'
import { type GraphWork, newWork } from './graph-work.ts'
import { computedOf, type Layers, layersAfter } from './layers.ts'
import { elementKinds, type OnnxGraph, type OnnxInput, type OnnxNode, parseOnnx } from './messages.ts'
import { type Computed, modelOf } from './model.ts'
import { integerAttribute, integersAttribute, refusedOperator, textAttribute } from './node.ts'

/** What a name in the graph stands for. */
type Value =
  | { readonly kind: 'slots'; readonly slots: Slots }
  | { readonly kind: 'layers'; readonly layers: Layers }
  | { readonly kind: 'class' | 'scores'; readonly computed: Computed }

const kindNames = { slots: 'columns', layers: 'a layer', class: 'an answer', scores: 'scores' } as const

/**
 * A model of trees, a linear model or a network in ONNX, with what stands before and behind it in the graph.
 *
 * @throws {CompileError} naming the first operator that is not read.
 */
export function readOnnx(file: string, bytes: Uint8Array, options: ReaderOptions): ForeignModel {
  const { producer, graph } = parseOnnx(file, bytes)
  const values = new Map<string, Value>()
  const names: (string | null)[] = []
  for (const input of graph.inputs) {
    const count = columnsOf(file, graph, input, options)
    if (names.length + count > limits.columns)
      throw beyondLimit(file, input.name, 'columns', names.length + count, limits.columns)
    values.set(input.name, { kind: 'slots', slots: inputSlots(names.length, count, input.element, file) })
    for (let i = 0; i < count; i++) names.push(count === 1 && graph.inputs.length > 1 ? input.name : null)
  }
  const work = newWork(graph.constants)
  let found: { computed: Computed; inputs: readonly ForeignInput[] } | null = null
  for (const node of graph.nodes) {
    const constant = node.operator === 'Constant' ? (node.attributes.get('value')?.tensor ?? null) : null
    if (constant !== null) {
      for (const name of node.outputs) work.constants.set(name, constant)
      continue
    }
    const unknown = node.inputs.find((name) => name !== '' && !values.has(name) && !work.constants.has(name))
    if (unknown !== undefined)
      throw malformedModel(file, `an input of ${node.operator}`, unknown, 'the output of a node before it')
    const given = node.inputs.flatMap((name) => values.get(name) ?? [])
    const slots = given.flatMap((value) => (value.kind === 'slots' ? [value.slots] : []))
    const [first] = slots
    const computed =
      first === undefined
        ? null
        : modelOf(node, first.inputs.length, first.element === 'double' ? 'float64' : 'float32')
    if (first !== undefined && computed !== null) {
      if (found !== null) throw unsupported(file, 'several models in one graph', 'Export one model.')
      if (first.element === 'text') throw refusedOperator(file, node.operator, ' of texts')
      found = { computed, inputs: first.inputs }
      const alone = node.outputs.length === 1
      node.outputs.forEach((name, i) => {
        values.set(name, { kind: alone || i === 1 ? 'scores' : 'class', computed })
      })
      continue
    }
    const value = after(node, given) ?? layersBehind(node, given, work) ?? slotsAfter(node, given, work)
    if (value === null) throw refusedOperator(file, node.operator)
    for (const name of node.outputs) if (name !== '') values.set(name, value)
  }
  const { computed, inputs } = endOf(file, graph, values, found?.inputs ?? null, options)
  return {
    source: { format: 'ONNX', version: producer === '' ? null : producer, rounds: null },
    columns: names.map((name, i) => columnOf(name, i, inputs)),
    inputs,
    missing: 'taken',
    ...computed,
  }
}

/** The model that the outputs of the graph are. @param inputs of its trees or its linear model; null for a network. */
function endOf(
  file: string,
  graph: OnnxGraph,
  values: ReadonlyMap<string, Value>,
  inputs: readonly ForeignInput[] | null,
  options: ReaderOptions,
): { computed: Computed; inputs: readonly ForeignInput[] } {
  const outputs = graph.outputs.flatMap((name) => values.get(name) ?? [])
  const scores = outputs.filter(({ kind }) => kind === 'scores' || kind === 'layers')
  // An answer alone is that of the largest score.
  const ends = scores.length > 0 ? scores : outputs.filter(({ kind }) => kind === 'class')
  const distinct = new Set(
    ends.flatMap((end) => (end.kind === 'slots' ? [] : end.kind === 'layers' ? end.layers : end.computed)),
  )
  if (distinct.size > 1) {
    const names = graph.outputs.map((name) => JSON.stringify(name)).join(', ')
    throw unsupported(
      file,
      `several outputs that differ, ${names.slice(0, 100)}`,
      'Export it with one of them: what is behind a Sigmoid or Softmax are the chances of answers.',
    )
  }
  const [end] = ends
  if (end?.kind === 'layers') return { computed: computedOf(file, end.layers, options.link), inputs: end.layers.inputs }
  if (inputs === null) throw unsupported(file, 'no trees, no linear model and no network', 'Export the model itself.')
  if (end === undefined || end.kind === 'slots')
    throw malformedModel(file, 'the output of the graph', graph.outputs.join(', '), 'what the model computes')
  return { computed: end.computed, inputs }
}

/** Layers of a network behind columns, or behind other layers. */
function layersBehind(node: OnnxNode, [first]: readonly Value[], work: GraphWork): Value | null {
  if (first?.kind !== 'slots' && first?.kind !== 'layers') return null
  const layers = layersAfter(node, first.kind === 'slots' ? first.slots : first.layers, work)
  return layers === null ? null : { kind: 'layers', layers }
}

/** Columns behind columns. Whatever else is given would be left out of them: so that is refused. */
function slotsAfter(node: OnnxNode, given: readonly Value[], work: GraphWork): Value | null {
  const slots = given.flatMap((value) => (value.kind === 'slots' ? [value.slots] : []))
  if (slots.length < given.length) {
    const what = new Set(given.map(({ kind }) => kindNames[kind]))
    throw refusedOperator(node.file, node.operator, ` of ${[...what].join(' and ')}`)
  }
  const next = before(node, slots, work)
  return next === null ? null : { kind: 'slots', slots: next }
}

/** What follows the model: names put to scores, shares that sum up to 1, other kinds of numbers. */
function after(node: OnnxNode, given: readonly Value[]): Value | null {
  const [first] = given
  if (first === undefined || first.kind === 'slots' || first.kind === 'layers') return null
  switch (node.operator) {
    case 'Identity':
    case 'ZipMap':
      return first
    case 'Cast': {
      const to = integerAttribute(node, 'to', 0)
      const whole = first.kind === 'class'
      const takes: number[] = whole
        ? [elementKinds.int64, elementKinds.int32, elementKinds.text]
        : [elementKinds.float, elementKinds.double]
      return takes.includes(to) ? first : null
    }
    case 'Normalizer':
      return first.kind === 'scores' && textAttribute(node, 'norm', 'MAX') === 'L1' ? normalised(first.computed) : null
    default:
      return null
  }
}

/** Shares divided by their sum. One score, or a softmax, sums up to 1 as it is. */
function normalised(computed: Computed): Value | null {
  const { link, outcome } = computed
  if (outcome.kind === 'two' || link.kind === 'softmax') return { kind: 'scores', computed }
  if (link.kind === 'logistic')
    return { kind: 'scores', computed: { ...computed, link: { ...link, normalised: true } } }
  return null
}

/** How many columns an input has: as declared, or asked for, or as many as the model looks at. */
function columnsOf(file: string, graph: OnnxGraph, input: OnnxInput, { columns }: ReaderOptions): number {
  const own = input.columns ?? columns ?? leastColumns(graph)
  if (!(own >= 1 && own <= limits.columns))
    throw malformedModel(file, `the input ${input.name}`, own, `1 to ${limits.columns} columns`)
  return own
}

/** A network takes as many columns as its first matrix has rows. */
function leastColumns(graph: OnnxGraph): number {
  const first = graph.nodes.find(({ operator }) => operator === 'Gemm' || operator === 'MatMul')
  const sizes = graph.constants.get(first?.inputs[1] ?? '')?.sizes ?? []
  const isTransposed = first !== undefined && integerAttribute(first, 'transB', 0) !== 0
  return graph.nodes
    .flatMap((node) => integersAttribute(node, 'nodes_featureids'))
    .reduce((most, i) => Math.max(most, i + 1), sizes[isTransposed ? 1 : 0] ?? 1)
}

function columnOf(name: string | null, i: number, inputs: readonly ForeignInput[]): ForeignColumn {
  const coded = inputs.find((input) => input.kind === 'coded' && input.column === i)
  return coded?.kind === 'coded' ? { kind: 'level', name, levels: coded.levels } : { kind: 'number', name, range: null }
}
