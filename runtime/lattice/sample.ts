import { type RandomBytes, randomBelow } from '../random.ts'

/** The largest size of an error: centred binomial of 42 bits. Its variance is 42 / 4 = 10.5. */
export const errorBound = 21
export const errorVariance = 10.5

const half = 2 ** errorBound - 1
const bytesPerError = 6

/**
 * Uniform numbers of -1, 0, 1: bytes below 255, modulo 3, less 1. Asks for as many bytes as numbers are missing, until
 * none is. The time depends on the bytes that are rejected, not on the numbers.
 */
export function drawTernary(random: RandomBytes, count: number): Int8Array<ArrayBuffer> {
  const drawn = new Int8Array(count)
  for (let found = 0; found < count; ) {
    for (const byte of random(count - found)) {
      if (byte < 255) drawn[found++] = (byte % 3) - 1
    }
  }
  return drawn
}

/**
 * Errors: the set bits of the low 21 of the first three bytes, less those of the last three, both little-endian. No branch
 * and no address depends on them.
 */
export function drawErrors(random: RandomBytes, count: number): Int8Array<ArrayBuffer> {
  const bytes = random(bytesPerError * count)
  const word = (from: number) =>
    (bytes[from] as number) | ((bytes[from + 1] as number) << 8) | ((bytes[from + 2] as number) << 16)
  const drawn = new Int8Array(count)
  for (let i = 0; i < count; i++) {
    const from = bytesPerError * i
    drawn[i] = countBits(word(from) & half) - countBits(word(from + 3) & half)
  }
  return drawn
}

/** A uniform integer of `-flood .. flood`, by rejection. The time depends on its size a little: it is a BigInt. */
export function drawFlood(random: RandomBytes, flood: bigint): bigint {
  return randomBelow(random, 2n * flood + 1n) - flood
}

/** The set bits of a number below 2^24. */
function countBits(value: number): number {
  const pairs = value - ((value >>> 1) & 0x555555)
  const nibbles = (pairs & 0x333333) + ((pairs >>> 2) & 0x333333)
  const bytes = (nibbles + (nibbles >>> 4)) & 0x0f0f0f
  return (bytes + (bytes >>> 8) + (bytes >>> 16)) & 0x1f
}
