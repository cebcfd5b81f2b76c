import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { thresholdAdvantage } from '../../../compiler/schemes/signs/lower.ts'
import type { Column } from '../../../runtime/contract.ts'
import { randomBelow, randomBits, systemRandom } from '../../../runtime/random.ts'
import {
  largestCell,
  leastBlindingBits,
  marginBits,
  minimumBlindingBits,
  rangeBits,
  type SignsContract,
  signsMessages,
  slotLayout,
  widestBlinding,
} from '../../../runtime/schemes/signs/contract.ts'
import { drawTestBlinding, readSlots, slotOffset } from '../../../runtime/schemes/signs/slots.ts'

/** A bound that chi-square exceeds with probability below 1e-9 (Wilson and Hilferty's approximation at 6.3 sigma). */
const chiSquareBound = (degrees: number) => degrees * (1 - 2 / (9 * degrees) + 6.3 * Math.sqrt(2 / (9 * degrees))) ** 3

/** Draws 20,000 times and compares with the probability of each outcome; any other outcome fails. */
function expectLaw(law: ReadonlyMap<bigint, number>, draw: () => bigint): void {
  const [draws, counts] = [20_000, new Map<bigint, number>()]
  for (let i = 0; i < draws; i++) {
    const drawn = draw()
    counts.set(drawn, (counts.get(drawn) ?? 0) + 1)
  }
  expect([...counts.keys()].filter((drawn) => !law.has(drawn))).toEqual([])
  const terms = Array.from(law, ([outcome, p]) => ((counts.get(outcome) ?? 0) - p * draws) ** 2 / (p * draws))
  expect(terms.reduce((a, b) => a + b)).toBeLessThan(chiSquareBound(law.size - 1))
}

const uniform = (from: number, below: number): ReadonlyMap<bigint, number> =>
  new Map(Array.from({ length: below - from }, (_, i) => [BigInt(from + i), 1 / (below - from)]))

/** Serves the given bytes, one after the other, and counts what is left. */
function scripted(bytes: readonly number[]): { random: (length: number) => Uint8Array; left: () => number } {
  const rest = [...bytes]
  return { random: (length) => Uint8Array.from(rest.splice(0, length)), left: () => rest.length }
}

describe('random integers', () => {
  test.each([1, 2, 3, 5, 64, 100, 255, 256, 257])('randomBelow(%i) is uniform, and inside', (bound) => {
    if (bound === 1) expect(randomBelow(systemRandom, 1n)).toBe(0n)
    else expectLaw(uniform(0, bound), () => randomBelow(systemRandom, BigInt(bound)))
  })

  test.each([1, 3, 7, 8, 9])('randomBits(%i) is uniform, and inside', (bits) => {
    expectLaw(uniform(0, 2 ** bits), () => randomBits(systemRandom, bits))
  })

  test('randomBelow rejects what is not below, and draws again', () => {
    const { random, left } = scripted([0b111_00000, 0b101_11111, 0b100_11111, 0])
    expect(randomBelow(random, 5n)).toBe(0b100n)
    expect(left()).toBe(1)
  })

  test('randomBits takes no more bytes than it needs; no bits need none', () => {
    const { random, left } = scripted([0xff, 0x80, 1])
    expect(randomBits(random, 9)).toBe(0b1_1111_1111n)
    expect(randomBits(random, 0)).toBe(0n)
    expect(left()).toBe(1)
  })

  test('stay inside for any width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), fc.bigInt({ min: 1n, max: 1n << 300n }), (bits, bound) => {
        expect(randomBits(systemRandom, bits) >> BigInt(bits)).toBe(0n)
        const drawn = randomBelow(systemRandom, bound)
        expect(drawn >= 0n && drawn < bound).toBe(true)
      }),
    )
  })

  test('the system serves more bytes than one call of getRandomValues does', () => {
    const bytes = systemRandom(200_001)
    expect(bytes).toHaveLength(200_001)
    expect(bytes.subarray(-64).some((byte) => byte !== 0)).toBe(true)
  })
})

/** The probability of every r that `drawBlinding` draws: a uniform bit length, and within it proportional to 1 / r. */
function lawOfR(bits: number, least: number): Map<bigint, number> {
  const law = new Map<bigint, number>()
  for (let length = least + 1; length <= bits; length++) {
    const numbers = Array.from({ length: 2 ** (length - 1) }, (_, i) => 2 ** (length - 1) + i)
    const total = numbers.reduce((sum, r) => sum + 1 / r, 0)
    for (const r of numbers) law.set(BigInt(r), 1 / (r * total * (bits - least)))
  }
  return law
}

describe('drawBlinding', () => {
  test('keeps r and s in their ranges, and with them the sign of every odd number', () => {
    const odd = fc.bigInt({ min: -(1n << 33n), max: 1n << 33n }).map((half) => 2n * half + 1n)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.nat(40), odd, (span, least, u) => {
        const { r, s } = drawTestBlinding(systemRandom, least + span, least)
        expect(r >= 1n << BigInt(least) && r < 1n << BigInt(least + span)).toBe(true)
        expect(s > -r && s < r).toBe(true)
        expect(r * u + s < 0n).toBe(u < 0n)
        expect(r * u + s).not.toBe(0n)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    [64, 12],
    [237, 0],
  ])('draws every bit length of r equally often, up to %i bits, from %i on', (bits, least) => {
    const law = uniform(least + 1, bits + 1)
    expectLaw(law, () => BigInt(drawTestBlinding(systemRandom, bits, least).r.toString(2).length))
  })

  test('draws r by its law, and s uniformly', () => {
    expectLaw(lawOfR(5, 0), () => drawTestBlinding(systemRandom, 5, 0).r)
    expectLaw(lawOfR(6, 3), () => drawTestBlinding(systemRandom, 6, 3).r)
    const drawnFor = (wanted: bigint) => {
      for (;;) {
        const { r, s } = drawTestBlinding(systemRandom, 4, 0)
        if (r === wanted) return s
      }
    }
    expectLaw(uniform(-2, 3), () => drawnFor(3n))
  })
})

/** The same law where only the leading digits of r are drawn, and the others are zero. */
function lawOfTruncatedR(bits: number, least: number, mantissa: number): Map<bigint, number> {
  const law = new Map<bigint, number>()
  for (let length = least + 1; length <= bits; length++) {
    const zeros = Math.max(0, length - mantissa)
    const numbers = Array.from({ length: 2 ** (length - 1 - zeros) }, (_, i) => 2 ** (length - 1) + i * 2 ** zeros)
    const total = numbers.reduce((sum, r) => sum + 1 / r, 0)
    for (const r of numbers) law.set(BigInt(r), 1 / (r * total * (bits - least)))
  }
  return law
}

/** The probability of every v = r u + s for one u > 0, exactly enumerated; v is the index. */
function lawOfBlinded(u: number, law: ReadonlyMap<bigint, number>): Float64Array {
  const largest = Math.max(...Array.from(law.keys(), Number))
  const changes = new Float64Array(largest * (u + 1) + 2)
  for (const [drawn, p] of law) {
    const r = Number(drawn)
    const each = p / (2 * r - 1)
    const [first, last] = [r * u - r + 1, r * u + r - 1]
    changes[first] = (changes[first] ?? 0) + each
    changes[last + 1] = (changes[last + 1] ?? 0) - each
  }
  let sum = 0
  return changes.map((change) => {
    sum += change
    return sum
  })
}

/** The advantage with which the best observer tells two values apart, over all odd |u| up to the distance. */
function advantage(distance: number, law: ReadonlyMap<bigint, number>): number {
  const near = lawOfBlinded(1, law)
  const far = [3, 2 * distance - 1, 2 * distance + 1].map((u) => {
    const other = lawOfBlinded(u, law)
    return near.reduce((sum, p, v) => sum + Math.max(0, p - (other[v] ?? 0)), 0)
  })
  return Math.max(...far)
}

const cases = [1, 2, 3, 5, 10].flatMap((distance) => [4, 8].map((span) => [distance, span] as const))

describe('a multiplier of few digits', () => {
  test('is drawn by its law', () => {
    expectLaw(lawOfTruncatedR(9, 2, 4), () => drawTestBlinding(systemRandom, 9, 2, 4).r)
  })

  test.each([
    [5, 6],
    [9, 8],
    [21, 10],
  ])('hides as well as one of all digits, for |u| = %i and %i digits', (u, mantissa) => {
    const [bits, least] = [15, 7]
    const [all, few] = [lawOfR(bits, least), lawOfTruncatedR(bits, least, mantissa)]
    const [lawOfAll, lawOfFew] = [lawOfBlinded(u, all), lawOfBlinded(u, few)]
    const distance = lawOfAll.reduce((sum, p, v) => sum + Math.abs(p - (lawOfFew[v] ?? 0)), 0) / 2
    expect(distance).toBeGreaterThan(0)
    expect(distance).toBeLessThan(u * 2 ** (1 - mantissa))
  })
})

describe('what one reply gives away of a distance, computed exactly', () => {
  test.each(cases)('distance %i, multipliers over %i bits: within the bound of the report', (distance, span) => {
    const grid = { minimum: 0, step: 1, size: distance + 1 }
    const least = leastBlindingBits([{ kind: 'number', name: 'x', grid, missing: 'never' }])
    const exact = advantage(distance, lawOfR(least + span, least))
    const bound = thresholdAdvantage(distance, span)
    expect(exact).toBeLessThanOrEqual(bound + 1e-12)
    // And the bound is no idle one, where the range is wide enough not to be all edges.
    if (span === 8 && bound < 1) expect(bound - exact).toBeLessThan(0.1)
  })

  test('multipliers that are uniform within their bit length exceed it, whatever their width', () => {
    const [distance, least, span] = [2, 4, 12]
    const uniformWithin = new Map<bigint, number>()
    for (const r of lawOfR(least + span, least).keys()) {
      uniformWithin.set(r, 1 / (span * 2 ** (r.toString(2).length - 1)))
    }
    expect(advantage(distance, uniformWithin)).toBeGreaterThan(thresholdAdvantage(distance, span))
  })

  test('multipliers smaller than what they hide exceed it', () => {
    expect(advantage(50, lawOfR(12, 0))).toBeGreaterThan(thresholdAdvantage(50, 12))
  })
})

describe('readSlots', () => {
  const slots = fc
    .record({ blindingBits: fc.integer({ min: 1, max: 300 }), range: fc.integer({ min: 1, max: 31 }) })
    .chain(({ blindingBits, range }) => {
      const bound = 1n << BigInt(blindingBits + range + 1)
      const value = fc.bigInt({ min: 1n - bound, max: bound - 1n }).filter((v) => v !== 0n)
      const edges = fc.constantFrom(1n, -1n, bound - 1n, 1n - bound)
      const values = fc.array(fc.oneof(value, edges), { minLength: 1, maxLength: 12 })
      return fc.record({ bound: fc.constant(bound), slotBits: fc.constant(blindingBits + range + 2), values })
    })
  const pack = (values: readonly bigint[], slotBits: number) =>
    values.reduceRight((sum, value) => (sum << BigInt(slotBits)) + slotOffset(slotBits) + value, 0n)
  const badReply = expect.objectContaining({ code: 'bad-reply' })

  test('reads what was packed', () => {
    fc.assert(
      fc.property(slots, ({ bound, slotBits, values }) => {
        expect(readSlots(pack(values, slotBits), values.length, slotBits, bound)).toEqual(values)
      }),
    )
  })

  test('refuses zero, and values at or beyond the bound, in any slot', () => {
    fc.assert(
      fc.property(slots, fc.nat(11), fc.bigInt({ min: 0n, max: 1n << 40n }), (drawn, at, beyond) => {
        const { slotBits, values } = drawn
        // Tighter than the slot, as the client's is for most grids, so that there is something beyond it.
        const bound = drawn.bound / 2n + 1n
        const most = drawn.bound - bound
        const excess = bound + (most === 0n ? 0n : beyond % most)
        const inside = values.map((value) => value / 2n || 1n)
        for (const bad of [0n, bound, -bound, excess, -excess]) {
          const damaged = inside.with(at % inside.length, bad)
          expect(() => readSlots(pack(damaged, slotBits), inside.length, slotBits, bound)).toThrow(badReply)
        }
        expect(readSlots(pack(inside, slotBits), inside.length, slotBits, bound)).toEqual(inside)
      }),
    )
  })

  test('refuses any bit beyond the slots', () => {
    fc.assert(
      fc.property(slots, fc.nat(3000), ({ bound, slotBits, values }, above) => {
        const plaintext = pack(values, slotBits) | (1n << BigInt(values.length * slotBits + above))
        expect(() => readSlots(plaintext, values.length, slotBits, bound)).toThrow(badReply)
      }),
    )
  })
})

describe('the slot layout', () => {
  const power = fc.integer({ min: 1, max: 30 }).map((bits) => 2 ** bits)
  const size = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 2 ** 31 - 2 }), power)
  const column: fc.Arbitrary<Column> = fc.oneof(
    fc.record({
      kind: fc.constant('number' as const),
      name: fc.string(),
      grid: fc.record({ minimum: fc.constant(0), step: fc.constant(1), size }),
      missing: fc.constantFrom('never', 'below', 'above'),
    }),
    fc.constant({ kind: 'text' as const, name: 'text', levels: ['a', 'b'], missing: 'never' as const }),
  )
  const contracts = fc
    .record({
      keyBits: fc.constantFrom(2048, 3072, 4096),
      tests: fc.integer({ min: 1, max: 500 }),
      columns: fc.array(column, { minLength: 1, maxLength: 6 }),
    })
    .map((drawn): SignsContract => {
      const blindingBits = widestBlinding(drawn.keyBits, drawn.tests, drawn.columns)
      const features = drawn.columns.map(({ name }) => ({ column: name }))
      const sized = { ...drawn, features, blindingBits }
      const kind = { format: 2, name: 'test', family: 'tree', reveal: 'signs', scheme: 'paillier' } as const
      const rest = { ignored: [], missingValues: [''], answers: [], messages: signsMessages(sized), decision: '' }
      return { ...kind, ...sized, ...rest }
    })

  test('fits every test, blinds enough, and no layout is better', () => {
    fc.assert(
      fc.property(contracts, (contract) => {
        const { keyBits, tests, columns, blindingBits } = contract
        const { slotBits, slotsPerCiphertext, ciphertexts } = slotLayout(contract)
        const fitting = (bits: number) => Math.floor((keyBits - 1 - marginBits) / (bits + rangeBits(columns) + 2))
        expect(slotBits).toBe(blindingBits + rangeBits(columns) + 2)
        expect(slotsPerCiphertext * slotBits + marginBits + 1).toBeLessThanOrEqual(keyBits)
        expect(blindingBits).toBeGreaterThanOrEqual(minimumBlindingBits)
        expect(slotsPerCiphertext * ciphertexts).toBeGreaterThanOrEqual(tests)
        expect(slotsPerCiphertext * (ciphertexts - 1)).toBeLessThan(tests)
        expect((ciphertexts - 1) * fitting(minimumBlindingBits)).toBeLessThan(tests)
        expect(ciphertexts * fitting(blindingBits + 1)).toBeLessThan(tests)
      }),
      { numRuns: 1000 },
    )
  })

  test('a slot holds every blinded difference of the columns, whatever the blinding', () => {
    fc.assert(
      fc.property(contracts, (contract) => {
        const { slotBits } = slotLayout(contract)
        const [largest, r] = [BigInt(largestCell(contract.columns)), (1n << BigInt(contract.blindingBits)) - 1n]
        // |2 (x - c) - 1| is at most 2 * largest - 1, and |s| at most r - 1.
        const most = r * (2n * largest - 1n) + r - 1n
        expect(most).toBeLessThan(slotOffset(slotBits))
        expect(most).toBeLessThan((2n * largest) << BigInt(contract.blindingBits))
        expect(1n << BigInt(rangeBits(contract.columns))).toBeGreaterThan(largest)
        expect(1n << BigInt(rangeBits(contract.columns) - 1)).toBeLessThanOrEqual(largest)
      }),
    )
  })

  test('no tests need no ciphertexts; a key without room for one slot is refused', () => {
    const columns: Column[] = [{ kind: 'text', name: 'text', levels: ['a', 'b'], missing: 'never' }]
    expect(widestBlinding(2048, 0, columns)).toBe(minimumBlindingBits)
    expect(widestBlinding(65 + 67, 1, columns)).toBe(minimumBlindingBits)
    expect(() => widestBlinding(65 + 66, 1, columns)).toThrow(RangeError)
  })
})
