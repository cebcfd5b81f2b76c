import { damagedModel } from '../errors.ts'

/** One field of a message: a number (as a signed 64-bit integer), four or eight bytes, or bytes of any length. */
export type ProtobufField =
  | { readonly kind: 'integer'; readonly number: number; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly number: number; readonly value: ProtobufMessage }

/** Bytes of a file that hold a message, a text or packed numbers. */
export interface ProtobufMessage {
  readonly file: string
  readonly bytes: Uint8Array
  /** Where they begin in the file, for messages of errors. */
  readonly offset: number
}

/**
 * The fields of a message, in order.
 *
 * @throws {CompileError} `malformed-model` if a field does not fit, or is of a kind that ended before ONNX began.
 */
export function protobufFields(message: ProtobufMessage): ProtobufField[] {
  const { file, bytes, offset } = message
  const fields: ProtobufField[] = []
  for (let i = 0; i < bytes.length; ) {
    const tag = varintAt(message, i)
    i = tag.next
    const [number, wire] = [Number(tag.value >> 3n), Number(tag.value & 7n)]
    if (wire === 0) {
      const { value, next } = varintAt(message, i)
      fields.push({ kind: 'integer', number, value: BigInt.asIntN(64, value) })
      i = next
      continue
    }
    const length =
      wire === 1
        ? { value: 8n, next: i }
        : wire === 5
          ? { value: 4n, next: i }
          : wire === 2
            ? varintAt(message, i)
            : null
    if (length === null) throw damagedModel(file, offset + i, `the wire type ${wire} is unknown`)
    const end = length.next + Number(length.value)
    if (!(end <= bytes.length)) throw damagedModel(file, offset + i, `${length.value} bytes do not fit here`)
    const value = { file, bytes: bytes.subarray(length.next, end), offset: offset + length.next }
    fields.push({ kind: 'bytes', number, value })
    i = end
  }
  return fields
}

function varintAt({ file, bytes, offset }: ProtobufMessage, start: number): { value: bigint; next: number } {
  let value = 0n
  for (let i = start; i < Math.min(start + 10, bytes.length); i++) {
    const byte = bytes[i] as number
    value |= BigInt(byte & 0x7f) << BigInt(7 * (i - start))
    if (byte < 0x80) return { value, next: i + 1 }
  }
  throw damagedModel(file, offset + start, 'a number does not end')
}

/** Packed or single integers of a field. */
export function packedIntegers(field: ProtobufField): number[] {
  if (field.kind === 'integer') return [Number(field.value)]
  const { value: message } = field
  const numbers: number[] = []
  for (let i = 0; i < message.bytes.length; ) {
    const { value, next } = varintAt(message, i)
    numbers.push(Number(BigInt.asIntN(64, value)))
    i = next
  }
  return numbers
}

/** Packed or single floats of a field, of 4 or 8 bytes each, little-endian. */
export function floatsOf(field: ProtobufField, width: 4 | 8): number[] {
  if (field.kind === 'integer') return []
  const { file, bytes, offset } = field.value
  if (bytes.length % width !== 0)
    throw damagedModel(file, offset, `${bytes.length} bytes are no list of numbers of ${width}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return Array.from({ length: bytes.length / width }, (_, i) =>
    width === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true),
  )
}

export function textOf(field: ProtobufField): string {
  if (field.kind === 'integer') return ''
  const { file, bytes, offset } = field.value
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw damagedModel(file, offset, 'a text is no UTF-8')
  }
}
