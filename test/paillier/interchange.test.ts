import { generateRandomKeys, PrivateKey as OtherPrivateKey, PublicKey as OtherPublicKey } from 'paillier-bigint'
import { describe, expect, test } from 'vitest'
import { privateCipher } from '../../runtime/paillier/cipher.ts'
import { fastestEngine } from '../../runtime/paillier/fastest-engine.ts'
import { gcd, modInverse, modulo } from '../../runtime/paillier/integer.ts'
import {
  fromPaillierBigint,
  type PaillierBigintNumbers,
  publicFromPaillierBigint,
  publicToPaillierBigint,
  toPaillierBigint,
} from '../../runtime/paillier/interchange.ts'
import { generateKey, type PrivateKey } from '../../runtime/paillier/keys.ts'
import { randomBelow, systemRandom } from '../../runtime/random.ts'
import { insecureTestKey, testPrime } from '../support/keys.ts'

/** The other library's key out of our numbers, by its constructors. */
function otherOf(key: PrivateKey): OtherPrivateKey {
  const { lambda, mu, publicKey, p, q } = toPaillierBigint(key)
  return new OtherPrivateKey(lambda, mu, new OtherPublicKey(publicKey.n, publicKey.g), p, q)
}

/** Two holders of one key: what either encrypts, or the sum of both, the other opens. */
function expectOneKey(ours: PrivateKey, theirs: OtherPrivateKey): void {
  const { n, nSquared } = ours.publicKey
  const cipher = privateCipher(ours, fastestEngine, systemRandom)
  for (const [a, b] of [
    [0n, 0n],
    [1n, n - 1n],
    [n - 1n, n - 1n],
    [randomBelow(systemRandom, n), randomBelow(systemRandom, n)],
  ] as const) {
    const [mine, yours] = [cipher.encrypt(a), theirs.publicKey.encrypt(b)]
    const sums = [theirs.publicKey.addition(mine, yours), (mine * yours) % nSquared]
    expect([theirs.decrypt(mine), cipher.decrypt(yours)], `${a}, ${b}`).toEqual([a, b])
    for (const sum of sums) expect([theirs.decrypt(sum), cipher.decrypt(sum)]).toEqual([(a + b) % n, (a + b) % n])
    expect(cipher.decrypt(theirs.publicKey.multiply(mine, 7n))).toBe(modulo(7n * a, n))
  }
}

/** By the library's own choice of generator, which is random. */
const otherGenerator = await generateRandomKeys(512, false)

describe('keys travel', () => {
  test.each([
    ['512 bits', async () => insecureTestKey(512)],
    ['3072 bits', () => generateKey(3072)],
  ])('to paillier-bigint at %s, and back', async (_, makeKey) => {
    const key = await makeKey()
    expectOneKey(key, otherOf(key))
    const back = fromPaillierBigint(otherOf(key))
    expect([back.p, back.q, back.publicKey]).toEqual([key.p, key.q, key.publicKey])
    expect(fromPaillierBigint(toPaillierBigint(key)).p).toBe(key.p)
  })

  test.each([512, 1024])(
    'from paillier-bigint at %i bits, which makes factors of unlike length, and back',
    async (bits) => {
      const { privateKey: theirs } = await generateRandomKeys(bits, true)
      const ours = fromPaillierBigint(theirs)
      expect([ours.publicKey.n, ours.p * ours.q]).toEqual([theirs.n, theirs.n])
      expectOneKey(ours, theirs)
      expectOneKey(ours, otherOf(ours))
    },
  )

  test('with (p - 1)(q - 1) for lambda as with the least common multiple', () => {
    const { p, q, publicKey } = insecureTestKey(512)
    const lambda = (p - 1n) * (q - 1n)
    const numbers = { lambda, mu: modInverse(lambda, publicKey.n), publicKey: publicToPaillierBigint(publicKey) }
    expect(fromPaillierBigint(numbers).p).toBe(p)
  })

  test('as public keys too', () => {
    const { publicKey } = insecureTestKey(512)
    const { n, g } = publicToPaillierBigint(publicKey)
    expect(publicFromPaillierBigint(new OtherPublicKey(n, g))).toEqual(publicKey)
  })
})

describe('a key of paillier-bigint is refused, without its numbers in the error, if', () => {
  const sound = toPaillierBigint(insecureTestKey(512))
  const { n } = sound.publicKey
  /** The numbers of a modulus that is no key, in which lambda takes every unit to 1 all the same. */
  const ofFactors = (first: bigint, second: bigint, lambda: bigint): PaillierBigintNumbers => {
    const product = first * second
    const publicKey = { n: product, g: product + 1n }
    return {
      lambda,
      mu: gcd(lambda, product) === 1n ? modInverse(lambda, product) : 1n,
      publicKey,
      p: first,
      q: second,
    }
  }
  const [a, b, c] = [testPrime(128), testPrime(128), testPrime(256)]
  const [short, long] = [testPrime(240), testPrime(272)]

  test.each<[string, Parameters<typeof fromPaillierBigint>[0]]>([
    ['its generator is another', otherGenerator.privateKey],
    ['its generator is n', { ...sound, publicKey: { n, g: n } }],
    ['its generator is n + 1 + n^2', { ...sound, publicKey: { n, g: n * n + n + 1n } }],
    ['its n is 0', { ...sound, publicKey: { n: 0n, g: 1n } }],
    ['its n is negative', { ...sound, publicKey: { n: -n, g: 1n - n } }],
    ['its lambda is 0', { ...sound, lambda: 0n }],
    ['its lambda is negative', { ...sound, lambda: -sound.lambda, mu: n - sound.mu }],
    ['its lambda is another', { ...sound, lambda: sound.lambda + 2n, mu: modInverse(sound.lambda + 2n, n) }],
    ['its lambda is too large', { ...sound, lambda: sound.lambda + n * sound.lambda }],
    ['its mu is another', { ...sound, mu: sound.mu + 1n }],
    ['its mu is too large', { ...sound, mu: sound.mu + n }],
    ['it has three factors', ofFactors(a * b, c, ((a - 1n) * (b - 1n) * (c - 1n)) / 4n)],
    ['its factors have unlike lengths', ofFactors(short, long, ((short - 1n) * (long - 1n)) / 2n)],
  ])('%s', (_, numbers) => {
    let error: unknown
    try {
      fromPaillierBigint(numbers)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'foreign-key', name: 'ProtocolError' })
    expect(error).not.toHaveProperty('cause')
    expect(String(error)).not.toMatch(/\d{3}/)
  })

  test.each([
    ['its n is beyond 4096 bits', n ** 9n, 2n],
    ['its n is even', 1n << 512n, 3n],
    ['its lambda is odd', n, 3n],
  ])('%s, which is seen before any work is done', (_, modulus, lambda) => {
    const numbers = { lambda, mu: modInverse(lambda, modulus), publicKey: { n: modulus, g: modulus + 1n } }
    const noWork = () => expect.fail('a base was drawn')
    expect(() => fromPaillierBigint(numbers, noWork)).toThrow(expect.objectContaining({ code: 'foreign-key' }))
  })

  test.each([0n, -n, 1n])('its n is %i, for a public key', (modulus) => {
    const numbers = { n: modulus, g: modulus + 1n }
    expect(() => publicFromPaillierBigint(numbers)).toThrow(expect.objectContaining({ code: 'foreign-key' }))
  })

  test('its generator is another, for a public key as well', () => {
    expect(() => publicFromPaillierBigint(otherGenerator.publicKey)).toThrow(
      expect.objectContaining({ code: 'foreign-key' }),
    )
  })
})
