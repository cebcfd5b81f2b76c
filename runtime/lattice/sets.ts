/**
 * The two sets of parameters.
 *
 * Source: Albrecht and others, "Homomorphic Encryption Security Standard", HomomorphicEncryption.org, November 2018, table
 * 2: 128 bits against quantum computers, ternary secrets, errors of standard deviation 8 / sqrt(2 pi) = 3.19 (ours: 3.24)
 * admit q of 51 bits for N = 2048 and of 101 bits for N = 4096. S takes all of them, L leaves a margin of 23 bits.
 *
 * The primes are the largest of their size that are 1 modulo 2N, so that the transform exists. Those of S differ in size
 * because their product may not exceed 2^51.
 */
export interface LatticeSet {
  readonly name: string
  /** N: polynomials have N coefficients, modulo X^N + 1. A power of two. */
  readonly degree: number
  /** q is their product. Each is below 2^26 and 1 modulo 2N. */
  readonly primes: readonly number[]
}

export type LatticeSetName = 'S' | 'L'

/** The smaller first. */
export const latticeSets: Readonly<Record<LatticeSetName, LatticeSet>> = {
  /** q = 2^50.9997. */
  S: { name: 'S', degree: 2048, primes: [67_104_769, 33_550_337] },
  /** q = 2^77.996. */
  L: { name: 'L', degree: 4096, primes: [67_084_289, 67_043_329, 66_994_177] },
}

/** q. */
export function modulusOf(set: LatticeSet): bigint {
  return set.primes.reduce((product, p) => product * BigInt(p), 1n)
}

/** The bits of a residue, for each prime. */
export function residueBits(set: LatticeSet): number[] {
  return set.primes.map((p) => 32 - Math.clz32(p))
}
