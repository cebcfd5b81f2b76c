import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js'
import fc from 'fast-check'

/** The group by @noble/curves, one point at a time, on hexadecimal encodings; scalars are integers. */

export const order = 2n ** 252n + 27742317777372353535851937790883648493n
const { Point } = ristretto255

export const modulo = (a: bigint): bigint => ((a % order) + order) % order
export const identity = '00'.repeat(32)

export function multiple(scalar: bigint, encoding?: string): string {
  const point = encoding === undefined ? Point.BASE : Point.fromHex(encoding)
  const reduced = modulo(scalar)
  return reduced === 0n || point.equals(Point.ZERO) ? identity : point.multiply(reduced).toHex()
}
export const sum = (...encodings: string[]): string =>
  encodings.reduce((total, encoding) => total.add(Point.fromHex(encoding)), Point.ZERO).toHex()
export const difference = (a: string, b: string): string => Point.fromHex(a).subtract(Point.fromHex(b)).toHex()
export const hashed = (uniform: Uint8Array): string => ristretto255_hasher.deriveToCurve?.(uniform).toHex() ?? ''

export function isEncoding(encoding: string): boolean {
  try {
    return Point.fromHex(encoding).toHex() === encoding
  } catch {
    return false
  }
}

export const fromHex = (...encodings: string[]): Uint8Array => Uint8Array.from(Buffer.from(encodings.join(''), 'hex'))
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
/** The encodings of 32 bytes each. */
export const hexes = (bytes: Uint8Array): string[] => toHex(bytes).match(/.{64}/g) ?? []

/** An integer in `length` bytes, little-endian. */
export function littleEndian(value: bigint, length = 32): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 255n))
}
export const integers = (bytes: Uint8Array, length = 32): bigint[] =>
  Array.from({ length: bytes.length / length }, (_, i) =>
    bytes.slice(i * length, (i + 1) * length).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n),
  )
export const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts))
export const scalarsOf = (values: readonly bigint[], length = 32): Uint8Array =>
  joined(values.map((value) => littleEndian(value, length)))

/** Scalars that are hard for signed windows: at their edges, all digits alike, sparse. */
const digits = fc.constantFrom(0x7n, 0x8n, 0x9n, 0xfn, 0x1n)
const repeated = digits.map((digit) => modulo(BigInt(`0x${digit.toString(16).repeat(63)}`)))
const fives = fc.constantFrom(15n, 16n, 17n, 31n, 1n).map((digit) => {
  let value = 0n
  for (let i = 0; i < 50; i++) value = (value << 5n) | digit
  return modulo(value)
})
export const scalarValues: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt({ min: 0n, max: order - 1n }) },
  fc.constantFrom(
    0n,
    1n,
    2n,
    8n,
    16n,
    order - 1n,
    order - 2n,
    (order - 1n) / 2n,
    (order + 1n) / 2n,
    2n ** 252n - 1n,
    2n ** 252n,
  ),
  fc.integer({ min: 0, max: 252 }).map((bit) => modulo(2n ** BigInt(bit) - 1n)),
  fc.integer({ min: 0, max: 252 }).map((bit) => 2n ** BigInt(bit)),
  repeated,
  fives,
)
/** Scalars of as many bytes, any. */
export const shortValues = (bytes: number): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** BigInt(8 * bytes) - 1n }),
    fc.constantFrom(
      0n,
      1n,
      2n ** BigInt(8 * bytes) - 1n,
      BigInt(`0x${'8'.repeat(2 * bytes)}`),
      BigInt(`0x${'7'.repeat(2 * bytes)}`),
    ),
  )
