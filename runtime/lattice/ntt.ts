import { invert, multiplyModulo, powerModulo, reduce } from './modular.ts'

/**
 * The number-theoretic transform of Z_p[X]/(X^N + 1): values at the odd powers of a primitive 2N-th root of unity, in an
 * order of its own. Products of polynomials are products of values.
 */
export interface Transformer {
  readonly p: number
  /** In place. Takes integers of at most 2^26 p in size, gives residues of about -p/2 .. p/2. */
  readonly forward: (values: Float64Array) => void
  /** In place. Takes integers of at most p in size, gives residues of 0 .. p - 1. */
  readonly inverse: (values: Float64Array) => void
}

/**
 * Makes the tables: 2N numbers.
 *
 * Forward are Cooley and Tukey's butterflies, inverse Gentleman and Sande's, with the roots of X^N + 1 merged (Longa,
 * Naehrig, "Speeding up the number theoretic transform for faster ideal lattice-based cryptography", CANS 2016). Residues
 * are centred, and only products are reduced: a layer adds p/2 to the size, so that after seven it is 4 p, times a root of
 * p/2 is 2 p^2 < 2^53. Then all are reduced.
 *
 * @param degree N, a power of two.
 * @param p a prime below 2^26, 1 modulo 2N.
 */
export function makeTransformer(degree: number, p: number): Transformer {
  const root = primitiveRoot(degree, p)
  const [roots, inverseRoots] = [powersOf(root, degree, p), powersOf(invert(root, p), degree, p)]
  const [reciprocal, scale] = [1 / p, invert(degree, p)]

  const reduceAll = (values: Float64Array) => {
    for (let j = 0; j < degree; j++) {
      const value = values[j] as number
      values[j] = value - Math.floor(value * reciprocal + 0.5) * p
    }
  }

  const forward = (values: Float64Array) => {
    for (let groups = 1, layer = 0, half = degree >> 1; half >= 1; groups <<= 1, half >>= 1, layer++) {
      if (layer % 8 === 0) reduceAll(values)
      for (let group = 0, start = 0; group < groups; group++, start += 2 * half) {
        const factor = roots[groups + group] as number
        for (let j = start; j < start + half; j++) {
          const low = values[j] as number
          const product = (values[j + half] as number) * factor
          const high = product - Math.floor(product * reciprocal + 0.5) * p
          values[j] = low + high
          values[j + half] = low - high
        }
      }
    }
    reduceAll(values)
  }

  const inverse = (values: Float64Array) => {
    for (let groups = degree >> 1, half = 1; groups >= 1; groups >>= 1, half <<= 1) {
      for (let group = 0, start = 0; group < groups; group++, start += 2 * half) {
        const factor = inverseRoots[groups + group] as number
        for (let j = start; j < start + half; j++) {
          const low = values[j] as number
          const high = values[j + half] as number
          const sum = low + high
          const product = (low - high) * factor
          values[j] = sum - Math.floor(sum * reciprocal + 0.5) * p
          values[j + half] = product - Math.floor(product * reciprocal + 0.5) * p
        }
      }
    }
    for (let j = 0; j < degree; j++) values[j] = reduce((values[j] as number) * scale, p)
  }

  return { p, forward, inverse }
}

/** The least power g^((p - 1) / 2N) whose order is 2N. */
function primitiveRoot(degree: number, p: number): number {
  if ((p - 1) % (2 * degree) !== 0) throw new RangeError(`${p} is not 1 modulo ${2 * degree}.`)
  for (let g = 2; g < p; g++) {
    const root = powerModulo(g, (p - 1) / (2 * degree), p)
    if (powerModulo(root, degree, p) === p - 1) return root
  }
  throw new RangeError(`There is no root of order ${2 * degree} modulo ${p}.`)
}

/** root^0 .. root^(N-1), centred, each at the place of its exponent with the bits reversed. */
function powersOf(root: number, degree: number, p: number): Float64Array {
  const powers = new Float64Array(degree)
  for (let exponent = 0, reversed = 0, value = 1; exponent < degree; exponent++) {
    powers[reversed] = value > p / 2 ? value - p : value
    value = multiplyModulo(value, root, p)
    let bit = degree >> 1
    for (; bit > 0 && (reversed & bit) !== 0; bit >>= 1) reversed ^= bit
    reversed |= bit
  }
  return powers
}
