import { modPow } from 'bigint-crypto-utils'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fixedBasePower } from '../../runtime/paillier/comb.ts'
import { bitLength, modulo } from '../../runtime/paillier/integer.ts'
import { type RingFactory, squareRing } from '../../runtime/paillier/square-ring.ts'
import { wasmRings } from '../../runtime/paillier/wasm-ring.ts'
import { cheapestWidth, interleave, oddPowers, windowPower, windowsOf } from '../../runtime/paillier/windows.ts'

const ofBits = (bits: number) => fc.bigInt({ min: 1n << BigInt(bits - 1), max: (1n << BigInt(bits)) - 1n })
/** Moduli of every length, the shortest and powers of two among them. */
const moduli = fc.oneof(
  fc.integer({ min: 2, max: 900 }).chain(ofBits),
  fc.integer({ min: 1, max: 700 }).map((bits) => 1n << BigInt(bits)),
  fc.integer({ min: 2, max: 700 }).map((bits) => (1n << BigInt(bits)) - 1n),
)

const inWasm = wasmRings()
if (inWasm === null) throw new Error('there is no WebAssembly')
const rings: [string, RingFactory][] = [
  ['BigInt', squareRing],
  ['WebAssembly', inWasm],
]

describe('squareRing', () => {
  test('multiplies, squares and converts as integers modulo m^2 do', () => {
    const drawn = moduli.chain((m) => {
      const edges = fc.constantFrom(0n, 1n, m - 1n, m, m + 1n, m * m - 1n, m * m, m * m - m, -1n, -m)
      const value = fc.oneof(fc.bigInt({ min: 0n, max: m * m - 1n }), edges)
      return fc.tuple(fc.constant(m), value, value)
    })
    const property = fc.property(drawn, ([m, a, b]) => {
      const ring = squareRing(m)
      const [x, y] = [ring.residue(a), ring.residue(b)]
      for (const { low, high } of [x, y, ring.multiply(x, y), ring.square(x)]) {
        expect(low >= 0n && low < m && high >= 0n && high < m).toBe(true)
      }
      expect(ring.integer(x)).toBe(modulo(a, m * m))
      expect(ring.integer(ring.multiply(x, y))).toBe(modulo(a * b, m * m))
      expect(ring.integer(ring.square(x))).toBe(modulo(a * a, m * m))
      expect(ring.integer(ring.multiply(ring.one, y))).toBe(modulo(b, m * m))
    })
    fc.assert(property, { numRuns: 3000 })
  })

  test('is right for every pair of residues of the smallest moduli', () => {
    for (let m = 2n; m < 8n; m++) {
      const ring = squareRing(m)
      for (let a = 0n; a < m * m; a++) {
        for (let b = 0n; b < m * m; b++) {
          expect(ring.integer(ring.multiply(ring.residue(a), ring.residue(b)))).toBe((a * b) % (m * m))
        }
      }
    }
  })
})

describe('windows', () => {
  test('add up to the exponent, and are as many for small ones as for large ones', () => {
    const property = fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 40 }), (width, count) => {
      const largest = (1n << BigInt(width * count)) - 1n
      for (const exponent of [0n, 1n, largest, largest / 3n, largest >> 1n, 1n << BigInt(width * count - 1)]) {
        const windows = windowsOf(exponent, width, count)
        expect(windows).toHaveLength(count)
        const sum = windows.reduce(
          (total, { odd, shift, isZero }) => (isZero ? total : total + (BigInt(2 * odd + 1) << BigInt(shift))),
          0n,
        )
        expect(sum).toBe(exponent)
        expect(windows.every(({ odd }) => odd < 1 << (width - 1))).toBe(true)
      }
    })
    fc.assert(property)
  })

  test.each(rings)('windowPower and oddPowers are powers, by %s', (_, ringOf) => {
    const property = fc.property(moduli, fc.bigInt({ min: 0n, max: 1n << 300n }), (m, exponent) => {
      const ring = ringOf(m)
      const x = ring.residue(exponent * 7n + 3n)
      const value = ring.integer(x)
      expect(ring.integer(windowPower(ring, x, exponent))).toBe(modPow(value, exponent, m * m))
      const odd = oddPowers(ring, x, 4).map((power) => ring.integer(power))
      expect(odd).toEqual(Array.from({ length: 8 }, (_, i) => modPow(value, 2 * i + 1, m * m)))
    })
    fc.assert(property)
  })

  test.each(rings)('interleave takes the steps in any order, and none of those that are zero, by %s', (_, ringOf) => {
    const ring = ringOf(1_000_003n)
    const step = (value: bigint, shift: number, isZero = false) => ({ value: ring.residue(value), shift, isZero })
    const steps = [step(5n, 0), step(7n, 3), step(99n, 2, true), step(98n, 9, true), step(11n, 5), step(13n, 3)]
    const expected = 3n ** 32n * 5n * 7n ** 8n * 11n ** 32n * 13n ** 8n
    expect(ring.integer(interleave(ring, ring.residue(3n), 5, steps))).toBe(expected % 1_000_003n ** 2n)
  })

  test('the cheapest width is the cheapest', () => {
    expect([cheapestWidth(1, 1, 3071), cheapestWidth(13, 42, 60), cheapestWidth(1, 1, 3)]).toEqual([7, 5, 1])
  })
})

test.each(rings)(
  'fixedBasePower is a power, for every exponent that fits, of moduli of every length, by %s',
  (_, ringOf) => {
    const property = fc.property(
      moduli,
      fc.integer({ min: 1, max: 400 }),
      fc.infiniteStream(fc.nat()),
      (m, bits, numbers) => {
        const ring = ringOf(m)
        const base = BigInt(numbers.next().value ?? 0)
        const power = fixedBasePower(ring, ring.residue(base), bits)
        const largest = (1n << BigInt(bits)) - 1n
        for (const exponent of [0n, 1n, largest, largest / 3n, 1n << BigInt(bits - 1)]) {
          expect(bitLength(exponent)).toBeLessThanOrEqual(bits)
          expect(ring.integer(power(exponent))).toBe(modPow(base, exponent, m * m))
        }
      },
    )
    fc.assert(property, { numRuns: 60 })
  },
)
