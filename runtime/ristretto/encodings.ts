import { encodingBytes } from './group.ts'

/**
 * Tells of each encoding of 32 bytes whether it passes the tests of its bytes alone: a number below 2^255 - 19, even and not
 * 0. Half of those that pass are points. The time depends on the length alone.
 *
 * Source: RFC 9496, section 4.3.1, step 1; without the identity.
 */
export function arePlausible(encodings: Uint8Array): boolean[] {
  return Array.from({ length: Math.floor(encodings.length / encodingBytes) }, (_, i) =>
    isPlausible(encodings.subarray(i * encodingBytes, (i + 1) * encodingBytes)),
  )
}

function isPlausible(encoding: Uint8Array): boolean {
  // From the prime on, 19 more is at least 2^255.
  let [sum, any, odd] = [19 << 8, 0, encoding[0] as number]
  for (const byte of encoding) {
    sum = (sum >> 8) + byte
    any |= byte
  }
  odd &= 1
  return ((sum >> 7) | odd) === 0 && any !== 0
}
