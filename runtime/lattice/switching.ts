import { at } from '../at.ts'
import { invert, reduce } from './modular.ts'
import type { LatticeSet } from './sets.ts'

/** The bits of a digit: those of a residue at most. */
const digitBits = 26
const digit = 2 ** digitBits

/** Bits that a coefficient can be switched to: two digits, less the one that rounds. */
export const maximumSwitchedBits = 2 * digitBits - 1

/**
 * Switches coefficients from modulo q to modulo 2^k: round(2^k c / q) mod 2^k, half upwards.
 *
 * By the Chinese remainder theorem c / q is the sum of y_i / p_i, y_i = c_i (q / p_i)^-1 mod p_i, but for an integer. Each
 * quotient is written with two digits of 26 bits and a rest below 1, by two exact divisions. The rests are added in
 * doubles, which may mistake a sum that is within 2^-51 of an integer. So the result is off by at most 1/2 + 2^-51.
 *
 * @param residues for every prime, as many residues of 0 .. p - 1.
 * @param k 1 to {@link maximumSwitchedBits}.
 * @returns as many integers of 0 .. 2^k - 1.
 */
export function switchModulus(set: LatticeSet, residues: readonly Float64Array[], k: number): Float64Array {
  const factors = set.primes.map((p) => {
    const others = set.primes.reduce((product, other) => (other === p ? product : reduce(product * (other % p), p)), 1)
    return invert(others, p)
  })
  const [unit, modulus] = [2 ** (2 * digitBits - k), 2 ** k]
  const switched = new Float64Array(at(residues, 0).length)
  for (let j = 0; j < switched.length; j++) {
    let high = 0
    let low = 0
    let rest = 0
    for (let i = 0; i < factors.length; i++) {
      const p = set.primes[i] as number
      const y = reduce(((residues[i] as Float64Array)[j] as number) * (factors[i] as number), p)
      const first = Math.floor((y * digit) / p)
      const remainder = y * digit - first * p
      const second = Math.floor((remainder * digit) / p)
      high += first
      low += second
      rest += (remainder * digit - second * p) / p
    }
    low += Math.floor(rest)
    high = reduce(high + Math.floor(low / digit), digit)
    switched[j] = reduce(Math.floor((high * digit + reduce(low, digit)) / unit + 0.5), modulus)
  }
  return switched
}
