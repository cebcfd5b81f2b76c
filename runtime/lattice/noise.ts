import { deltaOf, largestScoreBits, replyBits } from './lattice.ts'
import { errorBound, errorVariance } from './sample.ts'
import { type LatticeSet, latticeSets, modulusOf } from './sets.ts'

/**
 * Noise, line by line. |e| <= 21 for every error, |s|, |u| <= 1, w all the weights of all outputs. What decrypts, c0 + c1 s
 * of a reply, is modulo q at the coefficient of an output
 *
 *     delta score                       what is asked, |score| <= 2^(tau - 1) - 1
 *   + W e'                              <= 21 |w|_1           the record's errors, weighted as the numbers are
 *   + e u                               <= 21 N               the key's errors
 *   + e1 s                              <= 21 N               the mask's errors
 *   + e2                                <= 21                 the output's error
 *   + flood                             <= F
 *
 * and what may stand beside q score / t, t = 2^tau, before rounding gives another score, is below q / 2t, for which
 * delta / 2 <= q / 2t is taken, less
 *
 *   (q / t - delta) |score|             <= t / 2              because delta is rounded down by less than 1
 *   switching to k bits                 <= 0.51 (N + 1) q / 2^k    half of a unit for c0, and for each coefficient of s
 *
 * What is left is F. So no honest session fails, whatever is drawn.
 */

/** What {@link replyDistance} may be at most for a set to do. */
export const acceptedDistance = 2 ** -20

/**
 * The largest F with which no session fails: floor(delta/2 - 21 (|w|_1 + 2N + 1) - t/2 - 0.51 (N + 1) q / 2^k), exact.
 *
 * F is published. A caller gives a bound of |w|_1 that is public, too, as F tells it.
 *
 * @param weightSum |w|_1, the sum of the sizes of all weights of all outputs, or a bound of it.
 * @returns an integer; below 1 if the weights or the scores are too large for the set.
 */
export function largestFlood(set: LatticeSet, tau: number, weightSum: number): bigint {
  const [n, t, switched] = [BigInt(set.degree), 1n << BigInt(tau), 1n << BigInt(replyBits(set, tau))]
  const errors = BigInt(errorBound) * (BigInt(weightSum) + 2n * n + 1n)
  // Over the common denominator 100 * 2^k.
  const [whole, halves] = [100n * switched, 50n * switched]
  const left = halves * deltaOf(set, tau) - whole * errors - halves * t - 51n * (n + 1n) * modulusOf(set)
  return floorDivide(left, whole)
}

/** BigInt division rounds towards 0; this one rounds down. */
function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  return quotient * divisor > dividend ? quotient - 1n : quotient
}

/** The mean square of the noise of an output, flood apart: 10.5 (|w|_2^2 + 4N/3 + 1), as s and u have variance 2/3. */
export function noiseVariance(degree: number, weightSquares: number): number {
  return errorVariance * (weightSquares + (4 * degree) / 3 + 1)
}

/**
 * A bound of the statistical distance between a reply's scores with their noise and scores with the flood alone, which tell
 * nothing else: at most K sqrt(10.5 (|w|_2^2 + 4N/3 + 1)) / 2F for each reply, n times that for n replies.
 *
 * A uniform number of -F..F and the same moved by x differ by |x| / (2F + 1); the mean of |x| is at most the root of the
 * mean of x^2; K outputs have each their own. It holds for clients that draw their errors. One that inflates them by a
 * factor gains that factor, and loses its answers when they reach F.
 *
 * @param weightSquares |w|_2^2, the sum of the squares of all weights of all outputs.
 */
export function replyDistance(set: LatticeSet, outputs: number, weightSquares: number, flood: bigint): number {
  return (outputs * Math.sqrt(noiseVariance(set.degree, weightSquares))) / (2 * Number(flood))
}

/** What a model asks of a set. */
export interface LatticeDemand {
  readonly inputs: number
  readonly outputs: number
  readonly scoreBits: number
  /** A public bound of |w|_1 over all outputs. */
  readonly weightSum: number
  /** |w|_2^2 over all outputs, or a bound. */
  readonly weightSquares: number
}

/** A set that holds a model, its F, and the distance of one reply. */
export interface LatticeFit {
  readonly set: LatticeSet
  readonly flood: bigint
  readonly distance: number
}

/** The smallest set that holds the numbers and whose distance is accepted; null if both are too small. */
export function fitSet({
  inputs,
  outputs,
  scoreBits: tau,
  weightSum,
  weightSquares,
}: LatticeDemand): LatticeFit | null {
  for (const set of Object.values(latticeSets)) {
    if (inputs * outputs > set.degree || tau > largestScoreBits(set)) continue
    const flood = largestFlood(set, tau, weightSum)
    if (flood < 1n) continue
    const distance = replyDistance(set, outputs, weightSquares, flood)
    if (distance <= acceptedDistance) return { set, flood, distance }
  }
  return null
}
