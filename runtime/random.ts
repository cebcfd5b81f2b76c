import { at } from './at.ts'
import { bytesToBigint } from './bytes.ts'
import { bitLength } from './paillier/integer.ts'

/** A source of uniform bytes. Every function that draws takes one as an argument. */
export type RandomBytes = (length: number) => Uint8Array

/** The operating system's generator, through `crypto.getRandomValues`. */
export const systemRandom: RandomBytes = (length) => {
  const bytes = new Uint8Array(length)
  // getRandomValues serves at most 65,536 bytes a call.
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536))
  return bytes
}

/** A uniform integer in `0 .. 2^bits - 1`. */
export function randomBits(random: RandomBytes, bits: number): bigint {
  const spare = (8 - (bits % 8)) % 8
  return bytesToBigint(random((bits + spare) / 8)) >> BigInt(spare)
}

/** A uniform integer in `0 .. bound - 1`, by rejection. `bound` at least 1. */
export function randomBelow(random: RandomBytes, bound: bigint): bigint {
  const bits = bitLength(bound - 1n)
  for (;;) {
    const drawn = randomBits(random, bits)
    if (drawn < bound) return drawn
  }
}

/** The numbers 0 to `count - 1` in a uniform order. Source: Fisher and Yates. */
export function randomOrder(random: RandomBytes, count: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = Number(randomBelow(random, BigInt(i + 1)))
    const moved = at(order, i)
    order[i] = at(order, j)
    order[j] = moved
  }
  return order
}
