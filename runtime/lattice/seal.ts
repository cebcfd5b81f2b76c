import type { RandomBytes } from '../random.ts'
import { expand, expansionSeedBytes } from './expand.ts'
import type { LatticeKey } from './keys.ts'
import { type Lattice, recordCoefficients } from './lattice.ts'
import { reduce } from './modular.ts'
import { packResidues } from './pack.ts'
import { addIntegers, type Polynomial, sumOfProducts, transform } from './ring.ts'
import { drawErrors } from './sample.ts'

/** What a client sends, in the widths of the lattice. */
export interface LatticeRequest {
  /** The seed of a. */
  readonly keySeed: Uint8Array
  /** b = e - a s, packed. */
  readonly key: Uint8Array
  /** The seed of a'. */
  readonly recordSeed: Uint8Array
  /** c0 = delta m + e' - a' s, packed: its first m coefficients, or all N for several outputs. */
  readonly record: Uint8Array
}

/** What is drawn for a record, in this order: 32 bytes, and an error for each coefficient that is sent. */
export interface RecordDraws {
  readonly seed: Uint8Array
  readonly errors: ArrayLike<number>
}

/**
 * Encrypts numbers. Everything is drawn anew, so a key may be used again, though then the server sees that it was.
 *
 * @param numbers m integers below 2^50 in size. Their inner products with the server's weights must fit into tau bits, which the
 *   parameters owe.
 * @throws {RangeError} if there are more or fewer numbers, one is no integer or too large, or the key is of another lattice.
 */
export function seal(
  lattice: Lattice,
  key: LatticeKey,
  numbers: ArrayLike<number>,
  random: RandomBytes,
): LatticeRequest {
  const seed = random(expansionSeedBytes)
  return sealDrawn(lattice, key, numbers, { seed, errors: drawErrors(random, recordCoefficients(lattice)) })
}

/** The request that draws make: the part of {@link seal} that draws nothing. */
export function sealDrawn(
  lattice: Lattice,
  key: LatticeKey,
  numbers: ArrayLike<number>,
  { seed, errors }: RecordDraws,
): LatticeRequest {
  const { ring, set, inputs } = lattice
  if (key.ring !== ring) throw new RangeError('The key is of another lattice. Make it with the one that seals.')
  if (numbers.length !== inputs) throw new RangeError(`A record has ${inputs} numbers, not ${numbers.length}.`)
  const product = sumOfProducts(ring, [transform(ring, expand(set, seed, 'record')), key.negated])
  const c0 = addNumbers(lattice, addIntegers(ring, product, errors), numbers)
  return {
    keySeed: key.seed,
    key: key.bytes,
    recordSeed: seed,
    record: packResidues(set, c0, recordCoefficients(lattice)),
  }
}

/** Of this size, a number is reduced exactly, in a time that does not depend on it. */
const largestNumber = 2 ** 50

/** Adds delta times the numbers to the first coefficients. */
function addNumbers({ set, delta }: Lattice, { residues }: Polynomial, numbers: ArrayLike<number>): Polynomial {
  const isInteger = Array.from(numbers).every((number) => Number.isInteger(number) && Math.abs(number) < largestNumber)
  if (!isInteger) throw new RangeError('A number of a record is no integer, or not below 2^50 in size.')
  return {
    residues: set.primes.map((p, i) => {
      const factor = Number(delta % BigInt(p))
      const sum = (residues[i] as Float64Array).slice()
      for (let j = 0; j < numbers.length; j++) {
        sum[j] = reduce((sum[j] as number) + reduce(numbers[j] as number, p) * factor, p)
      }
      return sum
    }),
  }
}
