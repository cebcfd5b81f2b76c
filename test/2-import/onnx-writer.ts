/** Writes ONNX models for tests: the messages of onnx.proto by hand, in the few bytes that they are. */
export interface Tensor {
  readonly element: 'float' | 'double' | 'uint8' | 'int64'
  readonly numbers: readonly number[]
  /** Absent: a list. */
  readonly sizes?: readonly number[]
}
export type Attribute =
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly tensor: Tensor }
export interface Node {
  readonly operator: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** Absent: ai.onnx.ml. */
  readonly domain?: ''
}
export interface Port {
  readonly name: string
  readonly element: 1 | 7 | 8 | 11
  readonly columns: number | null
}

type Bytes = readonly number[]
const varint = (value: number): number[] => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return [...bytes, Number(rest)]
}
const field = (number: number, wire: number) => varint(number * 8 + wire)
const bytes = (number: number, content: Bytes): number[] => [...field(number, 2), ...varint(content.length), ...content]
const text = (number: number, content: string) => bytes(number, [...new TextEncoder().encode(content)])
const integer = (number: number, value: number) => [...field(number, 0), ...varint(value)]
const float32 = (values: readonly number[]) => [...new Uint8Array(Float32Array.from(values).buffer)]
const float64 = (values: readonly number[]) => [...new Uint8Array(Float64Array.from(values).buffer)]

function tensor({ element, numbers, sizes = [numbers.length] }: Tensor, name = ''): number[] {
  const raw = {
    float: () => float32(numbers),
    double: () => float64(numbers),
    uint8: () => [...numbers],
    int64: () => [...new Uint8Array(BigInt64Array.from(numbers, BigInt).buffer)],
  }[element]()
  const kind = { float: 1, double: 11, uint8: 2, int64: 7 }[element]
  return [...sizes.flatMap((size) => integer(1, size)), ...integer(2, kind), ...text(8, name), ...bytes(9, raw)]
}

function attribute(name: string, value: Attribute): number[] {
  const start = text(1, name)
  if ('float' in value) return [...start, ...field(2, 5), ...float32([value.float]), ...integer(20, 1)]
  if ('int' in value) return [...start, ...integer(3, value.int), ...integer(20, 2)]
  if ('string' in value) return [...start, ...text(4, value.string), ...integer(20, 3)]
  if ('tensor' in value) return [...start, ...bytes(5, tensor(value.tensor)), ...integer(20, 4)]
  if ('floats' in value)
    return [...start, ...value.floats.flatMap((x) => [...field(7, 5), ...float32([x])]), ...integer(20, 6)]
  if ('ints' in value) return [...start, ...value.ints.flatMap((x) => integer(8, x)), ...integer(20, 7)]
  return [...start, ...value.strings.flatMap((x) => text(9, x)), ...integer(20, 8)]
}

function node({ operator, inputs, outputs, attributes = {}, domain = 'ai.onnx.ml' as '' }: Node): number[] {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...outputs.flatMap((name) => text(2, name)),
    ...text(4, operator),
    ...Object.entries(attributes).flatMap(([name, value]) => bytes(5, attribute(name, value))),
    ...text(7, domain),
  ]
}

function port({ name, element, columns }: Port): number[] {
  const dimension = columns === null ? text(2, 'C') : integer(1, columns)
  const shape = [...bytes(1, text(2, 'N')), ...bytes(1, dimension)]
  return [...text(1, name), ...bytes(2, bytes(1, [...integer(1, element), ...bytes(2, shape)]))]
}

export function onnxModel(
  nodes: readonly Node[],
  inputs: readonly Port[],
  outputs: readonly Port[],
  constants: Readonly<Record<string, Tensor>> = {},
  version = 3,
): Uint8Array {
  const graph = [
    ...nodes.flatMap((own) => bytes(1, node(own))),
    ...text(2, 'test'),
    ...Object.entries(constants).flatMap(([name, own]) => bytes(5, tensor(own, name))),
    ...inputs.flatMap((own) => bytes(11, port(own))),
    ...outputs.flatMap((own) => bytes(12, outputPort(own))),
  ]
  const imports = [
    bytes(8, [...text(1, ''), ...integer(2, 17)]),
    bytes(8, [...text(1, 'ai.onnx.ml'), ...integer(2, version)]),
  ]
  return Uint8Array.from([...integer(1, 8), ...text(2, 'test'), ...bytes(7, graph), ...imports.flat()])
}

/** Outputs have a kind and no shape: a label is a list, scores are a matrix. */
const outputPort = ({ name, element }: Port) => [...text(1, name), ...bytes(2, bytes(1, integer(1, element)))]
