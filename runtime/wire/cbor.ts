import { concatBytes } from '../bytes.ts'

/**
 * Deterministic CBOR (RFC 8949, §4.2.1) of what contracts and messages hold: numbers, texts, byte strings, `true`,
 * `false`, `null`, lists, and maps with texts for keys. Every value has one encoding, the shortest.
 *
 * @throws {TypeError} for anything else.
 */
export function encodeCbor(value: unknown): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = []
  write(value, parts)
  return concatBytes(parts)
}

const utf8 = new TextEncoder()
const simple = new Map<unknown, number>([
  [false, 0xf4],
  [true, 0xf5],
  [null, 0xf6],
  [undefined, 0xf7],
])

function write(value: unknown, parts: Uint8Array[]): void {
  const code = simple.get(value)
  if (code !== undefined) parts.push(Uint8Array.of(code))
  else if (typeof value === 'number') parts.push(numberOf(value))
  else if (typeof value === 'string') parts.push(...sized(3, utf8.encode(value)))
  else if (value instanceof Uint8Array) parts.push(...sized(2, value))
  else if (Array.isArray(value)) {
    parts.push(head(4, value.length))
    for (const item of value) write(item, parts)
  } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
    const entries = Object.entries(value).map(([key, item]) => ({ key: concatBytes(sized(3, utf8.encode(key))), item }))
    entries.sort((one, other) => compare(one.key, other.key))
    parts.push(head(5, entries.length))
    for (const { key, item } of entries) {
      parts.push(key)
      write(item, parts)
    }
  } else throw new TypeError(`a ${typeof value} has no place in a message`)
}

const sized = (major: number, bytes: Uint8Array) => [head(major, bytes.length), bytes]

/** Byte by byte: the encoding of a shorter text begins with a smaller length. */
function compare(one: Uint8Array, other: Uint8Array): number {
  const at = one.findIndex((byte, i) => byte !== other[i])
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0)
}

/** The major type and its argument, in as few bytes as hold it. */
function head(major: number, argument: number): Uint8Array {
  if (argument < 24) return Uint8Array.of((major << 5) | argument)
  const size = [0xff, 0xffff, 0xffff_ffff].findIndex((most) => argument <= most)
  const width = size < 0 ? 3 : size
  const bytes = new Uint8Array(1 + 2 ** width)
  bytes[0] = (major << 5) | (24 + width)
  for (let [at, rest] = [bytes.length - 1, argument]; at > 0; at--, rest = Math.floor(rest / 256))
    bytes[at] = rest % 256
  return bytes
}

/** Integers as such; others as the shortest of half, single and double precision that is the same number. */
function numberOf(value: number): Uint8Array {
  if (Number.isSafeInteger(value)) return value < 0 ? head(1, -1 - value) : head(0, value)
  if (!Number.isFinite(value)) throw new TypeError('a message holds finite numbers')
  const double = new DataView(new ArrayBuffer(9))
  double.setUint8(0, 0xfb)
  double.setFloat64(1, value)
  const exponent = Math.max(-14, ((double.getUint16(1) >> 4) & 0x7ff) - 1023)
  // In units of the last place of a half: those below its smallest exponent have fewer digits.
  const digits = Math.abs(value) * 2 ** (10 - exponent)
  if (exponent < 16 && Number.isInteger(digits)) {
    const half = (exponent + 14) * 1024 + digits
    return Uint8Array.of(0xf9, (value < 0 ? 0x80 : 0) | (half >> 8), half & 0xff)
  }
  if (Math.fround(value) !== value) return new Uint8Array(double.buffer)
  const single = new DataView(new ArrayBuffer(5))
  single.setUint8(0, 0xfa)
  single.setFloat32(1, value)
  return new Uint8Array(single.buffer)
}
