import { concatBytes } from '../../bytes.ts'
import { ProtocolError } from '../../errors.ts'
import type { RandomBytes } from '../../random.ts'
import { encodingBytes, type Group, scalarBytes } from '../../ristretto/group.ts'
import type { RistrettoKey } from '../../ristretto/keys.ts'
import { uniformScalars } from '../../ristretto/uniform.ts'

/** Noise for as many numbers: the points k G, encoded, and the scalars k x. To be used once. */
export interface PositionNoise {
  readonly points: Uint8Array
  readonly scalars: Uint8Array
}

/** Draws k for `count` numbers. Half of the work of encrypting, and it needs no record. */
export function drawPositionNoise(
  { group, scalar: x }: RistrettoKey,
  random: RandomBytes,
  count: number,
): PositionNoise {
  const k = uniformScalars(group, random, count)
  const noise = { points: encodedMultiples(group, k), scalars: group.scalars.multiply(k, x) }
  k.fill(0)
  return noise
}

/**
 * Encrypts numbers below 2^16: (k G, k P + v G) each. The owner of x computes k P + v G = (k x + v) G. The time does not depend on
 * the numbers.
 *
 * @returns the ciphertexts, 64 bytes each.
 */
export function encryptNumbers(
  { group }: RistrettoKey,
  { points, scalars }: PositionNoise,
  numbers: readonly number[],
): Uint8Array {
  const added = new Uint8Array(scalarBytes * numbers.length)
  numbers.forEach((number, i) => {
    added.set([number & 255, number >> 8], i * scalarBytes)
  })
  const seconds = encodedMultiples(group, group.scalars.add(scalars, added))
  return concatBytes(
    numbers.flatMap((_, i) => [points, seconds].map((all) => all.subarray(i * encodingBytes, (i + 1) * encodingBytes))),
  )
}

/** Multiples of the generator, encoded: their halves are computed, as doubles are encoded with one inverse for all. */
function encodedMultiples(group: Group, scalars: Uint8Array): Uint8Array {
  return group.borrow((space) => space.encodeDoubled(space.generate(group.scalars.halve(scalars))))
}

/**
 * The multiples x A of points A of a reply, encoded one after another.
 *
 * @throws {ProtocolError} `bad-ciphertext` if one is no encoded point, or the identity.
 */
export function positionMultiples({ group, scalar: x }: RistrettoKey, points: Uint8Array): Uint8Array {
  return group.borrow((space) => {
    const { points: decoded, valid } = space.decode(points)
    const isIdentity = valid.some((_, i) =>
      points.subarray(i * encodingBytes, (i + 1) * encodingBytes).every((byte) => byte === 0),
    )
    if (valid.includes(false) || isIdentity) throw new ProtocolError('bad-ciphertext')
    return space.encodeDoubled(space.multiply(decoded, group.scalars.halve(x)))
  })
}
