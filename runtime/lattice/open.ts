import { at } from '../at.ts'
import type { LatticeKey } from './keys.ts'
import type { Lattice } from './lattice.ts'
import { reduce } from './modular.ts'
import { unpackBits } from './pack.ts'

/** What a server answers, in the widths of the lattice. */
export interface LatticeReply {
  /** c1, switched to k bits, packed. */
  readonly mask: Uint8Array
  /** c0 at the places of the outputs, switched to k bits, packed. */
  readonly scores: Uint8Array
}

/**
 * Decrypts the scores. The time does not depend on the secret or the scores, as far as JavaScript lets a program say so.
 *
 * Every reply of the right length opens to something: a damaged or forged one to wrong scores. The caller checks who sent
 * it, and that scores are of the range that its contract states.
 *
 * @returns an integer of -2^(tau - 1) .. 2^(tau - 1) - 1 for each output.
 * @throws {ProtocolError} `bad-message` if a width is another, or a bit behind the last coefficient is set.
 * @throws {RangeError} if the key is of another lattice.
 */
export function open(lattice: Lattice, key: LatticeKey, { mask, scores }: LatticeReply): number[] {
  const { ring, set, inputs, outputs, scoreBits, replyBits } = lattice
  if (key.ring !== ring) throw new RangeError('The key is of another lattice. Open with the one that sealed.')
  const c1 = at(unpackBits(mask, set.degree, [replyBits]), 0)
  const c0 = at(unpackBits(scores, outputs, [replyBits]), 0)
  const secret = key.secret
  const half = 2 ** (scoreBits - 1)
  return Array.from(c0, (coefficient, output) => {
    const value = reduce(
      coefficient + coefficientOfProduct(c1, secret, inputs * output, 2 ** replyBits),
      2 ** replyBits,
    )
    return reduce(Math.floor(value / 2 ** (replyBits - scoreBits) + 0.5) + half, 2 * half) - half
  })
}

/**
 * The coefficient of X^`place` in a product modulo X^N + 1, modulo a power of two of at most 2^51. The sum is reduced with
 * every term, so that it stays below 2^52.
 */
function coefficientOfProduct(a: Float64Array, small: Int8Array, place: number, modulus: number): number {
  const [degree, reciprocal] = [a.length, 1 / modulus]
  let sum = 0
  for (let i = 0; i <= place; i++) {
    sum += (a[i] as number) * (small[place - i] as number)
    sum -= Math.floor(sum * reciprocal) * modulus
  }
  for (let i = place + 1; i < degree; i++) {
    sum -= (a[i] as number) * (small[degree + place - i] as number)
    sum -= Math.floor(sum * reciprocal) * modulus
  }
  return sum
}
