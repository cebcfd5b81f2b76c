import type { PenaltyStep, Rounding, Sums } from './linear.ts'

/**
 * A small neural network, as the sums of weighted products that it comes to: its units are polynomials, so all of it is one.
 * Integers, so that all who compute them agree.
 */
export interface Network extends Sums {
  readonly family: 'network'
  /** Most inputs that are multiplied: 2 for one hidden layer of squares, 4 for two. Public. */
  readonly degree: number
  readonly monomials: readonly (readonly number[])[]
  readonly evidence: NetworkEvidence | null
}

/** What training, or importing, leaves for the report. */
export interface NetworkEvidence {
  /** The recipes that were compared on rows held out; none where both width and decay were given, or nothing was trained. */
  readonly path: readonly NetworkStep[]
  /** Units of a hidden layer, hidden layers, and how much large weights cost; null of an imported network. */
  readonly chosen: { readonly width: number; readonly layers: number; readonly decay: number } | null
  /** What integers change beside the network in floats, over the training rows. */
  readonly rounding: Rounding
}

/** A recipe, with its loss on rows held out. */
export interface NetworkStep extends PenaltyStep {
  readonly width: number
}
