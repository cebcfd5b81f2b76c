import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { bigintEngine } from '../../runtime/paillier/bigint-engine.ts'
import { enginePassesSelfTest } from '../../runtime/paillier/fastest-engine.ts'
import { bitLength, modInverse, modulo } from '../../runtime/paillier/integer.ts'
import { opensslEngine } from '../../runtime/paillier/openssl-engine.ts'
import { type SquareRing, squareRing } from '../../runtime/paillier/square-ring.ts'
import { kernel } from '../../runtime/paillier/wasm-kernel.ts'
import { wasmRings } from '../../runtime/paillier/wasm-ring.ts'
import { testPrime } from '../support/keys.ts'

const ringOf = wasmRings()
if (ringOf === null) throw new Error('there is no WebAssembly')

const { limbBits, lengthStep, gap } = kernel
/** The length of a digit of a residue, in limbs. */
const lengthOf = (m: bigint) => lengthStep * Math.ceil((bitLength(m) + 7) / limbBits / lengthStep)

const ofBits = (bits: number) => fc.bigInt({ min: 1n << BigInt(bits - 1), max: (1n << BigInt(bits)) - 1n })
/** The longest moduli of 40, 80, ... limbs, and the shortest of the next length. */
const brinks = [513, 514, 1033, 1034, 1553, 1554, 2073, 3113, 3114, 4096, 4097]
const moduli = fc
  .oneof(fc.integer({ min: 2, max: 4200 }), fc.integer({ min: 2, max: 600 }), fc.constantFrom(...brinks, 1536, 3072))
  .chain((bits) =>
    fc.oneof(
      ofBits(bits),
      fc.constantFrom(0n, 2n, 12n).map((less) => (1n << BigInt(bits)) - 1n - less),
      fc.constant((1n << BigInt(bits - 1)) + 1n),
    ),
  )
  .map((m) => (m < 3n ? 3n : m | 1n))

/** Integers that are hard for a multiplication modulo m^2. */
function valuesFor(m: bigint): fc.Arbitrary<bigint> {
  const bits = 2 * bitLength(m)
  const places = fc.array(fc.nat(bits), { maxLength: 6 })
  return fc.oneof(
    fc.bigInt({ min: 0n, max: m * m - 1n }),
    fc.constantFrom(0n, 1n, 2n, m - 1n, m, m + 1n, m * m - 1n, m * m - m, m * m, -1n, -m),
    fc.constantFrom(bits, bits / 2, bits - 13, 13, 26).map((length) => (1n << BigInt(length)) - 1n),
    places.map((set) => set.reduce((sum, place) => sum | (1n << BigInt(place)), 0n)),
    // Every limb at the edge of its range, as they come from BigInt.
    fc.constantFrom(0xfffn, 0x1000n, 0x1001n).map((limb) => {
      let value = 0n
      for (let i = 0; i < bits; i += 13) value = (value << 13n) | limb
      return value
    }),
  )
}

describe('a ring in WebAssembly', () => {
  test('multiplies, squares and converts as integers modulo m^2 do', () => {
    const drawn = moduli.chain((m) =>
      fc.tuple(fc.constant(m), valuesFor(m), valuesFor(m), fc.integer({ min: 1, max: 4 })),
    )
    const property = fc.property(drawn, ([m, a, b, times]) => {
      const ring = ringOf(m)
      const [x, y, mm] = [ring.residue(a), ring.residue(b), m * m]
      expect([ring.integer(x), ring.integer(ring.one)]).toEqual([modulo(a, mm), 1n])
      expect(ring.integer(ring.multiply(x, y))).toBe(modulo(a * b, mm))
      expect(ring.integer(ring.multiply(x, x))).toBe(modulo(a * a, mm))
      let power = modulo(a, mm)
      for (let i = 0; i < times; i++) power = (power * power) % mm
      expect(ring.integer(ring.square(x, times))).toBe(power)
      expect(ring.integer(ring.multiply(ring.one, y))).toBe(modulo(b, mm))
      // Operands are as they were.
      expect([ring.integer(x), ring.integer(y)]).toEqual([modulo(a, mm), modulo(b, mm)])
    })
    fc.assert(property, { numRuns: 1500 })
  })

  test('is right for every pair of residues of the smallest odd moduli', () => {
    for (let m = 3n; m < 9n; m += 2n) {
      const ring = ringOf(m)
      for (let a = 0n; a < m * m; a++) {
        for (let b = 0n; b < m * m; b++) {
          expect(ring.integer(ring.multiply(ring.residue(a), ring.residue(b)))).toBe((a * b) % (m * m))
        }
      }
    }
  })

  test.each([64, 200, 509, 512, 1024, 1536, 2047, 3072, 3113, 4096])(
    'stays right over long chains at %i bits',
    (bits) => {
      const property = fc.property(ofBits(bits), fc.infiniteStream(fc.integer({ min: 0, max: 3 })), (even, choices) => {
        const m = even | 1n
        const [ring, mm] = [ringOf(m), m * m]
        const values = [modulo(-3n, mm), (mm / 7n) | 1n, m - 1n]
        const residues = values.map((value) => ring.residue(value))
        let [value, residue] = [values[1] ?? 1n, residues[1]]
        for (let i = 0; i < 300; i++) {
          const choice = choices.next().value ?? 0
          const [factor, other] = [values[choice], residues[choice]]
          residue = factor === undefined ? ring.square(residue) : ring.multiply(residue, other)
          value = (value * (factor ?? value)) % mm
          if (i % 50 === 0) expect(ring.integer(residue)).toBe(value)
        }
        expect(ring.integer(residue)).toBe(value)
      })
      fc.assert(property, { numRuns: 12 })
    },
  )

  test.each([509, 1536, 3072, 3113, 4096, 6000])('holds the largest limbs that there can be, at %i bits', (bits) => {
    const m = (1n << BigInt(bits)) - 1n
    const ring = ringOf(m) as SquareRing<Int16Array>
    const [length, mm] = [lengthOf(m), m * m]
    const rInverse = modInverse(1n << BigInt(limbBits * length), mm)
    // Digits below m in magnitude, all of whose limbs may be at an end of their range.
    const full = Math.floor((bits - 1) / limbBits)
    const limb = fc.oneof(fc.constantFrom(-4097, 4096, -4096), fc.integer({ min: -4097, max: 4096 }))
    const digit = fc.oneof(
      fc.constantFrom([-4097], [4096], [-4097, 4096], [4096, 4096, -4097]),
      fc.array(limb, { minLength: 1, maxLength: 9 }),
      fc.array(limb, { minLength: full, maxLength: full }),
    )
    const residue = fc.tuple(digit, digit).map((digits) => {
      const limbs = new Int16Array(2 * (length + gap))
      for (const [which, pattern] of digits.entries()) {
        for (let i = 0; i < full; i++) limbs[which * (length + gap) + i] = pattern[i % pattern.length] ?? 0
      }
      return limbs
    })
    const digitOf = (limbs: Int16Array) => {
      let value = 0n
      for (const limb of limbs.toReversed()) value = (value << BigInt(limbBits)) + BigInt(limb)
      return value
    }
    const represented = (limbs: Int16Array) => {
      const [low, high] = [digitOf(limbs.slice(0, length)), digitOf(limbs.slice(length + gap, 2 * length + gap))]
      return modulo((low + high * m) * rInverse, mm)
    }
    const property = fc.property(residue, residue, (a, b) => {
      const [x, y] = [represented(a), represented(b)]
      const product = ring.multiply(a, b)
      for (const limbs of [product, ring.square(a)]) {
        expect(limbs.every((limb) => limb >= -4097 && limb <= 4096)).toBe(true)
      }
      expect(represented(product)).toBe((x * y) % mm)
      expect(ring.integer(product)).toBe((x * y) % mm)
      expect(represented(ring.square(a))).toBe((x * x) % mm)
      expect(represented(ring.square(a, 2))).toBe(x ** 4n % mm)
    })
    fc.assert(property, { numRuns: 60 })
  })

  test('shares the kernel with others of any length, and leaves what they hold alone', () => {
    const rings = [700n, 1536n, 64n, 4096n, 1537n].map((bits) => (1n << bits) - 1n).map((m) => ({ m, ring: ringOf(m) }))
    const held = rings.map(({ m, ring }) => ({ m, ring, value: m - 5n, residue: ring.residue(m - 5n) }))
    for (let i = 0; i < 20; i++) {
      for (const one of held) {
        one.residue = one.ring.multiply(one.ring.square(one.residue), one.residue)
        one.value = one.value ** 3n % (one.m * one.m)
      }
    }
    for (const { ring, residue, value } of held) expect(ring.integer(residue)).toBe(value)
  })

  test('takes no more memory for more operations', { timeout: 60_000 }, () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const m = testPrime(512)
    const ring = ringOf(m)
    let x = ring.residue(7n)
    const held = () => {
      collect()
      const { heapUsed, external, arrayBuffers } = process.memoryUsage()
      return (heapUsed + external + arrayBuffers) / 1024
    }
    // What is swept beside the program may be counted still: what stays is what counts.
    const kilobytes = (operations: number) => {
      for (let i = 0; i < operations; i++) x = i % 4 === 0 ? ring.multiply(x, x) : ring.square(x)
      return Math.min(held(), held(), held(), held())
    }
    kilobytes(10_000)
    const before = kilobytes(10_000)
    // A residue that is not freed is a quarter of a kilobyte and more.
    expect(kilobytes(100_000) - before).toBeLessThan(5000)
  })
})

describe('moduli that are none of the kernel', () => {
  test.each([
    ['even', 1n << 600n],
    ['too long', (1n << 8400n) - 1n],
    ['2', 2n],
  ])('have a ring all the same: %s', (_, m) => {
    const ring = ringOf(m)
    const a = (m * m) / 3n
    expect(ring.integer(ring.square(ring.multiply(ring.residue(a), ring.residue(5n)), 2))).toBe(
      (5n * a) ** 4n % (m * m),
    )
  })

  test('the longest that is: 8313 bits', () => {
    const m = (1n << 8313n) - 1n
    const a = (m * m) / 3n
    expect(ringOf(m).integer(ringOf(m).square(ringOf(m).residue(a)))).toBe((a * a) % (m * m))
  })
})

describe('where WebAssembly', () => {
  afterEach(() => vi.unstubAllGlobals())
  const forbidden = class {
    constructor() {
      throw new EvalError('blocked by Content Security Policy')
    }
  }
  test.each([
    ['is not there', undefined],
    ['may not be compiled', { Module: forbidden }],
  ])('%s, there are no such rings, and OpenSSL goes with those of BigInt', (_, global) => {
    vi.stubGlobal('WebAssembly', global)
    expect(wasmRings()).toBeNull()
    const engine = opensslEngine()
    expect(engine?.ringOf).toBe(squareRing)
    expect(engine !== null && enginePassesSelfTest(engine)).toBe(true)
  })
})

test('an engine that multiplies wrongly does not pass the self-test', () => {
  const engine = opensslEngine()
  if (engine === null) throw new Error('there is no node:crypto')
  const wrong = (m: bigint) => {
    const ring = ringOf(m)
    return { ...ring, square: (a: unknown, times = 1) => ring.square(a, times + 1) }
  }
  expect([enginePassesSelfTest(engine), enginePassesSelfTest({ ...engine, ringOf: wrong })]).toEqual([true, false])
  expect(enginePassesSelfTest(bigintEngine(wrong))).toBe(false)
})
