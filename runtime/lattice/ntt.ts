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
 * Naehrig, "Speeding up the number theoretic transform for faster ideal lattice-based cryptography", CANS 2016), two layers
 * at once. Residues are centred, and only products are reduced: a layer adds p/2 to the size, so that after seven it is 4 p,
 * times a root of p/2 is 2 p^2 < 2^53. After eight all are reduced.
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

  /** One layer, where their number is odd. */
  const forwardLayer = (values: Float64Array, groups: number, half: number) => {
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

  /** Two layers at once: four numbers are loaded and stored once for both. */
  const forwardLayers = (values: Float64Array, groups: number, half: number) => {
    const step = half >> 1
    for (let group = 0, start = 0; group < groups; group++, start += 2 * half) {
      const outer = roots[groups + group] as number
      const left = roots[2 * (groups + group)] as number
      const right = roots[2 * (groups + group) + 1] as number
      for (let j = start; j < start + step; j++) {
        const k = j + step
        const l = j + half
        const m = l + step
        let product = (values[l] as number) * outer
        const c = product - Math.floor(product * reciprocal + 0.5) * p
        product = (values[m] as number) * outer
        const d = product - Math.floor(product * reciprocal + 0.5) * p
        const first = values[j] as number
        const second = values[k] as number
        product = (second + d) * left
        const e = product - Math.floor(product * reciprocal + 0.5) * p
        product = (second - d) * right
        const f = product - Math.floor(product * reciprocal + 0.5) * p
        values[j] = first + c + e
        values[k] = first + c - e
        values[l] = first - c + f
        values[m] = first - c - f
      }
    }
  }

  const forward = (values: Float64Array) => {
    reduceAll(values)
    let [groups, half, layers] = [1, degree >> 1, 0]
    if (Math.log2(degree) % 2 === 1) {
      forwardLayer(values, groups, half)
      groups *= 2
      half >>= 1
      layers = 1
    }
    for (; half >= 2; groups *= 4, half >>= 2, layers += 2) {
      if (layers + 2 > 8) {
        reduceAll(values)
        layers = 0
      }
      forwardLayers(values, groups, half)
    }
    reduceAll(values)
  }

  const inverseLayer = (values: Float64Array, groups: number, half: number) => {
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

  /** Two layers at once. Of numbers of at most p, differences of sums are of at most 4 p, and one sum has to be reduced. */
  const inverseLayers = (values: Float64Array, groups: number, half: number) => {
    for (let group = 0, start = 0; group < groups; group += 2, start += 4 * half) {
      const left = inverseRoots[groups + group] as number
      const right = inverseRoots[groups + group + 1] as number
      const outer = inverseRoots[(groups + group) >> 1] as number
      for (let j = start; j < start + half; j++) {
        const k = j + half
        const l = k + half
        const m = l + half
        const a = values[j] as number
        const b = values[k] as number
        const c = values[l] as number
        const d = values[m] as number
        let product = (a - b) * left
        const e = product - Math.floor(product * reciprocal + 0.5) * p
        product = (c - d) * right
        const f = product - Math.floor(product * reciprocal + 0.5) * p
        const sum = a + b + c + d
        values[j] = sum - Math.floor(sum * reciprocal + 0.5) * p
        values[k] = e + f
        product = (a + b - c - d) * outer
        values[l] = product - Math.floor(product * reciprocal + 0.5) * p
        product = (e - f) * outer
        values[m] = product - Math.floor(product * reciprocal + 0.5) * p
      }
    }
  }

  const inverse = (values: Float64Array) => {
    let [groups, half] = [degree >> 1, 1]
    for (; groups >= 2; groups >>= 2, half *= 4) inverseLayers(values, groups, half)
    if (groups === 1) inverseLayer(values, groups, half)
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
