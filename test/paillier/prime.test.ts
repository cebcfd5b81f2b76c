import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bigintEngine } from '../../runtime/paillier/bigint-engine.ts'
import { isProbablePrime, oddPart } from '../../runtime/paillier/prime.ts'
import { systemRandom } from '../../runtime/random.ts'
import { testPrime } from '../support/keys.ts'

const bigint = bigintEngine()
const isPrime = (candidate: bigint) => isProbablePrime(candidate, bigint, systemRandom)

describe('isProbablePrime', () => {
  test('tells primes from composites, for every small odd number', () => {
    for (let candidate = 5; candidate < 3000; candidate += 2) {
      const divisors = Array.from({ length: 27 }, (_, i) => 2 * i + 3).filter((each) => each < candidate)
      const expected = divisors.every((each) => candidate % each !== 0)
      expect([candidate, isPrime(BigInt(candidate))]).toEqual([candidate, expected])
    }
  })

  test.each([561n, 1105n, 1729n, 41041n, 825265n, 3215031751n])(
    'refuses %i, which passes simpler tests',
    (candidate) => {
      expect(isPrime(candidate)).toBe(false)
    },
  )

  test('accepts large primes, refuses their products', () => {
    for (const bits of [64, 65, 200, 768]) {
      const [p, q] = [testPrime(bits), testPrime(bits)]
      expect([isPrime(p), isPrime(p * q), isPrime(p * p)], `${p}, ${q}`).toEqual([true, false, false])
    }
  })

  test('draws a base for every round, and none after a composite is found', () => {
    let draws = 0
    const counted = (length: number) => {
      draws += 1
      return new Uint8Array(length).fill(1)
    }
    expect([isProbablePrime(65_537n, bigint, counted, 7), draws]).toEqual([true, 7])
    expect([isProbablePrime(65_535n, bigint, counted, 7), draws]).toEqual([false, 8])
  })
})

test('oddPart takes the twos out', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1n << 300n }), fc.nat(300), (half, twos) => {
      const odd = 2n * half + 1n
      expect(oddPart(odd << BigInt(twos))).toEqual([odd, twos])
    }),
  )
})
