import type { RandomBytes } from '../random.ts'
import type { Group } from './group.ts'

/** Bytes that a scalar is reduced from: 64, so that it is uniform up to 2^-259. */
export const wideBytes = 64

/** `count` uniform scalars, 32 bytes each, one after another. What they were made of is wiped. */
export function uniformScalars({ scalars }: Group, random: RandomBytes, count: number): Uint8Array {
  const drawn = random(wideBytes * count)
  const reduced = scalars.reduce(drawn)
  drawn.fill(0)
  return reduced
}
