import { describe, expect, test } from 'vitest'
import { type LatticeSet, latticeSets, modulusOf } from '../../runtime/lattice/sets.ts'
import { maximumSwitchedBits, switchModulus } from '../../runtime/lattice/switching.ts'
import { announcedStream } from '../support/lattice.ts'

/** round(2^k c / q) mod 2^k by integers, half upwards. */
function switchSlowly(c: bigint, q: bigint, k: number): number {
  const modulus = 1n << BigInt(k)
  return Number(((2n * modulus * c + q) / (2n * q)) % modulus)
}

const residuesOf = (set: LatticeSet, values: readonly bigint[]) =>
  set.primes.map((p) => Float64Array.from(values, (c) => Number(c % BigInt(p))))

describe('switching', () => {
  test('is exact for every number of a small ring', () => {
    const set = { name: 'small', degree: 8, primes: [97, 17, 7] }
    const q = modulusOf(set)
    const all = Array.from({ length: Number(q) }, (_, c) => BigInt(c))
    for (const k of [1, 7, 20, maximumSwitchedBits]) {
      const switched = switchModulus(set, residuesOf(set, all), k)
      const wrong = all.filter((c, i) => switched[i] !== switchSlowly(c, q, k))
      expect(wrong).toEqual([])
    }
  })

  test.each(Object.values(latticeSets))('is exact for $name: random numbers, ends, and neighbours of halves', (set) => {
    const random = announcedStream('switching')
    const q = modulusOf(set)
    const draw = () => random(16).reduce((sum, byte) => 256n * sum + BigInt(byte), 0n) % q
    for (const k of [13, 25, 30, 37, 45, maximumSwitchedBits]) {
      const values = [0n, 1n, q - 1n, q / 2n, q / 2n + 1n]
      for (let i = 0; i < 500; i++) {
        const value = draw()
        const half = (2n * ((value << BigInt(k)) / q) + 1n) * q
        const nearest = half >> BigInt(k + 1)
        values.push(value, nearest, (nearest + 1n) % q)
      }
      const want = values.map((c) => switchSlowly(c, q, k))
      expect([...switchModulus(set, residuesOf(set, values), k)]).toEqual(want)
    }
  })
})
