import { concatBytes } from '../bytes.ts'
import { ProtocolError } from '../errors.ts'
import type { RandomBytes } from '../random.ts'
import { encodingBytes, scalarBytes } from '../ristretto/group.ts'
import type { RistrettoKey } from '../ristretto/keys.ts'
import { uniformScalars } from '../ristretto/uniform.ts'

/** Noise for as many bits: the points k G, encoded, and the scalars k x. To be used once. */
export interface Noise {
  readonly points: Uint8Array
  readonly scalars: Uint8Array
}

/** Draws k for `count` bits. Half of the work of encrypting, and it needs no record. */
export function drawNoise({ group, scalar: x }: RistrettoKey, random: RandomBytes, count: number): Noise {
  // Of models that ask nothing; arithmetic of no scalars is refused.
  if (count === 0) return { points: new Uint8Array(), scalars: new Uint8Array() }
  const k = uniformScalars(group, random, count)
  const noise = { points: encodedMultiples(group, k), scalars: group.scalars.multiply(k, x) }
  k.fill(0)
  return noise
}

/**
 * Encrypts bits: (k G, k P + b G) each. The owner of x computes k P + b G = (k x + b) G, a multiple of the generator, which is much
 * faster than one of P, and all that everybody else could compute. The time does not depend on the bits.
 *
 * @returns the ciphertexts, 64 bytes each.
 */
export function encryptBits({ group }: RistrettoKey, { points, scalars }: Noise, bits: readonly boolean[]): Uint8Array {
  if (bits.length === 0) return new Uint8Array()
  const added = new Uint8Array(scalarBytes * bits.length)
  bits.forEach((bit, i) => {
    added[i * scalarBytes] = Number(bit)
  })
  const seconds = encodedMultiples(group, group.scalars.add(scalars, added))
  const ciphertexts = new Uint8Array(2 * encodingBytes * bits.length)
  bits.forEach((_, i) => {
    const [from, to] = [i * encodingBytes, (i + 1) * encodingBytes]
    ciphertexts.set(points.subarray(from, to), 2 * from)
    ciphertexts.set(seconds.subarray(from, to), 2 * from + encodingBytes)
  })
  return ciphertexts
}

/** Multiples of the generator, encoded: their halves are computed, as doubles are encoded with one inverse for all. */
function encodedMultiples(group: RistrettoKey['group'], scalars: Uint8Array): Uint8Array {
  return group.borrow((space) => space.encodeDoubled(space.generate(group.scalars.halve(scalars))))
}

/**
 * The multiples x A of points A of a reply, encoded.
 *
 * @param points 32 bytes each.
 * @throws {ProtocolError} `bad-ciphertext` if one is no encoded point, or the identity.
 */
export function multiplesOf({ group, scalar: x }: RistrettoKey, points: readonly Uint8Array[]): Uint8Array[] {
  if (points.length === 0) return []
  const encoded = concatBytes(points)
  const multiples = group.borrow((space) => {
    const { points: decoded, valid } = space.decode(encoded)
    const isIdentity = (point: Uint8Array) => point.every((byte) => byte === 0)
    if (valid.includes(false) || points.some(isIdentity)) throw new ProtocolError('bad-ciphertext')
    return space.encodeDoubled(space.multiply(decoded, group.scalars.halve(x)))
  })
  return points.map((_, i) => multiples.subarray(i * encodingBytes, (i + 1) * encodingBytes))
}
