/** What computes: our kernel with or without SIMD, or libsodium. */
export type Engine = 'simd' | 'scalar' | 'sodium'

/** Bytes of an encoded point, and of a scalar, little-endian. */
export const encodingBytes = 32
export const scalarBytes = 32
/** Bytes of the scalars that a multiplication takes: short ones take less time. */
export type ScalarSize = 8 | 16 | 32

/**
 * Points in an engine's memory, in whatever coordinates it works with. They last until the work that they were lent to
 * returns; to use them later, or in another engine, is a RangeError.
 */
export interface PointBatch {
  readonly length: number
  /** The points at these places, not copied: as often, and in such an order, as they are named. @throws {RangeError} */
  at(places: ArrayLike<number>): PointBatch
  /** The points from one place to before another, not copied. */
  slice(from: number, to?: number): PointBatch
}

/** What decoding tells. */
export interface Decoded {
  /** One for each encoding; the generator where there was no point. */
  readonly points: PointBatch
  /** Which were the encoding of a point. The identity is one. */
  readonly valid: readonly boolean[]
}

/**
 * Operations on batches of points. Each result is new, unless `into` names points that are there, which it overwrites;
 * those may be among the operands, and different results must not go to one place. Batches may be empty.
 *
 * All are done in a time, and with addresses, that depend on the lengths alone; libsodium's, also on whether encodings are
 * canonical. Scalars of 32 bytes are least residues.
 *
 * All throw a RangeError if lengths do not fit, a scalar is not below 2^253, or memory is short.
 */
export interface Workspace {
  /** Identities. */
  identities(count: number): PointBatch
  /** The points of all parts, one after another, not copied. */
  join(parts: readonly PointBatch[]): PointBatch
  /** Decodes 32 bytes each, in constant time. */
  decode(encodings: Uint8Array): Decoded
  /** 32 bytes each: a root each. */
  encode(points: PointBatch): Uint8Array
  /** Encodes the doubles of points: 32 bytes each, with one inverse for all, ten times as fast. */
  encodeDoubled(points: PointBatch): Uint8Array
  add(a: PointBatch, b: PointBatch, into?: PointBatch): PointBatch
  subtract(a: PointBatch, b: PointBatch, into?: PointBatch): PointBatch
  double(points: PointBatch, into?: PointBatch): PointBatch
  /** The multiples of the generator by scalars of 32 bytes each. */
  generate(scalars: Uint8Array): PointBatch
  /** A multiple of each point, by scalars of `size` bytes each, or by one for all. `size` is 32 if not given. */
  multiply(points: PointBatch, scalars: Uint8Array, size?: ScalarSize): PointBatch
  /** For each run of neighbouring points, of these lengths, the sum of multiples: faster than the multiples and their sum. */
  sumMultiples(points: PointBatch, scalars: Uint8Array, size: ScalarSize, runs: readonly number[]): PointBatch
  /** The map from 64 uniform bytes each to uniform points. */
  hash(uniform: Uint8Array): PointBatch
}

/**
 * Arithmetic modulo the group's order on batches of scalars, 32 bytes each, in constant time. Results are least residues,
 * operands any 32 bytes; one operand may be a single scalar for all.
 */
export interface Scalars {
  /** 64 bytes each, as a number, modulo the order: uniform up to 2^-259 if the bytes are. */
  reduce(wide: Uint8Array): Uint8Array
  add(a: Uint8Array, b: Uint8Array): Uint8Array
  subtract(a: Uint8Array, b: Uint8Array): Uint8Array
  multiply(a: Uint8Array, b: Uint8Array): Uint8Array
  negate(a: Uint8Array): Uint8Array
  /** Half of each, modulo the order: whose double it is. */
  halve(a: Uint8Array): Uint8Array
}

/** The group ristretto255 (RFC 9496): of prime order, every element with exactly one encoding. */
export interface Group {
  readonly engine: Engine
  readonly scalars: Scalars
  /**
   * Lends memory to `work`, which computes at once. What was in it is wiped when `work` returns or throws. Loans may be
   * nested: an inner one reads and overwrites the points of an outer one, which makes no new ones meanwhile.
   */
  borrow<T>(work: (space: Workspace) => T): T
}

/** Checks lengths: how many items of so many bytes there are. @throws {RangeError} */
export function countOf(bytes: Uint8Array, each: number, expected?: number): number {
  const count = bytes.length / each
  if (!Number.isInteger(count) || (expected !== undefined && count !== expected)) {
    const wanted = expected === undefined ? `a multiple of ${each}` : `${expected * each}`
    throw new RangeError(`${bytes.length} bytes, where ${wanted} were expected`)
  }
  return count
}

/** Takes one item for all, if it is but one. */
export function spreadTo(count: number, items: Uint8Array, each: number): Uint8Array {
  if (items.length !== each || count === 1) return items
  const all = new Uint8Array(count * each)
  for (let at = 0; at < all.length; at += each) all.set(items, at)
  return all
}

/** @throws {RangeError} if a scalar of 32 bytes is no least residue, as far as its last byte tells. */
export function checkScalars(scalars: Uint8Array, size: ScalarSize): void {
  if (size !== scalarBytes) return
  let bits = 0
  for (let at = scalarBytes - 1; at < scalars.length; at += scalarBytes) bits |= (scalars[at] as number) + 0x6f
  if (bits > 0x7f) throw new RangeError('a scalar is not reduced')
}
