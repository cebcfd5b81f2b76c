import { at } from '../at.ts'
import type { Feature } from '../grid.ts'
import { type Input, inputOf } from './inputs.ts'

/** What is weighted: inputs and, from degree 2 on, their products. Public. */
export interface Weighing {
  readonly inputs: readonly Input[]
  readonly features: readonly Feature[]
  /** Most inputs that are multiplied with each other; 1 where it is absent. */
  readonly degree?: number
  /** Columns by name whose inputs are multiplied, each with each, and no others; in place of a degree. */
  readonly pairs?: readonly (readonly [string, string])[]
}

/** Whether anything but the inputs themselves is weighted. */
export const multiplies = ({ degree, pairs }: Weighing): boolean => degree !== undefined || pairs !== undefined

/** A product of numbers is divided by this for each number but the first, so that all products are of one size. */
export const productScale = 64

/**
 * The products that are weighted, as ascending places of their factors: the inputs themselves, then products of two, and
 * so on; or those of the pairs, in their order. Those that are 0 for every record, or another product again, are left out: an indicator stands once, and beside
 * no other input of its column of texts or numbers.
 */
export function monomialsOf({ inputs, features, degree = 1, pairs }: Weighing): number[][] {
  if (pairs !== undefined) {
    const placesOf = (name: string) =>
      inputs.flatMap(({ feature }, i) => (at(features, feature).column === name ? [i] : []))
    const products = pairs.flatMap(([first, second]) =>
      placesOf(first).flatMap((i) => placesOf(second).map((j) => [i, j])),
    )
    return [...inputs.map((_, i) => [i]), ...products]
  }
  const excludes = inputs.map((one) => inputs.map((other) => exclude(features, one, other)))
  const all: number[][] = []
  let longest: number[][] = [[]]
  for (let length = 1; length <= degree; length++) {
    longest = longest.flatMap((monomial) =>
      inputs.flatMap((_, i) => {
        const last = monomial.at(-1) ?? 0
        return i < last || monomial.some((j) => at(at(excludes, j), i)) ? [] : [[...monomial, i]]
      }),
    )
    all.push(...longest)
  }
  return all
}

/** Whether one of two inputs is an indicator, and the other of the same column: then one is 0, or both are the same. */
export function exclude(features: readonly Feature[], one: Input, other: Input): boolean {
  const columnOf = (input: Input) => at(features, input.feature).column
  return (one.kind === 'indicator' || other.kind === 'indicator') && columnOf(one) === columnOf(other)
}

/**
 * The divisor of a product: what it is more than an input of the usual size. Numbers are divided by {@link productScale},
 * indicators by what they are if they are not 0, so that they only let others pass.
 */
export function divisorOf(inputs: readonly Input[], monomial: readonly number[]): number {
  const own = monomial.map((i) => at(inputs, i))
  const indicators = own.flatMap((input) => (input.kind === 'indicator' ? [input.value] : []))
  const numbers = own.length - indicators.length
  const passed = numbers === 0 ? indicators.slice(1) : indicators
  return passed.reduce((product, value) => product * value, productScale ** Math.max(0, numbers - 1))
}

/** Makes what turns cells into the numbers that are weighted. */
export function numbersOf(weighing: Weighing): (cells: readonly number[]) => number[] {
  return productsOf(weighing.inputs, multiplies(weighing) ? monomialsOf(weighing) : null)
}

/**
 * Makes what turns cells into products, each divided and rounded, halves up. Integers.
 *
 * @param monomials null for the inputs themselves.
 */
export function productsOf(
  inputs: readonly Input[],
  monomials: readonly (readonly number[])[] | null,
): (cells: readonly number[]) => number[] {
  const valuesOf = (cells: readonly number[]) => inputs.map((input) => inputOf(input, cells))
  if (monomials === null) return valuesOf
  const divisors = monomials.map((monomial) => divisorOf(inputs, monomial))
  return (cells) => {
    const values = valuesOf(cells)
    return monomials.map((factors, m) => {
      const divisor = at(divisors, m)
      const product = factors.reduce((sofar, i) => sofar * at(values, i), 1)
      return Math.floor((2 * product + divisor) / (2 * divisor))
    })
  }
}
