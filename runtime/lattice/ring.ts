import { at } from '../at.ts'
import { reduce } from './modular.ts'
import { makeTransformer, type Transformer } from './ntt.ts'
import type { LatticeSet } from './sets.ts'

/** Z_q[X]/(X^N + 1), by its residues modulo the primes of q. */
export interface Ring {
  readonly set: LatticeSet
  readonly transformers: readonly Transformer[]
}

/** Coefficients: for every prime, N residues of 0 .. p - 1. */
export interface Polynomial {
  readonly residues: readonly Float64Array[]
}

/** The transform of a polynomial: for every prime, N centred residues. */
export interface Transform {
  readonly values: readonly Float64Array[]
}

/** Makes the tables of all primes: 1 ms or less. */
export function makeRing(set: LatticeSet): Ring {
  return { set, transformers: set.primes.map((p) => makeTransformer(set.degree, p)) }
}

/** A polynomial of small signed coefficients, the first ones; the others are 0. */
export function transformIntegers(ring: Ring, integers: ArrayLike<number>): Transform {
  return {
    values: ring.transformers.map(({ forward }) => {
      const values = new Float64Array(ring.set.degree)
      values.set(integers)
      forward(values)
      return values
    }),
  }
}

/** Of the residues the first ones may be given only; the others are 0. */
export function transform(ring: Ring, { residues }: Polynomial): Transform {
  return {
    values: ring.transformers.map(({ forward }, i) => {
      const values = new Float64Array(ring.set.degree)
      values.set(at(residues, i))
      forward(values)
      return values
    }),
  }
}

/** The sum of the products of pairs: at most two pairs, as their sum may not exceed p in size. */
export function sumOfProducts(
  ring: Ring,
  [a, b]: readonly [Transform, Transform],
  second?: readonly [Transform, Transform],
): Polynomial {
  return {
    residues: ring.transformers.map(({ p, inverse }, i) => {
      const sum = new Float64Array(ring.set.degree)
      addProduct(sum, at(a.values, i), at(b.values, i), p)
      if (second !== undefined) addProduct(sum, at(second[0].values, i), at(second[1].values, i), p)
      inverse(sum)
      return sum
    }),
  }
}

/** Centred residues are of at most p/2 in size, and a little for the rounding of the quotient. */
function addProduct(sum: Float64Array, a: Float64Array, b: Float64Array, p: number): void {
  const reciprocal = 1 / p
  for (let j = 0; j < sum.length; j++) {
    const product = (a[j] as number) * (b[j] as number)
    sum[j] = (sum[j] as number) + product - Math.floor(product * reciprocal + 0.5) * p
  }
}

/** Adds small signed integers to the first coefficients. */
export function addIntegers(ring: Ring, { residues }: Polynomial, integers: ArrayLike<number>): Polynomial {
  return {
    residues: ring.set.primes.map((p, i) => {
      const sum = at(residues, i).slice()
      for (let j = 0; j < integers.length; j++) sum[j] = reduce((sum[j] as number) + (integers[j] as number), p)
      return sum
    }),
  }
}

/**
 * The coefficients of a product at some places alone, by the definition: for few places that is less work than transforms.
 *
 * @param residues for every prime, the first coefficients of one factor; the others are 0.
 * @param integers the N coefficients of the other factor, signed and at most 2^26 in size.
 * @returns for every prime, a residue for each place.
 */
export function coefficientsOfProduct(
  { set }: Ring,
  { residues }: Polynomial,
  integers: ArrayLike<number>,
  places: readonly number[],
): Polynomial {
  return {
    residues: set.primes.map((p, i) => {
      const factor = at(residues, i)
      return Float64Array.from(places, (place) => {
        let sum = 0
        // X^place comes of j and place - j, or with X^N = -1 of j and N + place - j.
        for (let j = 0; j < factor.length; j++) {
          const isWrapped = j > place
          const other = integers[isWrapped ? set.degree + place - j : place - j] as number
          sum = reduce(sum + (factor[j] as number) * (isWrapped ? -other : other), p)
        }
        return sum
      })
    }),
  }
}
