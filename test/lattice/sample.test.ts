import { describe, expect, test } from 'vitest'
import { expand } from '../../runtime/lattice/expand.ts'
import { drawErrors, drawFlood, drawTernary, errorBound, errorVariance } from '../../runtime/lattice/sample.ts'
import { latticeSets } from '../../runtime/lattice/sets.ts'
import { announcedStream } from '../support/lattice.ts'

const count = 60_000

/** Pearson's statistic less its degrees of freedom, in standard deviations: above 10 in one of 50,000 runs or less. */
function surprise(counts: readonly number[], shares: readonly number[]): number {
  const total = counts.reduce((sum, n) => sum + n, 0)
  const statistic = counts.reduce((sum, n, i) => {
    const expected = total * (shares[i] ?? 0)
    return sum + (n - expected) ** 2 / expected
  }, 0)
  return (statistic - (counts.length - 1)) / Math.sqrt(2 * (counts.length - 1))
}

function countOf(values: Iterable<number>, kinds: number, kindOf: (value: number) => number): number[] {
  const counts = Array.from({ length: kinds }, () => 0)
  for (const value of values) counts[kindOf(value)] = (counts[kindOf(value)] ?? Number.NaN) + 1
  return counts
}

/** Chances of 42 fair bits to be k. */
const binomial = Array.from({ length: 43 }, (_, k) => {
  let chance = 2 ** -42
  for (let i = 1; i <= k; i++) chance *= (42 - i + 1) / i
  return chance
})

describe('samplers', () => {
  test('ternary numbers are uniform', () => {
    const drawn = drawTernary(announcedStream('ternary'), count)
    expect(
      surprise(
        countOf(drawn, 3, (x) => x + 1),
        [1 / 3, 1 / 3, 1 / 3],
      ),
    ).toBeLessThan(10)
  })

  test('ternary numbers leave the byte 255 out, and ask for what is missing', () => {
    const given = [Uint8Array.of(255, 0, 1, 255), Uint8Array.of(254, 255), Uint8Array.of(2)]
    const asked: number[] = []
    const drawn = drawTernary((length) => {
      asked.push(length)
      return given.shift() ?? new Uint8Array(length)
    }, 4)
    expect([...drawn]).toEqual([-1, 0, 1, 1])
    expect(asked).toEqual([4, 2, 1])
  })

  test('errors are centred binomial of 42 bits', () => {
    const drawn = drawErrors(announcedStream('errors'), count)
    // 21 set bits less 21 others are distributed as 42 bits less 21. The tails are put together.
    const kindOf = (x: number) => Math.min(Math.max(x, -11), 11) + 11
    const shares = Array.from({ length: 23 }, () => 0)
    binomial.forEach((chance, k) => {
      shares[kindOf(k - 21)] = (shares[kindOf(k - 21)] ?? Number.NaN) + chance
    })
    expect(surprise(countOf(drawn, 23, kindOf), shares)).toBeLessThan(10)
    const variance = drawn.reduce((sum, x) => sum + x * x, 0) / count
    expect(Math.abs(variance - errorVariance)).toBeLessThan(10 * Math.sqrt((2 * errorVariance ** 2) / count))
  })

  test('errors reach their bound, and use 21 bits of 24', () => {
    const one = (bytes: readonly number[]) => [...drawErrors(() => Uint8Array.from(bytes), 1)]
    expect(one([255, 255, 255, 0, 0, 0])).toEqual([errorBound])
    expect(one([0, 0, 0, 255, 255, 255])).toEqual([-errorBound])
    expect(one([0, 0, 0xe0, 1, 0, 0])).toEqual([-1])
    for (let bit = 0; bit < 24; bit++) {
      const word = [0, 8, 16].map((shift) => ((2 ** bit) >> shift) & 255)
      expect(one([...word, 0, 0, 0])).toEqual([Number(bit < 21)])
    }
  })

  test('floods are uniform in -F..F, both ends included', () => {
    const random = announcedStream('floods')
    const drawn = Array.from({ length: 20_000 }, () => Number(drawFlood(random, 6n)))
    expect(
      surprise(
        countOf(drawn, 13, (x) => x + 6),
        Array(13).fill(1 / 13),
      ),
    ).toBeLessThan(10)
  })

  test.each(Object.values(latticeSets))('expanded residues of $name are uniform', (set) => {
    const random = announcedStream('residues')
    for (let i = 0; i < 4; i++) {
      const { residues } = expand(set, random(32), 'record')
      residues.forEach((values, place) => {
        const p = set.primes[place] ?? Number.NaN
        const counts = countOf(values, 64, (x) => Math.floor((64 * x) / p))
        expect(surprise(counts, Array(64).fill(1 / 64))).toBeLessThan(10)
      })
    }
  })
})
