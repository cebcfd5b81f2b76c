import type { RandomBytes } from '../random.ts'
import type { LatticeModel } from './model.ts'
import { drawErrors, drawFlood, drawTernary } from './sample.ts'

/** What hides the weights in one reply. */
export interface BlindingDraws {
  /** u: N numbers of -1, 0, 1. With e1 it makes an encryption of zero, without which c1 / a' were the weights. */
  readonly zero: Int8Array
  /** e1: an error for each coefficient of c1. */
  readonly maskErrors: Int8Array
  /** e2: an error for each output. */
  readonly scoreErrors: Int8Array
  /** For each output, a number of -F..F, beside which its noise tells nothing. */
  readonly floods: readonly bigint[]
}

/** Draws that serve one reply: two replies with the same would tell the weights by their difference. */
export class Blinding {
  #draws: BlindingDraws | null

  constructor(draws: BlindingDraws) {
    this.#draws = draws
  }

  /**
   * Gives the draws away.
   *
   * @throws {TypeError} the second time.
   */
  take(): BlindingDraws {
    const draws = this.#draws
    if (draws === null) throw new TypeError('A blinding serves one reply. Draw another.')
    this.#draws = null
    return draws
  }
}

/** Draws all that a reply needs, in the order of {@link BlindingDraws}. */
export function drawBlinding({ lattice, flood }: LatticeModel, random: RandomBytes): Blinding {
  const { set, outputs } = lattice
  return new Blinding({
    zero: drawTernary(random, set.degree),
    maskErrors: drawErrors(random, set.degree),
    scoreErrors: drawErrors(random, outputs),
    floods: Array.from({ length: outputs }, () => drawFlood(random, flood)),
  })
}
