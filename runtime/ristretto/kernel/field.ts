import type { Lanes } from './lanes.ts'
import type { AllocatePlace } from './layout.ts'

/**
 * Arithmetic modulo p = 2^255 - 19 on one element a lane, as functions on addresses: `$multiply`, `$square` and `$add`,
 * `$subtract` (out, a, b), `$tighten` (which makes limbs as small as those of a product), `$select` (out, a, mask),
 * `$negateIf` (out, mask), `$isZero`, `$isOdd` (masks), `$toBytes`, `$fromBytes`, `$sameBytes` (mask),
 * `$gather` (block, list) and `$scatter` (list, block) of points, `$spread` (table, entries) and `$findBase` (out, table,
 * digits) for the tables of the generator's multiples. What may be multiplied is stated where the products are.
 */
export interface FieldProgram {
  readonly name: 'simd' | 'scalar'
  readonly lanes: Lanes
  /** Bytes of an element in all lanes. */
  readonly bytes: number
  /** The same element in all lanes, as it stands in memory. */
  constant(value: bigint): Uint8Array
  functions(place: AllocatePlace): string
}

export const prime = 2n ** 255n - 19n
