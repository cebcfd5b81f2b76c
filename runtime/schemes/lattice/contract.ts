import type { Contract, MessageField } from '../../contract.ts'
import { type LatticeWidths, latticeWidths } from '../../lattice/lattice.ts'
import { latticeSets } from '../../lattice/sets.ts'
import type { Linked } from '../link.ts'
import { monomialsOf, multiplies, type Weighing } from '../monomials.ts'

/**
 * The contract of sums of weighted numbers, under a lattice scheme. The numbers that a client computes from its record are
 * public; their weights and biases are the server's.
 */
export interface LatticeContract extends Contract, Linked, Weighing {
  readonly family: 'linear' | 'network' | 'additive'
  readonly reveal: 'score'
  readonly scheme: 'lattice'
  /** The parameters: S for polynomials of 2048 coefficients, L for 4096. */
  readonly set: 'S' | 'L'
  /** Scores of a reply. */
  readonly outputs: number
  /** Every score is below 2^(this - 1) in size, whatever the record. */
  readonly scoreBits: number
  /** Every weight is below 2^this in size: the flood, which hides the weights' noise, follows from it. */
  readonly weightBits: number
}

/** What the parameters of a lattice follow from. */
export type LatticeShape = Pick<LatticeContract, 'set' | 'outputs' | 'scoreBits' | keyof Weighing>

/** How many numbers a record is turned into; computed in the clear by the client, and encrypted. */
export function numberCount(weighing: Weighing): number {
  return multiplies(weighing) ? monomialsOf(weighing).length : weighing.inputs.length
}

/** The parameters of a contract's lattice. */
export function parametersOf({ set, outputs, scoreBits, ...weighing }: LatticeShape) {
  return { set: latticeSets[set], inputs: numberCount(weighing), outputs, scoreBits }
}

/** A bound of the sum of the sizes of all weights of all outputs, by what is public. */
export function weightSumOf({
  outputs,
  weightBits,
  ...weighing
}: Pick<LatticeContract, 'outputs' | 'weightBits' | keyof Weighing>): number {
  return numberCount(weighing) * outputs * (2 ** weightBits - 1)
}

/**
 * The fields of its messages: the key of a client, after the seed that a part of it is expanded from, and its record,
 * likewise; the mask of a reply, and its scores.
 */
export function latticeMessages(shape: LatticeShape): {
  readonly request: readonly MessageField[]
  readonly reply: readonly MessageField[]
} {
  const { keySeed, key, recordSeed, record, mask, scores }: LatticeWidths = latticeWidths(parametersOf(shape))
  return {
    request: [
      { name: 'key', bytes: keySeed + key, count: 1 },
      { name: 'ciphertexts', bytes: recordSeed + record, count: 1 },
    ],
    reply: [
      { name: 'mask', bytes: mask, count: 1 },
      { name: 'scores', bytes: scores, count: 1 },
    ],
  }
}
