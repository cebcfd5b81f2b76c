import { at } from 'emp-compile-runtime/internal/at'
import type { Input } from 'emp-compile-runtime/internal/schemes/inputs'
import { divisorOf, exclude, type Weighing } from 'emp-compile-runtime/internal/schemes/monomials'
import type { Weighted } from './linear.ts'

/** A sum of products of inputs: the factor of each, by the places of its inputs, ascending, between commas. `''`: of 1. */
export type Coefficients = ReadonlyMap<string, number>

const placesOf = (name: string): number[] => (name === '' ? [] : name.split(',').map(Number))

/** `constant + the sum of factors times inputs`. */
export function affine(constant: number, factors: readonly number[]): Coefficients {
  return new Map<string, number>([['', constant], ...factors.map((factor, i) => [String(i), factor] as const)])
}

/** The sum of polynomials, each times a factor. */
export function combine(parts: readonly (readonly [factor: number, polynomial: Coefficients])[]): Coefficients {
  const sum = new Map<string, number>()
  for (const [factor, polynomial] of parts) {
    if (factor === 0) continue
    for (const [name, own] of polynomial) sum.set(name, (sum.get(name) ?? 0) + factor * own)
  }
  return sum
}

/** Makes what multiplies polynomials. An indicator is 0 or its value, and excludes the others of its column. */
export function multiplier({ inputs, features }: Weighing): (a: Coefficients, b: Coefficients) => Coefficients {
  const excludes = inputs.map((one) => inputs.map((other) => exclude(features, one, other)))
  /** A product of inputs as it stands in a polynomial, and its factor; null if it is 0 for every record. */
  const product = (first: string, second: string): readonly [string, number] | null => {
    const places = [...placesOf(first)]
    let factor = 1
    for (const i of placesOf(second)) {
      const input: Input = at(inputs, i)
      if (input.kind === 'indicator' && places.includes(i)) factor *= input.value
      else if (places.some((j) => at(at(excludes, i), j))) return null
      else places.push(i)
    }
    return [places.sort((a, b) => a - b).join(), factor]
  }
  const known = new Map<string, readonly [string, number] | null>()
  return (a, b) => {
    const result = new Map<string, number>()
    for (const [first, one] of a) {
      for (const [second, other] of b) {
        const pair = `${first}*${second}`
        let found = known.get(pair)
        if (found === undefined) {
          found = product(first, second)
          known.set(pair, found)
        }
        if (found === null) continue
        const [name, factor] = found
        result.set(name, (result.get(name) ?? 0) + factor * one * other)
      }
    }
    return result
  }
}

/**
 * Polynomials, one per output, as weights of the products that a client computes, and biases.
 *
 * @param monomials all that occur.
 */
export function weightedOf(
  inputs: readonly Input[],
  monomials: readonly (readonly number[])[],
  polynomials: readonly Coefficients[],
): Weighted {
  const names = monomials.map((monomial) => monomial.join())
  const divisors = monomials.map((monomial) => divisorOf(inputs, monomial))
  const known = new Set(['', ...names])
  for (const polynomial of polynomials) {
    for (const name of polynomial.keys())
      if (!known.has(name)) throw new TypeError(`a product that is not there: ${name}`)
  }
  return {
    weights: polynomials.map((polynomial) => names.map((name, m) => (polynomial.get(name) ?? 0) * at(divisors, m))),
    biases: polynomials.map((polynomial) => polynomial.get('') ?? 0),
  }
}
