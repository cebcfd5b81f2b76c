import type { RingFactory } from './square-ring.ts'

/** `base^exponent` modulo something fixed. `base` any integer, `exponent >= 0`; the result is the least residue. */
export type Power = (base: bigint, exponent: bigint) => bigint

/** Significant bits of the multipliers that blind a difference: see `drawBlinding`. */
export const mantissaBits = 60

/** One factor `x^(mantissa 2^shift)` of a product, with x the ciphertext at position `base`. `mantissa` at least 1. */
export interface Factor {
  readonly base: number
  readonly mantissa: bigint
  readonly shift: number
}

/** What evaluates one reply ciphertext: the factors of a test each, and the unit whose n-th power re-randomises. */
export interface Product {
  readonly factors: readonly Factor[]
  readonly unit: bigint
}

/**
 * Modular exponentiation in the three shapes that the scheme needs. Everything that takes time goes through here, so an
 * engine is chosen in one place, and one can be checked against the other.
 */
export interface PaillierEngine {
  readonly name: 'openssl' | 'bigint'
  /** Exponentiation modulo m, at least 2. */
  power(m: bigint): Power
  /** Exponentiation modulo m^2, for an odd m of at least 3. */
  squarePower(m: bigint): Power
  /** For each product: the factors, times `unit^n`, modulo n^2. */
  products(n: bigint): (bases: readonly bigint[], products: readonly Product[]) => bigint[]
  /** Arithmetic modulo m^2 by single multiplications. */
  readonly ringOf: RingFactory
  /** From how many encryptions under one key on a table of powers pays. Measured: see `npm run bench`. */
  readonly tablePaysFrom: number
}
