import { chacha20 } from '@noble/ciphers/chacha.js'
import type { Polynomial } from './ring.ts'
import { type LatticeSet, residueBits } from './sets.ts'

/** Bytes of a seed. */
export const expansionSeedBytes = 32

/** What a polynomial is for: `a` of a key, or `a'` of a record. It is the first byte of the nonce. */
export const expansions = { key: 0, record: 1 } as const

const blockBytes = 64

/**
 * The uniform polynomial that a seed stands for.
 *
 * Source: ChaCha20 (RFC 8439, section 2.4) of zeros, with the seed as key, the nonce of 12 bytes (use, place of the prime
 * in the set, zeros) and the counter from 0. The stream is read as 32-bit words, little-endian, masked to the bits of the
 * prime; words of at least p are skipped. The time depends on the seed, which is public.
 *
 * @param seed 32 bytes.
 */
export function expand(set: LatticeSet, seed: Uint8Array, use: keyof typeof expansions): Polynomial {
  const bits = residueBits(set)
  return {
    residues: set.primes.map((p, place) => {
      const mask = 2 ** (bits[place] as number) - 1
      const nonce = Uint8Array.of(expansions[use], place, ...new Uint8Array(10))
      const residues = new Float64Array(set.degree)
      for (let found = 0, counter = 0; found < set.degree; ) {
        const blocks = Math.ceil((4 * (set.degree - found)) / blockBytes)
        const stream = new Uint8Array(blocks * blockBytes)
        chacha20(seed, nonce, stream, stream, counter)
        const words = new DataView(stream.buffer)
        for (let from = 0; from < stream.length && found < set.degree; from += 4) {
          const word = words.getUint32(from, true) & mask
          if (word < p) residues[found++] = word
        }
        counter += blocks
      }
      return residues
    }),
  }
}
