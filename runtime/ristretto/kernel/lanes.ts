/**
 * Arithmetic on a word of each lane: four words of 32 bits in a vector, or one of 64 in a number. What is written with it
 * is one source for both kernels.
 */
export interface Lanes {
  readonly type: 'v128' | 'i64'
  /** How many elements an operation is on. */
  readonly lanes: 4 | 1
  /** Bytes of a word of all lanes. */
  readonly wordBytes: 16 | 8
  constant(value: number): string
  add(a: string, b: string): string
  subtract(a: string, b: string): string
  multiply(a: string, factor: number): string
  and(a: string, b: string): string
  or(a: string, b: string): string
  xor(a: string, b: string): string
  shiftLeft(a: string, bits: number): string
  /** Keeps the sign. */
  shiftRight(a: string, bits: number): string
  shiftRightUnsigned(a: string, bits: number): string
  /** A number of 32 bits a lane, with its sign. */
  loadNumbers(address: string): string
  /** All bits set where the word is 0. */
  isZero(a: string): string
  load(address: string, offset?: number): string
  store(address: string, offset: number, value: string): string
}

function lanesOf(
  type: 'v128' | 'i64',
  integer: 'i32x4' | 'i64',
  constant: (value: number) => string,
  shiftBy: 'i32' | 'i64',
): Omit<Lanes, 'lanes' | 'wordBytes' | 'isZero' | 'loadNumbers'> {
  const binary = (operation: string) => (a: string, b: string) => `(${operation} ${a} ${b})`
  const shift = (operation: string) => (a: string, bits: number) =>
    bits === 0 ? a : `(${integer}.${operation} ${a} (${shiftBy}.const ${bits}))`
  const align = type === 'v128' ? 4 : 8
  return {
    type,
    constant,
    add: binary(`${integer}.add`),
    subtract: binary(`${integer}.sub`),
    multiply: (a, factor) => `(${integer}.mul ${a} ${constant(factor)})`,
    and: binary(`${type}.and`),
    or: binary(`${type}.or`),
    xor: binary(`${type}.xor`),
    shiftLeft: shift('shl'),
    shiftRight: shift('shr_s'),
    shiftRightUnsigned: shift('shr_u'),
    load: (address, offset = 0) => `(${type}.load offset=${offset} align=${align} ${address})`,
    store: (address, offset, value) => `(${type}.store offset=${offset} align=${align} ${address} ${value})`,
  }
}

export const fourLanes: Lanes = {
  ...lanesOf('v128', 'i32x4', (value) => `(v128.const i32x4 ${value} ${value} ${value} ${value})`, 'i32'),
  lanes: 4,
  wordBytes: 16,
  loadNumbers: (address) => `(v128.load ${address})`,
  isZero: (a) => `(i32x4.eq ${a} (v128.const i32x4 0 0 0 0))`,
}

export const oneLane: Lanes = {
  ...lanesOf('i64', 'i64', (value) => `(i64.const ${value})`, 'i64'),
  lanes: 1,
  wordBytes: 8,
  loadNumbers: (address) => `(i64.load32_s ${address})`,
  isZero: (a) => `(i64.sub (i64.const 0) (i64.extend_i32_u (i64.eqz ${a})))`,
}
