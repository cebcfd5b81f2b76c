import { damagedModel } from '../errors.ts'
import {
  floatsOf,
  type ProtobufField,
  type ProtobufMessage,
  packedIntegers,
  protobufFields,
  textOf,
} from './protobuf.ts'

/** The messages of ONNX as far as models of trees and linear models need them; numbers of fields are those of onnx.proto. */
export interface OnnxModel {
  readonly producer: string
  readonly graph: OnnxGraph
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[]
  readonly constants: ReadonlyMap<string, OnnxTensor>
  readonly inputs: readonly OnnxInput[]
  readonly outputs: readonly string[]
}

/** An input: its kind of element by ONNX's number, and its columns, null if the file leaves them open. */
export interface OnnxInput {
  readonly name: string
  readonly element: number
  readonly columns: number | null
}

export interface OnnxNode {
  readonly file: string
  readonly operator: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, OnnxAttribute>
}

export interface OnnxAttribute {
  readonly float: number | null
  readonly integer: number | null
  readonly text: string | null
  readonly floats: readonly number[]
  readonly integers: readonly number[]
  readonly texts: readonly string[]
  readonly tensor: OnnxTensor | null
}

export interface OnnxTensor {
  readonly element: number
  /** How many there are along each dimension; none where it is a single one, or the file does not say. */
  readonly sizes: readonly number[]
  readonly numbers: readonly number[]
  readonly texts: readonly string[]
}

/** ONNX's numbers of kinds of elements. */
export const elementKinds = { float: 1, uint8: 2, int32: 6, int64: 7, text: 8, bool: 9, double: 11 } as const

type Fields = readonly ProtobufField[]
const messages = (fields: Fields, number: number): ProtobufMessage[] =>
  fields.flatMap((field) => (field.number === number && field.kind === 'bytes' ? [field.value] : []))
const texts = (fields: Fields, number: number) => fields.filter((field) => field.number === number).map(textOf)
const integers = (fields: Fields, number: number) =>
  fields.filter((field) => field.number === number).flatMap(packedIntegers)
const floats = (fields: Fields, number: number, width: 4 | 8) =>
  fields.filter((field) => field.number === number).flatMap((field) => floatsOf(field, width))

export function parseOnnx(file: string, bytes: Uint8Array): OnnxModel {
  const fields = protobufFields({ file, bytes, offset: 0 })
  const [graph, ...others] = messages(fields, 7)
  if (graph === undefined || others.length > 0) throw damagedModel(file, 0, 'it is no ONNX model of one graph')
  const producer = [...texts(fields, 2), ...texts(fields, 3)].join(' ')
  return { producer, graph: readGraph(graph) }
}

function readGraph(message: ProtobufMessage): OnnxGraph {
  const fields = protobufFields(message)
  const constants = new Map(
    messages(fields, 5).map((tensor) => [texts(protobufFields(tensor), 8)[0] ?? '', readTensor(tensor)]),
  )
  const inputs = messages(fields, 11).map(readInput)
  return {
    nodes: messages(fields, 1).map(readNode),
    constants,
    inputs: inputs.filter(({ name }) => !constants.has(name)),
    outputs: messages(fields, 12).map((output) => texts(protobufFields(output), 1)[0] ?? ''),
  }
}

/** Value, type, tensor type, shape, dimension: a message in each. */
function readInput(message: ProtobufMessage): OnnxInput {
  const fields = protobufFields(message)
  const tensor = messages(fields, 2)
    .flatMap((type) => messages(protobufFields(type), 1))
    .flatMap(protobufFields)
  const dimensions = messages(tensor, 2).flatMap((shape) => messages(protobufFields(shape), 1))
  const last = dimensions.length === 2 ? dimensions[1] : undefined
  const columns = last === undefined ? 0 : (integers(protobufFields(last), 1)[0] ?? 0)
  return {
    name: texts(fields, 1)[0] ?? '',
    element: integers(tensor, 1)[0] ?? 0,
    columns: columns > 0 ? columns : null,
  }
}

function readNode(message: ProtobufMessage): OnnxNode {
  const fields = protobufFields(message)
  return {
    file: message.file,
    inputs: texts(fields, 1),
    outputs: texts(fields, 2),
    operator: texts(fields, 4)[0] ?? '',
    attributes: new Map(messages(fields, 5).map(readAttribute)),
  }
}

function readAttribute(message: ProtobufMessage): [string, OnnxAttribute] {
  const fields = protobufFields(message)
  const [tensor] = messages(fields, 5)
  const attribute: OnnxAttribute = {
    float: floats(fields, 2, 4)[0] ?? null,
    integer: integers(fields, 3)[0] ?? null,
    text: texts(fields, 4)[0] ?? null,
    floats: floats(fields, 7, 4),
    integers: integers(fields, 8),
    texts: texts(fields, 9),
    tensor: tensor === undefined ? null : readTensor(tensor),
  }
  return [texts(fields, 1)[0] ?? '', attribute]
}

function readTensor(message: ProtobufMessage): OnnxTensor {
  const fields = protobufFields(message)
  const element = integers(fields, 2)[0] ?? 0
  const raw = messages(fields, 9)[0]
  const written = [...floats(fields, 4, 4), ...integers(fields, 5), ...integers(fields, 7), ...floats(fields, 10, 8)]
  const numbers = raw === undefined ? written : rawNumbers(raw, element)
  return { element, sizes: integers(fields, 1), numbers, texts: texts(fields, 6) }
}

/** The numbers of a tensor whose bytes are written as they lie in memory, little-endian. */
function rawNumbers(message: ProtobufMessage, element: number): number[] {
  const field: ProtobufField = { kind: 'bytes', number: 9, value: message }
  const view = new DataView(message.bytes.buffer, message.bytes.byteOffset, message.bytes.length)
  const list = (width: number, read: (at: number) => number) =>
    Array.from({ length: Math.floor(message.bytes.length / width) }, (_, i) => read(width * i))
  switch (element) {
    case elementKinds.float:
      return floatsOf(field, 4)
    case elementKinds.double:
      return floatsOf(field, 8)
    case elementKinds.uint8:
      return Array.from(message.bytes)
    case elementKinds.int32:
      return list(4, (i) => view.getInt32(i, true))
    case elementKinds.int64:
      return list(8, (i) => Number(view.getBigInt64(i, true)))
    default:
      throw damagedModel(message.file, message.offset, `a tensor of the kind ${element} is not read`)
  }
}
