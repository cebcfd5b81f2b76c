import { modulo } from './integer.ts'

/** A residue modulo m^2 by its two digits to the base m: `low + high m`, both in `0 .. m - 1`. */
export interface Residue {
  readonly low: bigint
  readonly high: bigint
}

/** The integers modulo m^2, as residues of a form that the ring alone knows. */
export interface SquareRing<R> {
  readonly one: R
  /** Any integer, reduced. */
  residue(value: bigint): R
  /** The representative in `0 .. m^2 - 1`. */
  integer(residue: R): bigint
  multiply(a: R, b: R): R
  /** Squared `times` times, at least once: `a^(2^times)`. */
  square(a: R, times?: number): R
}

/** Makes the {@link SquareRing} of an m of at least 2. */
export type RingFactory = (m: bigint) => SquareRing<unknown>

/**
 * Arithmetic modulo m^2 on digits to the base m, which takes half the time of BigInt's own on the whole: of the four
 * products of digits the one of both high digits falls away, and what is divided is half as long. Each quotient is found
 * in two halves, by the leading digits of 1 / m and a remainder that is at most three m too large.
 *
 * Source: Barrett, CRYPTO '86; digits to the base m: Paillier 1999, §7. Not constant time.
 */
export const squareRing = (m: bigint): SquareRing<Residue> => {
  const bits = m.toString(2).length
  const half = Math.ceil(bits / 2)
  const [lead, shift, leadHigh] = [BigInt(bits - 1), BigInt(half + 1), BigInt(bits + half - 1)]
  const [reciprocal, halfShift] = [(1n << BigInt(bits + half)) / m, BigInt(half)]
  let quotient = 0n

  /** The remainder of 0 <= t < 4 m^2; the quotient is left in `quotient`. */
  function divide(t: bigint): bigint {
    const upper = ((t >> leadHigh) * reciprocal) >> shift
    let rest = t - ((upper * m) << halfShift)
    const lower = ((rest >> lead) * reciprocal) >> shift
    rest -= lower * m
    quotient = (upper << halfShift) + lower
    while (rest >= m) {
      rest -= m
      quotient += 1n
    }
    return rest
  }

  return {
    one: { low: 1n, high: 0n },
    residue(value) {
      const reduced = modulo(value, m * m)
      return { low: reduced % m, high: reduced / m }
    },
    integer: ({ low, high }) => low + high * m,
    multiply(a, b) {
      const low = divide(a.low * b.low)
      return { low, high: divide(a.low * b.high + a.high * b.low + quotient) }
    },
    square(a, times = 1) {
      let { low, high } = a
      for (let i = 0; i < times; i++) {
        const square = divide(low * low)
        high = divide(((low * high) << 1n) + quotient)
        low = square
      }
      return { low, high }
    },
  }
}
