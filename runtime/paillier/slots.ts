import { ProtocolError } from '../errors.ts'
import { type RandomBytes, randomBelow, randomBits } from '../random.ts'

/** The secret multiplier r and addend s of one test, 2^leastBits <= r < 2^bits and -r < s < r. */
export interface Blinding {
  readonly r: bigint
  readonly s: bigint
}

/**
 * Draws the blinding of one test: r log-uniform between 2^leastBits and 2^bits, and s uniform in (-r, r). For odd u,
 * r u + s has the sign of u.
 *
 * Log-uniform means a uniform bit length, and within one length a chance proportional to 1 / r, by rejection. Were r
 * uniform within its length, the leading digits of the blinded value would show those of u, however wide the blinding;
 * were r smaller than the values it hides, the gaps between the multiples of u would show u.
 */
export function drawBlinding(random: RandomBytes, bits: number, leastBits: number): Blinding {
  const length = leastBits + 1 + Number(randomBelow(random, BigInt(bits - leastBits)))
  const least = 1n << BigInt(length - 1)
  for (;;) {
    const r = least + randomBits(random, length - 1)
    if (randomBelow(random, r) < least) return { r, s: randomBelow(random, 2n * r - 1n) - (r - 1n) }
  }
}

/** The addend that makes every slot positive: half of its width. */
export function slotOffset(slotBits: number): bigint {
  return 1n << BigInt(slotBits - 1)
}

/**
 * Reads the slots of one plaintext, the first in the lowest bits: the blinded values, offset removed.
 *
 * @throws {ProtocolError} `bad-reply` if a bit beyond the slots is set, or a value is outside (-bound, bound) or zero.
 */
export function readSlots(plaintext: bigint, count: number, slotBits: number, bound: bigint): bigint[] {
  if (plaintext >> BigInt(count * slotBits) !== 0n) throw new ProtocolError('bad-reply')
  const [mask, offset] = [(1n << BigInt(slotBits)) - 1n, slotOffset(slotBits)]
  return Array.from({ length: count }, (_, i) => {
    const value = ((plaintext >> BigInt(i * slotBits)) & mask) - offset
    if (value === 0n || value >= bound || value <= -bound) throw new ProtocolError('bad-reply')
    return value
  })
}
