import { encode } from 'cborg'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import contract from '../../generated/heart-disease-boosted/page.json' with { type: 'json' }
import { toHex } from '../../runtime/bytes.ts'
import { encodeCbor } from '../../runtime/wire/cbor.ts'
import { seedOf } from '../support/seed.ts'

const hex = (value: unknown) => toHex(encodeCbor(value))

/** Examples of RFC 8949, appendix A. */
test.each<[value: unknown, bytes: string]>([
  [0, '00'],
  [-0, '00'],
  [23, '17'],
  [24, '1818'],
  [100, '1864'],
  [1000, '1903e8'],
  [1_000_000, '1a000f4240'],
  [1_000_000_000_000, '1b000000e8d4a51000'],
  [Number.MAX_SAFE_INTEGER, '1b001fffffffffffff'],
  [-1, '20'],
  [-100, '3863'],
  [-1000, '3903e7'],
  [1.1, 'fb3ff199999999999a'],
  [1.5, 'f93e00'],
  [2 ** -24, 'f90001'],
  [0.000_061_035_156_25, 'f90400'],
  [3 * 2 ** -24, 'f90003'],
  [-4.1, 'fbc010666666666666'],
  [3.402_823_466_385_288_6e38, 'fa7f7fffff'],
  [1e300, 'fb7e37e43c8800759c'],
  [65_503.5, 'fa477fdf80'],
  [false, 'f4'],
  [true, 'f5'],
  [null, 'f6'],
  ['', '60'],
  ['IETF', '6449455446'],
  ['\u00fc', '62c3bc'],
  ['\ud800\udd51', '64f0908591'],
  [Uint8Array.of(1, 2, 3, 4), '4401020304'],
  [[1, [2, 3], [4, 5]], '8301820203820405'],
  [{ a: 1, b: [2, 3] }, 'a26161016162820203'],
  [['a', { b: 'c' }], '826161a161626163'],
  [{ bb: 1, a: 2, c: 3 }, 'a361610261630362626201'],
])('%j', (value, bytes) => expect(hex(value)).toBe(bytes))

test('is, byte for byte, what cborg writes', () => {
  const key = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('a'.repeat(23), 'a'.repeat(24), 'b'.repeat(255)))
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.integer(),
      fc.maxSafeInteger(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      // Decimals, and halves of normal size.
      fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 0, max: 6 })).map(([n, d]) => n / 10 ** d),
      fc.tuple(fc.integer({ min: 1024, max: 2047 }), fc.integer({ min: -24, max: 5 })).map(([m, e]) => m * 2 ** e),
      fc.boolean(),
      fc.constantFrom(null, undefined, '', 2 ** 32 - 1, 2 ** 32, 65_535, 65_536, 255, 256, 65_504, 65_536.5),
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.uint8Array({ maxLength: 300 }),
      fc.array(tie('value')),
      fc.dictionary(key, tie('value')),
    ),
  }))
  fc.assert(
    fc.property(value, (given) => {
      expect(hex(given)).toBe(toHex(encode(given)))
    }),
    { seed: seedOf('cbor'), numRuns: 3000 },
  )
  expect(hex(contract)).toBe(toHex(encode(contract)))
})

test.each([[1n], [Number.NaN], [Number.POSITIVE_INFINITY], [() => 0], [new Uint16Array(2)]])(
  'takes nothing that no message holds: %s',
  (value) => expect(() => encodeCbor(value)).toThrow(TypeError),
)
