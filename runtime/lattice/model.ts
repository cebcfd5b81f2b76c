import { at } from '../at.ts'
import type { Lattice } from './lattice.ts'
import { largestFlood } from './noise.ts'
import { type Transform, transformIntegers } from './ring.ts'

/** What the server hides. */
export interface LatticeWeights {
  /** K rows of m integers. */
  readonly weights: readonly (readonly number[])[]
  /** K integers. */
  readonly biases: readonly number[]
  /** F, as the contract states it: at least 1, at most what {@link largestFlood} says of these weights. */
  readonly flood: bigint
}

/** Weights made ready, once for all replies. */
export interface LatticeModel {
  readonly lattice: Lattice
  /** The coefficients of W(X) = the sum of w_(r,i) X^(r m - i): the products of row r with a record meet at X^(r m). */
  readonly placed: Float64Array
  readonly weights: Transform
  readonly biases: readonly number[]
  readonly flood: bigint
}

/**
 * Makes weights ready. Rows lie at distances of m; as K m <= N, no product of another row, nor one that wraps around X^N,
 * meets at the place of a row.
 *
 * @throws {RangeError} if the rows are not K of m integers below 2^26 in size, if the biases are not K integers of tau
 *   bits, or if F is below 1 or leaves no room for the noise of these weights.
 */
export function prepareModel(lattice: Lattice, { weights, biases, flood }: LatticeWeights): LatticeModel {
  const { ring, set, inputs, outputs, scoreBits } = lattice
  if (weights.length !== outputs || weights.some((row) => row.length !== inputs)) {
    throw new RangeError(`The model needs ${outputs} rows of ${inputs} weights, one for each number of a record.`)
  }
  const [largest, half] = [2 ** 26, 2 ** (scoreBits - 1)]
  if (!weights.every((row) => areWithin(row, largest))) {
    throw new RangeError('A weight is no integer, or not below 2^26 in size. Use coarser weights.')
  }
  if (biases.length !== outputs || !areWithin(biases, half)) {
    throw new RangeError(`The model needs ${outputs} integer biases below ${half} in size.`)
  }
  const sum = weights.flat().reduce((total, weight) => total + Math.abs(weight), 0)
  if (flood < 1n || flood > largestFlood(set, scoreBits, sum)) {
    throw new RangeError(
      'The flood is below 1, or leaves no room for the noise. Take it from a bound of these weights.',
    )
  }
  const placed = new Float64Array(set.degree)
  weights.forEach((row, output) => {
    row.forEach((weight, input) => {
      const place = output * inputs - input
      // X^-i = -X^(N - i).
      if (place >= 0) placed[place] = weight
      else placed[place + set.degree] = -weight
    })
  })
  return { lattice, placed, weights: transformIntegers(ring, placed), biases: [...biases], flood }
}

function areWithin(numbers: readonly number[], bound: number): boolean {
  return numbers.every((_, i) => {
    const number = at(numbers, i)
    return Number.isSafeInteger(number) && Math.abs(number) < bound
  })
}
