import { ProtocolError } from '../../errors.ts'
import { type Factor, mantissaBits } from '../../paillier/engine.ts'
import { bitLength } from '../../paillier/integer.ts'
import { type RandomBytes, randomBelow, randomBits } from '../../random.ts'

/** The secret multiplier r and addend s of one test, 2^leastBits <= r < 2^bits and -r < s < r. */
export interface TestBlinding {
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
 *
 * Of a long r only the leading `mantissa` bits are drawn and the rest is zero, which makes x^r cheap. The s, drawn in full,
 * fills the gaps: the law of r u + s is within |u| 2^(1 - mantissa) of the one with every digit of r drawn.
 */
export function drawTestBlinding(
  random: RandomBytes,
  bits: number,
  leastBits: number,
  mantissa = mantissaBits,
): TestBlinding {
  const length = leastBits + 1 + Number(randomBelow(random, BigInt(bits - leastBits)))
  const zeros = BigInt(Math.max(0, length - mantissa))
  const least = 1n << (BigInt(length - 1) - zeros)
  for (;;) {
    const leading = least + randomBits(random, Math.min(length, mantissa) - 1)
    if (randomBelow(random, leading) >= least) continue
    const r = leading << zeros
    return { r, s: randomBelow(random, 2n * r - 1n) - (r - 1n) }
  }
}

/** The factor x^(r 2^shift) of a reply, for the ciphertext x at position `base`. */
export function factorOf(base: number, r: bigint, shift: number): Factor {
  const zeros = Math.max(0, bitLength(r) - mantissaBits)
  const mantissa = r >> BigInt(zeros)
  return mantissa << BigInt(zeros) === r ? { base, mantissa, shift: shift + zeros } : { base, mantissa: r, shift }
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
