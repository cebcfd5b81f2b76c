/**
 * Arithmetic modulo primes below 2^26, in doubles. Products stay below 2^53 and are exact.
 *
 * No branch and no address depends on a value. JavaScript promises nothing more: how long a multiplication, a division
 * or `Math.floor` takes is the machine's affair.
 */

/**
 * The representative of an integer in `0 .. p - 1`.
 *
 * The quotient is below 2^26 and at least 1 / p > 2^-26 away from the next integer, or an integer itself; the rounding of
 * the division is below 2^-27. So the floor is exact.
 *
 * @param value an integer of at most 2^26 p in size.
 */
export function reduce(value: number, p: number): number {
  return value - Math.floor(value / p) * p
}

/** The product of two numbers of `0 .. p - 1`, in the same range. */
export function multiplyModulo(a: number, b: number, p: number): number {
  return reduce(a * b, p)
}

/** `base` to a power of at least 0. The time depends on the exponent. */
export function powerModulo(base: number, exponent: number, p: number): number {
  let [result, square] = [1, base]
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiplyModulo(result, square, p)
    square = multiplyModulo(square, square, p)
  }
  return result
}

/** The inverse of a number of `1 .. p - 1`, by Fermat. */
export function invert(value: number, p: number): number {
  return powerModulo(value, p - 2, p)
}
