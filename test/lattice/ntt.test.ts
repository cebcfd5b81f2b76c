import { describe, expect, test } from 'vitest'
import { makeTransformer } from '../../runtime/lattice/ntt.ts'
import {
  coefficientsOfProduct,
  makeRing,
  sumOfProducts,
  transform,
  transformIntegers,
} from '../../runtime/lattice/ring.ts'
import { latticeSets } from '../../runtime/lattice/sets.ts'
import { announcedStream, integerOf, schoolbook } from '../support/lattice.ts'

/** Degrees, and primes that are 1 modulo twice the degree. */
const small: readonly (readonly [number, number])[] = [
  [1, 3],
  [2, 5],
  [4, 17],
  [8, 17],
  [8, 67_108_721],
  [64, 257],
  [256, 67_104_769],
  [512, 66_994_177],
]
const primesOfSets = Object.values(latticeSets).flatMap(({ degree, primes }) => primes.map((p) => [degree, p] as const))

function product(degree: number, p: number, a: readonly number[], b: readonly number[]): number[] {
  const { forward, inverse } = makeTransformer(degree, p)
  const [x, y] = [Float64Array.from(a), Float64Array.from(b)]
  forward(x)
  forward(y)
  const values = x.map((value, j) => Number((BigInt(value) * BigInt(y[j] ?? Number.NaN)) % BigInt(p)))
  inverse(values)
  return [...values]
}

const power = (base: bigint, exponent: bigint, p: number): bigint => {
  let result = 1n
  for (const bit of exponent.toString(2)) result = (result * result * (bit === '1' ? base : 1n)) % BigInt(p)
  return result
}

/** The root of X^N + 1 that the transform takes: the power (p - 1) / 2N of the least number that gives one. */
function leastRoot(degree: number, p: number): bigint {
  for (let g = 2n; ; g++) {
    const root = power(g, BigInt((p - 1) / (2 * degree)), p)
    if (power(root, BigInt(degree), p) === BigInt(p - 1)) return root
  }
}

describe('the transform', () => {
  test.each(small)('multiplies modulo X^%i + 1 and %i as the schoolbook does', (degree, p) => {
    const random = announcedStream('ntt')
    const draw = () => Array.from({ length: degree }, () => integerOf(random, 0, p - 1))
    const [a, b] = [draw(), draw()]
    expect(product(degree, p, a, b)).toEqual(schoolbook(a, b, p))
  })

  test.each([...small, ...primesOfSets])('comes back, modulo X^%i + 1 and %i', (degree, p) => {
    const random = announcedStream('ntt')
    const { forward, inverse } = makeTransformer(degree, p)
    const values = Float64Array.from({ length: degree }, () => integerOf(random, 0, p - 1))
    const again = values.slice()
    forward(again)
    inverse(again)
    expect(again).toEqual(values)
  })

  test.each(primesOfSets)('is exact where all coefficients are largest, modulo X^%i + 1 and %i', (degree, p) => {
    // (-1 - X - ... - X^(N-1))^2 has the coefficients 2k + 2 - N.
    const ones = Array.from({ length: degree }, () => p - 1)
    const square = ones.map((_, k) => (((2 * k + 2 - degree) % p) + p) % p)
    expect(product(degree, p, ones, ones)).toEqual(square)
    // Centred extremes of both signs: a single X^k times them is a rotation.
    const half = (p - 1) / 2
    const extremes = ones.map((_, j) => (j % 3 === 0 ? half : p - half))
    const shifted = [...extremes.slice(-5).map((x) => p - x), ...extremes.slice(0, -5)]
    expect(
      product(
        degree,
        p,
        extremes,
        ones.map((_, j) => Number(j === 5)),
      ),
    ).toEqual(shifted)
  })

  test.each(primesOfSets)('is exact where sums grow the most before a product, modulo X^%i + 1 and %i', (degree, p) => {
    // At place 1, every layer but the last adds a product. Each is made about p/2, by the inverses of the roots: X^place is
    // multiplied by root^place. So the last product is the largest that there can be.
    const root = leastRoot(degree, p)
    const { forward, inverse } = makeTransformer(degree, p)
    for (let less = 0; less < 8; less++) {
      const values = new Float64Array(degree)
      values[1] = (p - 1) / 2
      for (let place = degree / 2; place >= 2; place /= 2) {
        const factor = power(root, BigInt(2 * degree - place), p)
        values[1 + place] = Number((BigInt((p - 1) / 2 - less) * factor) % BigInt(p))
      }
      const again = values.slice()
      forward(again)
      inverse(again)
      expect(again).toEqual(values)
    }
  })

  test('refuses a prime without the root', () => {
    expect(() => makeTransformer(8, 19)).toThrow('19 is not 1 modulo 16.')
  })
})

describe('the ring', () => {
  const set = { name: 'small', degree: 64, primes: [67_104_769, 33_550_337, 257] }
  const ring = makeRing(set)

  test('adds two products, of polynomials and of small integers', () => {
    const random = announcedStream('ring')
    const draw = (p: number) => Array.from({ length: 64 }, () => integerOf(random, 0, p - 1))
    const [a, c] = [0, 1].map(() => set.primes.map(draw))
    const [b, d] = [0, 1].map(() => Array.from({ length: 64 }, () => integerOf(random, -1, 1)))
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new TypeError('all are drawn')
    const of = (rows: readonly number[][]) => ({ residues: rows.map((row) => Float64Array.from(row)) })
    const sum = sumOfProducts(
      ring,
      [transform(ring, of(a)), transformIntegers(ring, b)],
      [transform(ring, of(c)), transformIntegers(ring, d)],
    )
    const want = set.primes.map((p, i) => {
      const [first, second] = [schoolbook(a[i] ?? [], b, p), schoolbook(c[i] ?? [], d, p)]
      return Float64Array.from(first, (x, j) => (x + (second[j] ?? Number.NaN)) % p)
    })
    expect(sum.residues).toEqual(want)
    const places = [0, 1, 31, 63]
    const some = coefficientsOfProduct(ring, of(a), b, places)
    expect(some.residues).toEqual(
      set.primes.map((p, i) => {
        const whole = schoolbook(a[i] ?? [], b, p)
        return Float64Array.from(places, (place) => whole[place] ?? Number.NaN)
      }),
    )
  })
})
