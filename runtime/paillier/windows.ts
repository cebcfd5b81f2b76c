import { bitLength } from './integer.ts'
import type { SquareRing } from './square-ring.ts'

/** A window of an exponent's binary digits: `(2 odd + 1) 2^shift`, or nothing if the digits are all zero. */
export interface Window {
  readonly odd: number
  readonly shift: number
  readonly isZero: boolean
}

/**
 * Cuts an exponent into `count` windows of `width` bits, the lowest first; each names an odd number and how often it
 * is still squared, so that tables need odd powers only. There are as many windows for small exponents as for large ones.
 */
export function windowsOf(exponent: bigint, width: number, count: number): Window[] {
  const digits = exponent.toString(2).padStart(width * count, '0')
  return Array.from({ length: count }, (_, i) => {
    const end = digits.length - i * width
    const digit = Number.parseInt(digits.slice(Math.max(0, end - width), end), 2)
    if (digit === 0) return { odd: 0, shift: i * width, isZero: true }
    const zeros = 31 - Math.clz32(digit & -digit)
    return { odd: ((digit >> zeros) - 1) / 2, shift: i * width + zeros, isZero: false }
  })
}

/** The powers 1, 3, 5, ... of x, as many as windows of `width` bits need: 2^(width - 1) multiplications. */
export function oddPowers<R>({ square, multiply }: SquareRing<R>, x: R, width: number): R[] {
  const [powers, squared] = [[x], square(x)]
  for (let i = 1; i < 1 << (width - 1); i++) powers.push(multiply(powers[i - 1] ?? x, squared))
  return powers
}

/** One factor of an interleaved product: `value^(2^shift)`, or nothing at all but the time that it takes. */
export interface WindowStep<R> {
  readonly value: R
  readonly shift: number
  readonly isZero: boolean
}

/**
 * The product of `first^(2^top)` and all steps by one chain of `top` squarings and a multiplication a step. What is
 * zero is multiplied and discarded, so that the time tells nothing of how many there are. No shift may be above `top`
 * but that of a step that is zero.
 *
 * Source: Straus's interleaving; Moeller, "Algorithms for Multi-exponentiation", SAC 2001.
 */
export function interleave<R>(
  { square, multiply }: SquareRing<R>,
  first: R,
  top: number,
  steps: readonly WindowStep<R>[],
): R {
  let [result, at] = [first, top]
  const squareUntil = (shift: number) => {
    if (shift >= at) return
    result = square(result, at - shift)
    at = shift
  }
  for (const { value, shift, isZero } of steps.toSorted((a, b) => b.shift - a.shift)) {
    squareUntil(shift)
    const product = multiply(result, value)
    result = isZero ? result : product
  }
  squareUntil(0)
  return result
}

/** x^exponent by windows, all of which take their time. */
export function windowPower<R>(ring: SquareRing<R>, x: R, exponent: bigint): R {
  if (exponent === 0n) return ring.one
  const top = bitLength(exponent) - 1
  const width = cheapestWidth(1, 1, top)
  const table = oddPowers(ring, x, width)
  const windows = windowsOf(exponent - (1n << BigInt(top)), width, Math.ceil(top / width))
  return interleave(ring, x, top, windowSteps(windows, table, 0))
}

/** The steps of windows over the odd powers of one base, all shifted. */
export function windowSteps<R>(windows: readonly Window[], table: readonly R[], shift: number): WindowStep<R>[] {
  return windows.flatMap((window) => {
    const value = table[window.odd]
    return value === undefined ? [] : [{ value, shift: shift + window.shift, isZero: window.isZero }]
  })
}

/** The width of windows that takes the fewest multiplications for `exponents` of `bits` bits over so many tables. */
export function cheapestWidth(tables: number, exponents: number, bits: number): number {
  const cost = (width: number) => tables * 2 ** (width - 1) + exponents * Math.ceil(bits / width)
  return [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].reduce((best, width) => (cost(width) < cost(best) ? width : best))
}
