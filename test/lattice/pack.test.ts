import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packBits, packedBytes, packResidues, unpackBits, unpackResidues } from '../../runtime/lattice/pack.ts'
import { latticeSets } from '../../runtime/lattice/sets.ts'

/** The same packing, by one large integer. */
function packSlowly(runs: readonly { values: readonly number[]; bits: number }[]): Uint8Array {
  let [all, at] = [0n, 0n]
  for (const { values, bits } of runs) {
    for (const value of values) {
      all |= BigInt(value) << at
      at += BigInt(bits)
    }
  }
  return Uint8Array.from({ length: Number((at + 7n) / 8n) }, (_, i) => Number((all >> BigInt(8 * i)) & 255n))
}

const runs = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.array(fc.integer({ min: 1, max: 52 }), { minLength: 1, maxLength: 3 }))
  .chain(([count, widths]) =>
    fc.tuple(
      ...widths.map((bits) =>
        fc.record({
          values: fc.array(
            fc.maxSafeInteger().map((x) => Math.abs(x) % 2 ** bits),
            { minLength: count, maxLength: count },
          ),
          bits: fc.constant(bits),
        }),
      ),
    ),
  )

describe('packing', () => {
  test('is the integers one after the other, and comes back', () => {
    fc.assert(
      fc.property(runs, (given) => {
        const packed = packBits(given)
        expect(packed).toEqual(packSlowly(given))
        const [count, widths] = [given[0]?.values.length ?? 0, given.map(({ bits }) => bits)]
        expect(packed).toHaveLength(packedBytes(count, widths))
        expect(unpackBits(packed, count, widths).map((values) => [...values])).toEqual(
          given.map(({ values }) => values),
        )
      }),
    )
  })

  test('has one encoding: what is read is what would be written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 13, maxLength: 13 }), (bytes) => {
        // 4 numbers of 25 bits are 100 of 104 bits.
        let values: Float64Array[]
        try {
          values = unpackBits(bytes, 4, [25])
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-message' })
          expect((bytes[12] ?? 0) >> 4).not.toBe(0)
          return
        }
        expect(packBits(values.map((run) => ({ values: run, bits: 25 })))).toEqual(bytes)
      }),
    )
  })

  test.each([4, 5, 6, 7])('refuses bit %i behind the last number', (bit) => {
    expect(() => unpackBits(Uint8Array.of(0, 1 << bit), 1, [12])).toThrow(
      expect.objectContaining({ code: 'bad-message' }),
    )
  })

  test.each([0, 1, 3])('refuses %i bytes where 2 are due', (length) => {
    expect(() => unpackBits(new Uint8Array(length), 1, [12])).toThrow(expect.objectContaining({ code: 'bad-message' }))
  })

  const { S } = latticeSets
  test.each([0, 1])('refuses a residue that is not below the prime %i', (place) => {
    const largest = S.primes.map((p) => Float64Array.of(p - 1, p - 1))
    expect(unpackResidues(S, packResidues(S, { residues: largest }, 2), 2)).toEqual({ residues: largest })
    const residues = S.primes.map((p, i) => Float64Array.of(0, i === place ? p : p - 1))
    expect(() => unpackResidues(S, packResidues(S, { residues }, 2), 2)).toThrow(
      expect.objectContaining({ code: 'bad-ciphertext' }),
    )
  })
})
