import { expansionSeedBytes } from './expand.ts'
import { packedBytes } from './pack.ts'
import { makeRing, type Ring } from './ring.ts'
import { type LatticeSet, modulusOf, residueBits } from './sets.ts'
import { maximumSwitchedBits } from './switching.ts'

/** What both parties know of an inner product. */
export interface LatticeParameters {
  readonly set: LatticeSet
  /** m: the numbers of a record. */
  readonly inputs: number
  /** K: the scores of a reply. K m <= N. */
  readonly outputs: number
  /** tau: every score fits into tau bits, signed: at most 2^(tau - 1) - 1 in size. See {@link scoreBitsFor}. */
  readonly scoreBits: number
}

/** Parameters with what follows from them; made once by {@link makeLattice} and used for all sessions. */
export interface Lattice extends LatticeParameters {
  readonly ring: Ring
  /** delta = floor(q / 2^tau): what a score is multiplied by, so that noise fits below it. */
  readonly delta: bigint
  /** k: the bits that a coefficient of a reply is switched to. */
  readonly replyBits: number
  readonly widths: LatticeWidths
}

/** Bytes of everything that travels; fixed by the parameters. */
export interface LatticeWidths {
  /** The seed of a. */
  readonly keySeed: number
  /** b: N coefficients. */
  readonly key: number
  /** The seed of a'. */
  readonly recordSeed: number
  /** c0: the coefficients that hold numbers; all N if there are several outputs. */
  readonly record: number
  /** c1: N coefficients of k bits. */
  readonly mask: number
  /** The coefficients of c0 that hold scores, K of k bits. */
  readonly scores: number
}

/** tau for scores of at most `worst` in size: the least with 2^tau >= 2 worst + 2, so that it tells no more than its power. */
export function scoreBitsFor(worst: number): number {
  let bits = 1
  while (2 ** bits < 2 * worst + 2) bits++
  return bits
}

/** k = tau + log2 N + 2: rounding N + 1 coefficients costs a quarter of delta / 2, and a little. */
export function replyBits(set: LatticeSet, tau: number): number {
  return tau + Math.log2(set.degree) + 2
}

/** delta = floor(q / 2^tau). */
export function deltaOf(set: LatticeSet, tau: number): bigint {
  return modulusOf(set) >> BigInt(tau)
}

/** How many coefficients of c0 a request holds. */
export function recordCoefficients({ set, inputs, outputs }: LatticeParameters): number {
  return outputs === 1 ? inputs : set.degree
}

/** @throws {RangeError} as {@link makeLattice} */
export function latticeWidths(parameters: LatticeParameters): LatticeWidths {
  checkParameters(parameters)
  const { set, outputs, scoreBits: tau } = parameters
  const [bits, k] = [residueBits(set), replyBits(set, tau)]
  return {
    keySeed: expansionSeedBytes,
    key: packedBytes(set.degree, bits),
    recordSeed: expansionSeedBytes,
    record: packedBytes(recordCoefficients(parameters), bits),
    mask: packedBytes(set.degree, [k]),
    scores: packedBytes(outputs, [k]),
  }
}

/**
 * Makes what sealing, evaluating and opening need: tables, factors, widths. Costs 1 ms.
 *
 * @throws {RangeError} if there is no input or output, if inputs times outputs exceed N, or if tau is not 2 or more, or
 *   too large for 51 bits of a switched coefficient.
 */
export function makeLattice(parameters: LatticeParameters): Lattice {
  const { set, scoreBits: tau } = parameters
  return {
    ...parameters,
    widths: latticeWidths(parameters),
    ring: makeRing(set),
    delta: deltaOf(set, tau),
    replyBits: replyBits(set, tau),
  }
}

/** The most that tau may be: with it, a switched coefficient has 51 bits. */
export function largestScoreBits(set: LatticeSet): number {
  return maximumSwitchedBits - replyBits(set, 0)
}

function checkParameters({ set, inputs, outputs, scoreBits: tau }: LatticeParameters): void {
  const isCount = (count: number) => Number.isSafeInteger(count) && count >= 1
  if (!isCount(inputs) || !isCount(outputs) || inputs * outputs > set.degree) {
    throw new RangeError(
      `${inputs} inputs for each of ${outputs} outputs: set ${set.name} holds at least 1 and at most ${set.degree} in all.`,
    )
  }
  const most = largestScoreBits(set)
  if (!Number.isSafeInteger(tau) || tau < 2 || tau > most) {
    throw new RangeError(`Scores of ${tau} bits: set ${set.name} holds 2 to ${most}. Use coarser weights or columns.`)
  }
}
