import { checkPrimeSync } from 'node:crypto'
import { inspect } from 'node:util'
import { modPow as otherModPow } from 'bigint-crypto-utils'
import fc from 'fast-check'
import { PrivateKey as OtherPrivateKey, PublicKey as OtherPublicKey } from 'paillier-bigint'
import { describe, expect, test } from 'vitest'
import { bigintToBytes, bytesToBigint } from '../../runtime/bytes.ts'
import { bigintEngine, slidingPower } from '../../runtime/paillier/bigint-engine.ts'
import { drawUnit, privateCipher } from '../../runtime/paillier/cipher.ts'
import type { PaillierEngine, Power, Product } from '../../runtime/paillier/engine.ts'
import { chooseEngine, enginePassesSelfTest, fastestEngine } from '../../runtime/paillier/fastest-engine.ts'
import { bitLength, gcd, integerRoot, modInverse, modulo } from '../../runtime/paillier/integer.ts'
import { checkCiphertexts, generateKey, keyCheck, type PrivateKey, privateKey } from '../../runtime/paillier/keys.ts'
import { opensslEngine } from '../../runtime/paillier/openssl-engine.ts'
import { randomBelow, systemRandom } from '../../runtime/random.ts'
import { insecureTestKey, testPrime } from '../support/keys.ts'

/** What an error with this code matches. */
const withCode = (code: string) => expect.objectContaining({ code })

const openssl = opensslEngine()
if (openssl === null) throw new Error('this Node has no node:crypto')
const bigint = bigintEngine()

/** An integer of exactly `bits` bits. */
const ofBits = (bits: number) => fc.bigInt({ min: 1n << BigInt(bits - 1), max: (1n << BigInt(bits)) - 1n })
const modulus = fc.integer({ min: 512, max: 1024 }).chain(ofBits)

/** Random and edge bases and exponents for a modulus. */
const cases = modulus.chain((m) => {
  const edges = fc.constantFrom(0n, 1n, 2n, m - 1n, m, m + 1n, -1n, -m, 2n * m - 1n)
  const base = fc.oneof(fc.bigInt({ min: 0n, max: m - 1n }), fc.bigInt({ min: -m * m, max: m * m }), edges)
  const bits = fc.integer({ min: 1, max: 1400 })
  const single = bits.map((bit) => 1n << BigInt(bit))
  return fc.record({
    m: fc.constant(m),
    base,
    exponent: fc.oneof(fc.constantFrom(0n, 1n, 2n), bits.chain(ofBits), single),
  })
})

describe('power', () => {
  test.each<[string, (m: bigint) => Power, bigint]>([
    ['sliding windows', slidingPower, 0n],
    ['BigInt', bigint.power, 0n],
    ['OpenSSL', openssl.power, 0n],
    ['the fastest engine', fastestEngine.power, 0n],
  ])('by %s agrees with another library, for any moduli', (_, power, lowestBit) => {
    const property = fc.property(cases, ({ m: drawn, base, exponent }) => {
      const m = drawn | lowestBit
      expect(power(m)(base, exponent)).toBe(otherModPow(base, exponent, m))
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test.each([
    ['BigInt', bigint],
    ['OpenSSL', openssl],
  ])('modulo squares, by %s, agrees with another library', (_, engine) => {
    const property = fc.property(cases, ({ m: drawn, base, exponent }) => {
      const m = drawn | 1n
      expect(engine.squarePower(m)(base * base + 7n, exponent)).toBe(otherModPow(base * base + 7n, exponent, m * m))
      expect(engine.squarePower(m)(base, exponent)).toBe(otherModPow(base, exponent, m * m))
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('one object serves many bases and exponents, in any order', () => {
    const key = insecureTestKey(512)
    const m = key.publicKey.nSquared
    for (const fast of [openssl.power(m), openssl.squarePower(key.publicKey.n)]) {
      const edges = [0n, 1n, m - 1n, key.p, key.publicKey.n, m - key.publicKey.n, 2n, m / 2n]
      for (const base of edges) {
        for (const exponent of [5n, 0n, m, 1n, 2n, key.p, 3n]) {
          expect(fast(base, exponent)).toBe(slidingPower(m)(base, exponent))
        }
      }
    }
  })

  test('results that OpenSSL refuses as secrets are right: 0, 1 and -1', () => {
    const [p, q] = [testPrime(512), testPrime(256)]
    const roots = Array.from({ length: 40 }, (_, i) => openssl.power(p)(BigInt(i + 2), (p - 1n) / 2n))
    expect(roots).toEqual(roots.map((_, i) => slidingPower(p)(BigInt(i + 2), (p - 1n) / 2n)))
    expect(new Set(roots)).toEqual(new Set([1n, p - 1n]))
    expect(openssl.power(q * q)(q, 2n)).toBe(0n)
  })

  test('by BigInt agrees with repeated multiplication, for every small modulus', () => {
    for (let m = 2n; m <= 40n; m++) {
      for (let base = -3n; base <= m + 1n; base++) {
        let expected = 1n % m
        for (let exponent = 0n; exponent < 9n; exponent++) {
          expect(slidingPower(m)(base, exponent)).toBe(expected)
          expected = modulo(expected * base, m)
        }
      }
    }
  })
})

describe('integers', () => {
  const positive = fc.bigInt({ min: 1n, max: 1n << 700n })

  test('gcd divides both, and what is left is coprime', () => {
    const property = fc.property(positive, positive, fc.bigInt({ min: 1n, max: 1n << 60n }), (a, b, common) => {
      const found = gcd(a * common, b * common)
      expect([(a * common) % found, (b * common) % found, found % common]).toEqual([0n, 0n, 0n])
      expect(gcd((a * common) / found, (b * common) / found)).toBe(1n)
    })
    fc.assert(property)
    expect([gcd(0n, 7n), gcd(7n, 0n), gcd(12n, 18n)]).toEqual([7n, 7n, 6n])
  })

  test('modInverse inverts, or refuses a common factor', () => {
    const property = fc.property(fc.bigInt({ min: -(1n << 500n), max: 1n << 500n }), positive, (value, less) => {
      const m = less + 1n
      const inverse = gcd(modulo(value, m), m) === 1n ? modInverse(value, m) : null
      if (inverse === null) expect(() => modInverse(value, m)).toThrow(RangeError)
      else expect([inverse >= 0n && inverse < m, modulo(inverse * value, m)]).toEqual([true, 1n])
    })
    fc.assert(property)
    expect(() => modInverse(0n, 5n)).toThrow(RangeError)
  })

  test('integerRoot is the largest integer whose power does not exceed the value', () => {
    const near = fc.tuple(positive, fc.integer({ min: 2, max: 64 }), fc.bigInt({ min: -2n, max: 2n }))
    const property = fc.property(near, ([base, k, offset]) => {
      for (const exact of [base, (base >> 600n) ** BigInt(k), (base % 1000n) ** BigInt(k), base % 50n]) {
        const value = exact + offset < 0n ? exact : exact + offset
        const root = integerRoot(value, k)
        expect(root ** BigInt(k) <= value && value < (root + 1n) ** BigInt(k)).toBe(true)
      }
    })
    fc.assert(property)
  })

  test('bitLength counts binary digits', () => {
    expect(bitLength(0n)).toBe(0)
    fc.assert(fc.property(positive, (value) => bitLength(value) === value.toString(2).length))
    for (let bits = 1; bits < 70; bits++) {
      expect([bitLength(1n << BigInt(bits - 1)), bitLength((1n << BigInt(bits)) - 1n)]).toEqual([bits, bits])
    }
  })

  test('bytes and integers round-trip; what does not fit is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        expect(bigintToBytes(bytesToBigint(bytes), bytes.length)).toEqual(bytes)
      }),
    )
    expect(bytesToBigint(Uint8Array.of(1, 0, 255))).toBe(65_791n)
    expect(bigintToBytes(255n, 3)).toEqual(Uint8Array.of(0, 0, 255))
    expect(() => bigintToBytes(256n, 1)).toThrow(RangeError)
    expect(() => bigintToBytes(1n, 0)).toThrow(RangeError)
    expect(() => bigintToBytes(-1n, 4)).toThrow(RangeError)
  })

  test('no bytes are zero, both ways', () => {
    expect(bytesToBigint(new Uint8Array())).toBe(0n)
    expect(bigintToBytes(0n, 0)).toEqual(new Uint8Array())
  })
})

function otherKeys({ p, q, publicKey: { n } }: PrivateKey): { encrypts: OtherPublicKey; decrypts: OtherPrivateKey } {
  const encrypts = new OtherPublicKey(n, n + 1n)
  const lambda = ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n)
  return { encrypts, decrypts: new OtherPrivateKey(lambda, modInverse(lambda, n), encrypts, p, q) }
}

describe('encrypt and decrypt', () => {
  test.each([
    ['512 bits', async () => insecureTestKey(512), 60],
    ['3072 bits', () => generateKey(3072), 6],
  ])('at %s round-trip, and interchange with paillier-bigint both ways', async (_, makeKey, numRuns) => {
    const key = await makeKey()
    const { n } = key.publicKey
    const [cipher, other] = [privateCipher(key, fastestEngine, systemRandom), otherKeys(key)]
    const property = fc.property(fc.bigInt({ min: 1n - n, max: n - 1n }), (plaintext) => {
      const expected = modulo(plaintext, n)
      const ciphertext = cipher.encrypt(plaintext)
      checkCiphertexts([ciphertext], key.publicKey)
      expect(cipher.decrypt(ciphertext)).toBe(expected)
      expect(other.decrypts.decrypt(ciphertext)).toBe(expected)
      expect(cipher.decrypt(other.encrypts.encrypt(expected))).toBe(expected)
    })
    fc.assert(property, { numRuns, examples: [[0n], [1n], [n - 1n], [-1n]] })
  })
})

/** A bound that chi-square exceeds with probability below 1e-9 (Wilson and Hilferty's approximation at 6.3 sigma). */
const chiSquareBound = (degrees: number) => degrees * (1 - 2 / (9 * degrees) + 6.3 * Math.sqrt(2 / (9 * degrees))) ** 3

describe('fresh noise is uniform among the n-th residues', () => {
  const key = privateKey(11n, 17n)
  const { n, nSquared } = key.publicKey
  const residues = new Set<bigint>()
  for (let r = 1n; r < n; r++) if (gcd(r, n) === 1n) residues.add(slidingPower(nSquared)(r, n))
  const one = privateCipher(key, { ...bigint, tablePaysFrom: Number.POSITIVE_INFINITY }, systemRandom)

  test.each([
    ['by CRT, in an encryption of zero', () => one.encrypt(0n)],
    [
      'without the factors, as the power of a unit',
      () => slidingPower(nSquared)(drawUnit(key.publicKey, systemRandom), n),
    ],
  ])('%s', (_, draw) => {
    expect(residues.size).toBe(160)
    const [draws, counts] = [20_000, new Map<bigint, number>()]
    for (let i = 0; i < draws; i++) {
      const drawn = draw()
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1)
    }
    expect([...counts.keys()].filter((drawn) => !residues.has(drawn))).toEqual([])
    expect(counts.size).toBe(residues.size)
    const expected = draws / residues.size
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    expect(chiSquare).toBeLessThan(chiSquareBound(residues.size - 1))
  })
})

describe('noise from a table', () => {
  // 11 and 17: the order of the group of residues is lcm(10, 16) = 80, and a residue generates a part of it.
  const key = privateKey(11n, 17n)
  const { n, nSquared } = key.publicKey
  const pow = slidingPower(nSquared)

  test('is uniform in the group that one residue generates', () => {
    const orders = new Set<number>()
    for (let i = 0; i < 12; i++) {
      const cipher = privateCipher(key, { ...bigint, tablePaysFrom: 1 }, systemRandom)
      const [draws, counts] = [4000, new Map<bigint, number>()]
      for (let k = 0; k < draws; k++) {
        const drawn = cipher.encrypt(0n)
        counts.set(drawn, (counts.get(drawn) ?? 0) + 1)
      }
      const [first = 1n] = [...counts.keys()].filter((drawn) => orderOf(drawn) === counts.size)
      const generated = Array.from({ length: counts.size }, (_, e) => pow(first, BigInt(e)))
      expect(new Set(counts.keys())).toEqual(new Set(generated))
      expect([...counts.keys()].every((drawn) => cipher.decrypt(drawn) === 0n)).toBe(true)
      const expected = draws / counts.size
      const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
      if (counts.size > 1) expect(chiSquare).toBeLessThan(chiSquareBound(counts.size - 1))
      orders.add(counts.size)
    }
    // The residue is a fresh one for every table.
    expect(orders.size).toBeGreaterThan(1)
  })

  function orderOf(x: bigint): number {
    let [power, order] = [x, 1]
    for (; power !== 1n; order++) power = (power * x) % nSquared
    return order
  }

  test('is never used twice, prepared or not, and decrypts as what was encrypted', () => {
    const own = insecureTestKey(512)
    for (const engine of [bigint, openssl, { ...openssl, tablePaysFrom: 1 }]) {
      const cipher = privateCipher(own, engine, systemRandom)
      cipher.prepare(5)
      const ciphertexts = Array.from({ length: 30 }, (_, i) => cipher.encrypt(BigInt(i)))
      const noises = ciphertexts.map((c, i) => (c * (1n - BigInt(i) * own.publicKey.n)) % own.publicKey.nSquared)
      expect(new Set(noises.map((noise) => modulo(noise, own.publicKey.nSquared))).size).toBe(30)
      expect(ciphertexts.map((c) => cipher.decrypt(c))).toEqual(ciphertexts.map((_, i) => BigInt(i)))
      expect(privateCipher(own, bigint, systemRandom).decrypt(ciphertexts[7] ?? 0n)).toBe(7n)
    }
    expect(n).toBe(187n)
  })
})

describe('products', () => {
  const naive = (n: bigint, bases: readonly bigint[], { factors, unit }: Product) => {
    const pow = (base: bigint, exponent: bigint) => otherModPow(base, exponent, n * n)
    return factors.reduce(
      (product, { base, mantissa, shift }) => (product * pow(bases[base] ?? 0n, mantissa << BigInt(shift))) % (n * n),
      pow(unit, n),
    )
  }
  const drawn = fc.record({
    n: fc.integer({ min: 300, max: 700 }).chain(ofBits),
    bases: fc.array(fc.bigInt({ min: 1n, max: 1n << 1400n }), { minLength: 1, maxLength: 5 }),
    unit: fc.bigInt({ min: 1n, max: 1n << 290n }),
    // Mantissas of any length, so also others than the server draws.
    factors: fc.array(
      fc.record({
        base: fc.nat(4),
        mantissa: fc.integer({ min: 1, max: 90 }).chain(ofBits),
        shift: fc.integer({ min: 0, max: 190 }),
      }),
      { maxLength: 6 },
    ),
  })

  test.each([
    ['BigInt', bigint],
    ['OpenSSL', openssl],
  ])('by %s are what another library computes', (_, engine) => {
    const property = fc.property(drawn, ({ n: even, bases, unit, factors }) => {
      const n = even | 1n
      const products = [
        { factors: factors.map((factor) => ({ ...factor, base: factor.base % bases.length })), unit },
        { factors: [], unit: unit + 1n },
      ]
      expect(engine.products(n)(bases, products)).toEqual(products.map((product) => naive(n, bases, product)))
    })
    fc.assert(property, { numRuns: 150 })
  })
})

describe('the choice of engine', () => {
  test('both pass the self-test, and OpenSSL is chosen', () => {
    expect([enginePassesSelfTest(bigint), enginePassesSelfTest(openssl)]).toEqual([true, true])
    expect(fastestEngine.name).toBe('openssl')
  })

  test('one that computes wrongly, throws or is not there is replaced by BigInt', () => {
    const off =
      (power: (m: bigint) => Power) =>
      (m: bigint): Power => {
        const pow = power(m)
        return (base, exponent) => (exponent > 1n && base > 1n ? pow(base, exponent) + 1n : pow(base, exponent))
      }
    const throws = () => {
      throw new Error('unsupported')
    }
    const broken: (PaillierEngine | null)[] = [
      null,
      { ...openssl, power: off(openssl.power) },
      { ...openssl, squarePower: off(openssl.squarePower) },
      {
        ...openssl,
        products: (n) => (bases, products) =>
          openssl
            .products(n)(bases, products)
            .map((x) => x + 1n),
      },
      { ...openssl, products: throws },
      { ...openssl, power: throws },
    ]
    for (const engine of broken) expect(chooseEngine(engine).name).toBe('bigint')
  })
})

describe('keys', () => {
  test.each([2048, 3072])('a generated key of %i bits is sound and fresh', async (bits) => {
    const [{ p, q, publicKey }, another] = [await generateKey(bits), await generateKey(bits)]
    expect(publicKey).toEqual({ n: p * q, nSquared: p * p * q * q })
    expect(publicKey.n.toString(2)).toHaveLength(bits)
    expect(gcd(publicKey.n, (p - 1n) * (q - 1n))).toBe(1n)
    expect([fastestEngine.power(p)(2n, p - 1n), fastestEngine.power(q)(2n, q - 1n)]).toEqual([1n, 1n])
    expect(gcd(publicKey.n, another.publicKey.n)).toBe(1n)
    expect(() => keyCheck(bits, fastestEngine)(publicKey.n)).not.toThrow()
  })

  test('factors are neither enumerated, nor printed, nor serialised', () => {
    const key = insecureTestKey(512)
    const printable = (value: unknown) =>
      JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item} ${item.toString(16)}` : item))
    const shown = [printable(key), printable({ ...key }), inspect(key, { showHidden: false, depth: 5 }), String(key)]
    const text = [...shown, ...Object.keys(key)].join('\n')
    expect(text).toContain(String(key.publicKey.n))
    for (const secret of [key.p, key.q]) for (const base of [10, 16]) expect(text).not.toContain(secret.toString(base))
    expect(Object.keys(key)).toEqual(['publicKey'])
  })

  test.each([
    [11n, 11n],
    [11n, 23n],
    [23n, 11n],
  ])('privateKey refuses %i and %i: equal, or one divides the other less one', (p, q) => {
    expect(() => privateKey(p, q)).toThrow(withCode('wrong-key'))
  })
})

/** A random prime in `low .. high - 1`. */
function primeBetween(low: bigint, high: bigint): bigint {
  for (;;) {
    const candidate = low + randomBelow(systemRandom, high - low)
    if (checkPrimeSync(candidate)) return candidate
  }
}

/** A prime multiple of `factor`, of exactly `bits` bits. */
const primeTimes = (factor: bigint, bits: number) =>
  factor * primeBetween((1n << BigInt(bits - 1)) / factor + 1n, (1n << BigInt(bits)) / factor)

/** The `k`-th power of a prime, of exactly `bits` bits. */
const primePower = (bits: number, k: number) =>
  primeBetween(integerRoot(1n << BigInt(bits - 1), k) + 1n, integerRoot(1n << BigInt(bits), k)) ** BigInt(k)

describe('keyCheck', () => {
  const bits = 512
  const { n } = insecureTestKey(bits).publicKey
  test.each<[string, bigint]>([
    ['0', 0n],
    ['1', 1n],
    ['an even number', n - 1n],
    ['one bit short', primeTimes(testPrime(256), bits - 1)],
    ['one bit long', primeTimes(testPrime(256), bits + 1)],
    ['a prime', testPrime(bits)],
    ['the square of a prime', primePower(bits, 2)],
    ['the cube of a prime', primePower(bits, 3)],
    ['the 31st power of a prime', primePower(bits, 31)],
    ['a factor 3', primeTimes(3n, bits)],
    ['a factor just below 2^16', primeTimes(65_521n, bits)],
  ])('refuses %s', (_, modulus) => {
    expect(() => keyCheck(bits, fastestEngine)(modulus)).toThrow(withCode('bad-key'))
  })

  test('accepts honest keys, of an odd number of bits too', () => {
    for (let i = 0; i < 20; i++) {
      const { n, nSquared } = insecureTestKey(bits).publicKey
      expect(keyCheck(bits, fastestEngine)(n)).toEqual({ n, nSquared })
    }
    const product = primeTimes(65_537n, 513)
    expect(keyCheck(513, bigint)(product).n).toBe(product)
  })
})

describe('checkCiphertexts', () => {
  const { p, q, publicKey } = insecureTestKey(512)
  const { n, nSquared } = publicKey
  const refused = { zero: 0n, n, p, q, '7 p': 7n * p, 'q n': q * n, 'n^2 - p': nSquared - p, 'n^2': nSquared }
  test.each(Object.entries({ ...refused, 'n^2 + 1': nSquared + 1n, 'minus one': -1n }))('refuses %s', (_, c) => {
    expect(() => checkCiphertexts([1n, c, 2n], publicKey)).toThrow(withCode('bad-ciphertext'))
  })
  test.each(Object.entries({ one: 1n, two: 2n, 'n + 1': n + 1n, 'n^2 - 1': nSquared - 1n }))('accepts %s', (_, c) => {
    expect(() => checkCiphertexts([1n, c, 2n], publicKey)).not.toThrow()
  })
})
