import { describe, expect, test } from 'vitest'
import { largestScoreBits, scoreBitsFor } from '../../runtime/lattice/lattice.ts'
import { acceptedDistance, fitSet, largestFlood, noiseVariance, replyDistance } from '../../runtime/lattice/noise.ts'
import { errorBound } from '../../runtime/lattice/sample.ts'
import { latticeSets, modulusOf } from '../../runtime/lattice/sets.ts'

/** Chances of integers. */
type Distribution = ReadonlyMap<number, number>

/** All pairs of bits, 21 against 21. */
const error: Distribution = new Map(
  Array.from({ length: 2 * errorBound + 1 }, (_, k) => {
    let chance = 2 ** (-2 * errorBound)
    for (let i = 1; i <= k; i++) chance *= (2 * errorBound - i + 1) / i
    return [k - errorBound, chance] as const
  }),
)
const ternary: Distribution = new Map([-1, 0, 1].map((x) => [x, 1 / 3]))

function combine(a: Distribution, b: Distribution, operation: (x: number, y: number) => number): Distribution {
  const result = new Map<number, number>()
  for (const [x, chance] of a) {
    for (const [y, other] of b) {
      const value = operation(x, y)
      result.set(value, (result.get(value) ?? 0) + chance * other)
    }
  }
  return result
}
const plus = (a: Distribution, b: Distribution) => combine(a, b, (x, y) => x + y)
const times = (a: Distribution, factor: number) => combine(a, new Map([[factor, 1]]), (x, y) => x * y)
const mean = (a: Distribution, f: (x: number) => number) => [...a].reduce((sum, [x, chance]) => sum + chance * f(x), 0)
const never: Distribution = new Map([[0, 1]])

/** The noise of an output: w e' + e u + e1 s + e2, term by term. */
function noiseOf(degree: number, weights: readonly number[]): Distribution {
  const product = combine(error, ternary, (x, y) => x * y)
  const products = Array.from({ length: 2 * degree }, () => product)
  return [...products, error, ...weights.map((w) => times(error, w))].reduce(plus, never)
}

/** Half the sum of the differences between the chances of X + flood and those of the flood. */
function distanceOf(noise: Distribution, flood: number): number {
  const chance = 1 / (2 * flood + 1)
  const largest = Math.max(...[...noise.keys()].map(Math.abs))
  // The chance that X + flood is v is that of X in v - F .. v + F.
  const sums = [0]
  for (let x = -largest; x <= largest; x++) sums.push((sums.at(-1) ?? Number.NaN) + (noise.get(x) ?? 0))
  const upTo = (x: number) => sums[Math.min(Math.max(x + largest + 1, 0), 2 * largest + 1)] ?? Number.NaN
  let distance = 0
  for (let v = -flood - largest; v <= flood + largest; v++) {
    const moved = chance * (upTo(v + flood) - upTo(v - flood - 1))
    distance += Math.abs(moved - (Math.abs(v) <= flood ? chance : 0)) / 2
  }
  return distance
}

/** A set that holds no secrets: formulas alone are asked. */
const ringOf = (degree: number) => ({ name: 'small', degree, primes: [67_104_769, 33_550_337] })

describe('the distance of a reply', () => {
  test.each([
    { degree: 1, weights: [3] },
    { degree: 2, weights: [5, -1] },
    { degree: 4, weights: [3, 0, -7] },
    { degree: 4, weights: [15, 15, -15, 15] },
  ])('is what enumeration finds on a ring of degree $degree, weights $weights', ({ degree, weights }) => {
    const noise = noiseOf(degree, weights)
    const squares = weights.reduce((sum, w) => sum + w * w, 0)
    const square = mean(noise, (x) => x * x)
    expect(square / noiseVariance(degree, squares)).toBeCloseTo(1, 10)
    expect(mean(noise, (x) => x)).toBeCloseTo(0, 10)
    for (const flood of [2000, 20_000]) {
      const bound = replyDistance(ringOf(degree), 1, squares, BigInt(flood))
      expect(bound / (Math.sqrt(square) / (2 * flood))).toBeCloseTo(1, 10)
      // The mean size of noise is at most the root of its mean square, and for a bell 0.8 times that.
      const distance = distanceOf(noise, flood)
      expect(distance).toBeLessThanOrEqual(bound)
      expect(distance).toBeLessThanOrEqual(mean(noise, Math.abs) / (2 * flood + 1) + 1e-12)
    }
  })

  test('bounds the mean over all that a client knows: its key, its errors', () => {
    // Degree 1, weight 3: given e', e and s, the noise is 3 e' + e u + e1 s + e2.
    const flood = 300
    const bound = replyDistance(ringOf(1), 1, 9, BigInt(flood))
    let average = 0
    for (const [recordError, chance] of error) {
      // Beyond 14 lies a chance of 10^-5; the distance of each is at most 1.
      if (Math.abs(recordError) > 14) continue
      for (const [keyError, other] of error) {
        if (Math.abs(keyError) > 14) continue
        const shift = times(ternary, keyError)
        for (const [secret, third] of ternary) {
          const known = [shift, times(error, secret), error, new Map([[3 * recordError, 1]])].reduce(plus, never)
          average += chance * other * third * distanceOf(known, flood)
        }
      }
    }
    expect(average + 1e-4).toBeLessThanOrEqual(bound)
    expect(average).toBeGreaterThan(0.7 * bound)
  })

  test('adds up over outputs', () => {
    const { S } = latticeSets
    expect(replyDistance(S, 10, 400, 2n ** 36n)).toBe(10 * replyDistance(S, 1, 400, 2n ** 36n))
  })
})

describe('the largest flood', () => {
  test.each([
    { name: 'S' as const, tau: 13, weightSum: 104 * 16 },
    { name: 'S' as const, tau: 17, weightSum: 20 * 32 },
    { name: 'L' as const, tau: 17, weightSum: 104 * 128 },
    { name: 'L' as const, tau: 37, weightSum: 2 ** 30 },
  ])('of $name, $tau bits, is the budget to the last unit', ({ name, tau, weightSum }) => {
    const set = latticeSets[name]
    const flood = largestFlood(set, tau, weightSum)
    // 100 * 2^(k + 1) times everything: F fits, F + 1 does not.
    const [n, unit] = [BigInt(set.degree), 200n * 2n ** BigInt(tau + Math.log2(set.degree) + 2)]
    const spent = (f: bigint) =>
      unit * (f + 21n * (BigInt(weightSum) + 2n * n + 1n)) +
      (unit / 2n) * 2n ** BigInt(tau) +
      102n * (n + 1n) * modulusOf(set)
    const room = (unit / 2n) * (modulusOf(set) / 2n ** BigInt(tau))
    expect(spent(flood)).toBeLessThanOrEqual(room)
    expect(spent(flood + 1n)).toBeGreaterThan(room)
  })

  test('falls with the weights, and below 1 where there is no room', () => {
    const { S } = latticeSets
    expect(largestFlood(S, 17, 100) - largestFlood(S, 17, 101)).toBe(21n)
    expect(largestFlood(S, 24, 100)).toBeGreaterThan(0n)
    expect(largestFlood(S, 26, 100)).toBeLessThan(0n)
  })
})

describe('the set that fits', () => {
  const demand = { inputs: 20, outputs: 1, scoreBits: 16, weightSum: 640, weightSquares: 20 * 32 * 32 }

  test('is S while its distance is accepted, L where it is not', () => {
    expect(fitSet(demand)?.set).toBe(latticeSets.S)
    const bits = Array.from({ length: 40 }, (_, i) => i + 2)
    const names = bits.map((scoreBits) => fitSet({ ...demand, scoreBits })?.set.name)
    expect(names.indexOf('L')).toBe(20)
    expect(names.slice(0, 20)).toEqual(Array(20).fill('S'))
    expect(names.lastIndexOf('L')).toBe(largestScoreBits(latticeSets.L) - 2)
    for (const scoreBits of bits) {
      const fit = fitSet({ ...demand, scoreBits })
      if (fit === null) continue
      expect(fit.flood).toBe(largestFlood(fit.set, scoreBits, demand.weightSum))
      expect(fit.distance).toBeLessThanOrEqual(acceptedDistance)
    }
  })

  test('is L where S holds too few numbers, none where both do', () => {
    expect(fitSet({ ...demand, inputs: 2049 })?.set).toBe(latticeSets.L)
    expect(fitSet({ ...demand, inputs: 1000, outputs: 3 })?.set).toBe(latticeSets.L)
    expect(fitSet({ ...demand, inputs: 1000, outputs: 5 })).toBeNull()
  })

  test('takes the least power of two for scores', () => {
    expect([0, 1, 2, 3, 4, 7, 8, 32_767, 32_768].map(scoreBitsFor)).toEqual([1, 2, 3, 3, 4, 4, 5, 16, 17])
  })
})
