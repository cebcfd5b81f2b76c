import { ProtocolError } from '../errors.ts'
import { type RandomBytes, randomBelow, systemRandom } from '../random.ts'
import { fastestEngine } from './fastest-engine.ts'
import { bitLength, gcd, modInverse } from './integer.ts'
import { checkedPrivateKey, longestModulus } from './key-check.ts'
import { type PrivateKey, type PublicKey, publicKey } from './keys.ts'
import { oddPart } from './prime.ts'

/** What paillier-bigint's `new PublicKey(n, g)` takes, and its public keys have. */
export interface PaillierBigintPublicKey {
  readonly n: bigint
  readonly g: bigint
}

/** What paillier-bigint's private keys show of themselves. Decryption is by lambda and mu modulo n. */
export interface PaillierBigintPrivateKey {
  /** A multiple of the order of the units modulo n: lcm(p - 1, q - 1), or (p - 1)(q - 1). */
  readonly lambda: bigint
  /** The inverse of lambda modulo n. */
  readonly mu: bigint
  readonly publicKey: PaillierBigintPublicKey
}

/** What paillier-bigint's `new PrivateKey(lambda, mu, publicKey, p, q)` takes, `publicKey` made before. Printable: keep it short-lived. */
export interface PaillierBigintNumbers extends PaillierBigintPrivateKey {
  readonly p: bigint
  readonly q: bigint
}

/** A public key for paillier-bigint. */
export function publicToPaillierBigint({ n }: PublicKey): PaillierBigintPublicKey {
  return { n, g: n + 1n }
}

/**
 * A public key of paillier-bigint, or its numbers. That n is a sound modulus is not checked.
 *
 * @throws {ProtocolError} `foreign-key` if the generator is not n + 1: make keys with `generateRandomKeys(bits, true)`.
 */
export function publicFromPaillierBigint({ n, g }: PaillierBigintPublicKey): PublicKey {
  if (n < 15n || g !== n + 1n) throw new ProtocolError('foreign-key')
  return publicKey(n)
}

/** The numbers of a private key, for paillier-bigint. */
export function toPaillierBigint({ p, q, publicKey: { n } }: PrivateKey): PaillierBigintNumbers {
  const lambda = ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n)
  return { lambda, mu: modInverse(lambda, n), publicKey: { n, g: n + 1n }, p, q }
}

/**
 * A private key of paillier-bigint, or its numbers. The factors, which that library keeps to itself, are found from n
 * and lambda. Takes half a second at 3072 bits.
 *
 * Source: Menezes, van Oorschot, Vanstone: Handbook of Applied Cryptography, 8.2.2 (i).
 *
 * @throws {ProtocolError} `foreign-key` if the generator is not n + 1, if n has more than 4096 bits, or if the numbers
 *   are not those of one sound key.
 */
export function fromPaillierBigint(
  { lambda, mu, publicKey: numbers }: PaillierBigintPrivateKey,
  random: RandomBytes = systemRandom,
): PrivateKey {
  const { n } = publicFromPaillierBigint(numbers)
  const isInverse = mu > 0n && mu < n && lambda > 0n && lambda < n && (lambda * mu) % n === 1n
  // An even lambda with an inverse leaves n odd.
  if (bitLength(n) > longestModulus || lambda % 2n === 1n || !isInverse) {
    throw new ProtocolError('foreign-key')
  }
  const factor = factorOf(n, lambda, random)
  return checkedPrivateKey(factor, n / factor, 'foreign-key', fastestEngine, random)
}

/** Each base gives a factor with a chance of at least a half, if the exponent is one that takes every unit to 1. */
const mostBases = 64

/** A proper factor of an odd composite n, out of an exponent with a^exponent = 1 mod n for every unit a. */
function factorOf(n: bigint, exponent: bigint, random: RandomBytes): bigint {
  const pow = fastestEngine.power(n)
  const [odd, twos] = oddPart(exponent)
  for (let bases = 0; bases < mostBases; bases++) {
    const base = 2n + randomBelow(random, n - 3n)
    let root = pow(base, odd)
    for (let i = 0; i < twos && root !== 1n && root !== n - 1n; i++) {
      const square = (root * root) % n
      // A square root of 1 that is neither 1 nor -1 shares a factor with n.
      if (square === 1n) return gcd(root - 1n, n)
      root = square
    }
  }
  throw new ProtocolError('foreign-key')
}
