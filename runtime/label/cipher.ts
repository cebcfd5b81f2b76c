import { ProtocolError } from '../errors.ts'
import type { RandomBytes } from '../random.ts'
import { placeBytes } from './group.ts'
import { findAnswer, hiddenAnswerPlaces } from './hidden-answer.ts'
import type { LabelKey } from './keys.ts'
import { drawScalars } from './scalars.ts'

/** Noise for as many bits: the points k G, and the scalars k x. To be used once. */
export interface Noise {
  readonly points: Uint8Array
  readonly scalars: Uint8Array
}

/** Draws k for `count` bits. Half of the work of encrypting, and it needs no record. */
export function drawNoise({ group, scalar: x }: LabelKey, random: RandomBytes, count: number): Noise {
  return group.borrow(2 * count + 1, (first) => {
    const [points, secret] = [first + count * placeBytes, first + 2 * count * placeBytes]
    drawScalars(group, random, count, first)
    group.write(secret, x)
    for (let i = 0; i < count; i++) {
      const k = first + i * placeBytes
      group.generate(points + i * placeBytes, k)
      group.multiplyScalars(k, k, secret)
    }
    return { points: group.read(points, count), scalars: group.read(first, count) }
  })
}

/**
 * Encrypts bits: (k G, k P + b G) each. Who knows x has k P + b G = (k x + b) G, a multiple of the generator, in a third
 * of the time of one of P, which is what everybody else would compute. The time does not depend on the bits.
 *
 * @returns the ciphertexts, 64 bytes each.
 */
export function encryptBits({ group }: LabelKey, { points, scalars }: Noise, bits: readonly boolean[]): Uint8Array {
  const ciphertexts = new Uint8Array(2 * placeBytes * bits.length)
  group.borrow(2, (scalar) => {
    const bit = scalar + placeBytes
    bits.forEach((isSet, i) => {
      const from = i * placeBytes
      group.write(scalar, scalars.subarray(from, from + placeBytes))
      group.write(bit, Uint8Array.of(Number(isSet)))
      group.addScalars(scalar, scalar, bit)
      group.generate(scalar, scalar)
      ciphertexts.set(points.subarray(from, from + placeBytes), 2 * from)
      ciphertexts.set(group.read(scalar), 2 * from + placeBytes)
    })
  })
  return ciphertexts
}

/**
 * Opens the leaves of a reply, each a point A and an answer that is hidden behind A and, where it was reached, x A.
 *
 * @param width bytes of a leaf.
 * @returns the places of the answers that are found.
 * @throws {ProtocolError} `bad-ciphertext` if an A is no encoded point, or the identity.
 */
export function openLeaves({ group, scalar: x }: LabelKey, leaves: Uint8Array, width: number): number[] {
  return group.borrow(hiddenAnswerPlaces + 1, (first) => {
    const [second, secret] = [first + placeBytes, first + hiddenAnswerPlaces * placeBytes]
    group.write(secret, x)
    return Array.from({ length: leaves.length / width }, (_, i) => {
      const [at, end] = [i * width + placeBytes, (i + 1) * width]
      group.write(first, leaves.subarray(i * width, at))
      if (!group.isPoint(first)) throw new ProtocolError('bad-ciphertext')
      group.multiply(second, secret, first)
      return findAnswer(group, first, leaves.subarray(at, end)) ?? []
    }).flat()
  })
}
