import { bytesToBigint, fromBase64 } from '../bytes.ts'
import { ProtocolError } from '../errors.ts'
import type { PaillierEngine } from './engine.ts'
import { bitLength, gcd, integerRoot, modInverse } from './integer.ts'

/** The public key: the modulus n. The generator is n + 1. */
export interface PublicKey {
  readonly n: bigint
  readonly nSquared: bigint
}

/**
 * The factors of a public key's modulus, p > q. They are readable as `key.p` and `key.q` and otherwise stay inside:
 * printing, `JSON.stringify`, spreading and structured cloning (`postMessage`) do not reach private fields. Made by
 * {@link privateKey}.
 *
 * Not promised: secrecy from code that reads the getters, which `util.inspect` does if told to run hidden getters
 * (`showHidden` and `getters`) and to ignore this class's own printing (`customInspect: false`); nor from a debugger.
 */
export class PrivateKey {
  readonly publicKey: PublicKey
  readonly #p: bigint
  readonly #q: bigint

  constructor(p: bigint, q: bigint) {
    this.publicKey = publicKey(p * q)
    this.#p = p
    this.#q = q
    Object.freeze(this)
  }

  get p(): bigint {
    return this.#p
  }

  get q(): bigint {
    return this.#q
  }

  toString(): string {
    return `PrivateKey(${bitLength(this.publicKey.n)} bits, not shown)`
  }

  toJSON(): string {
    return this.toString()
  }

  /** What Node prints, whatever it is told to show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString()
  }
}

export function publicKey(n: bigint): PublicKey {
  return { n, nSquared: n * n }
}

/**
 * A private key from its two prime factors, in any order. That they are prime is not checked here.
 *
 * @throws {ProtocolError} `wrong-key` if they are equal, or share a factor with (p - 1)(q - 1): such an n has no
 *   unique decryption.
 */
export function privateKey(first: bigint, second: bigint): PrivateKey {
  const [p, q] = first > second ? [first, second] : [second, first]
  if (p === q || gcd(p * q, (p - 1n) * (q - 1n)) !== 1n) throw new ProtocolError('wrong-key')
  return new PrivateKey(p, q)
}

/**
 * A fresh key pair of exactly `bits` bits (2048, 3072, 4096), out of the primes of an RSA key by WebCrypto.
 *
 * Source: Paillier, "Public-Key Cryptosystems Based on Composite Degree Residuosity Classes", EUROCRYPT 1999, §4.
 */
export async function generateKey(bits: number): Promise<PrivateKey> {
  for (;;) {
    const algorithm = {
      name: 'RSA-OAEP',
      modulusLength: bits,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    }
    const pair = await crypto.subtle.generateKey(algorithm, true, ['encrypt', 'decrypt'])
    const jwk = await crypto.subtle.exportKey('jwk', pair.privateKey)
    const [p, q] = [bytesToBigint(fromBase64(jwk.p ?? '')), bytesToBigint(fromBase64(jwk.q ?? ''))]
    if (p !== q && gcd(p * q, (p - 1n) * (q - 1n)) === 1n) return privateKey(p, q)
  }
}

/** No prime factor of an acceptable modulus lies below 2^16. */
const smallestFactorBits = 16

/**
 * Makes the check that a server runs on a client's modulus: odd, exactly `bits` bits, no prime factor below 2^16,
 * not a perfect power, not a (probable) prime. That n and (p - 1)(q - 1) have no common factor it cannot see: an n made
 * to have one weakens the re-randomisation of replies, so a client that makes such a key deviates from the protocol.
 *
 * @throws {ProtocolError} `bad-key` (by the function returned).
 */
export function keyCheck(bits: number, { power }: PaillierEngine): (n: bigint) => PublicKey {
  const primorial = smallPrimes(1 << smallestFactorBits).reduce((product, prime) => product * BigInt(prime), 1n)
  const degrees = smallPrimes(Math.floor(bits / smallestFactorBits) + 1)
  return (n) => {
    const acceptable =
      n % 2n === 1n &&
      bitLength(n) === bits &&
      gcd(primorial % n, n) === 1n &&
      degrees.every((k) => !mayBePower(n, k) || integerRoot(n, k) ** BigInt(k) !== n) &&
      // Fermat's test to base 2: every prime fails here; of the composites only pseudoprimes, which nobody meets by chance.
      power(n)(2n, n - 1n) !== 1n
    if (!acceptable) throw new ProtocolError('bad-key')
    return publicKey(n)
  }
}

/** A sieve for k-th powers, k prime: modulo a prime l = 1 mod k only one residue in k is one. Lets through all that are. */
function mayBePower(n: bigint, k: number): boolean {
  for (let [l, left] = [2 * k + 1, 4]; left > 0; l += 2 * k) {
    // For k = 2 the step is 4: every second odd number, which still meets primes enough.
    if (!isSmallPrime(l)) continue
    left -= 1
    const residue = Number(n % BigInt(l))
    if (residue !== 0 && smallPower(residue, (l - 1) / k, l) !== 1) return false
  }
  return true
}

/** By trial division; for numbers below 2^20. */
function isSmallPrime(number: number): boolean {
  for (let d = 2; d * d <= number; d++) if (number % d === 0) return false
  return true
}

/** base^exponent modulo l, below 2^20. */
function smallPower(base: number, exponent: number, l: number): number {
  let result = 1
  for (const bit of exponent.toString(2)) result = (((result * result) % l) * (bit === '1' ? base : 1)) % l
  return result
}

/** The primes below `limit`, by the sieve of Eratosthenes. */
function smallPrimes(limit: number): number[] {
  const composite = new Uint8Array(limit)
  const primes: number[] = []
  for (let i = 2; i < limit; i++) {
    if (composite[i] === 1) continue
    primes.push(i)
    for (let multiple = i * i; multiple < limit; multiple += i) composite[multiple] = 1
  }
  return primes
}

/**
 * Checks ciphertexts: 0 < c < n^2 and gcd(c, n) = 1, the latter of all at once.
 *
 * @throws {ProtocolError} `bad-ciphertext`
 */
export function checkCiphertexts(ciphertexts: readonly bigint[], { n, nSquared }: PublicKey): void {
  const inRange = ciphertexts.every((c) => c > 0n && c < nSquared)
  if (
    !inRange ||
    gcd(
      ciphertexts.reduce((product, c) => (product * (c % n)) % n, 1n),
      n,
    ) !== 1n
  ) {
    throw new ProtocolError('bad-ciphertext')
  }
}

/** What decryption and encryption by CRT derive from the factors. */
export interface CrtParameters {
  readonly pSquared: bigint
  readonly qSquared: bigint
  /** The inverse of p^2 modulo q^2. */
  readonly pSquaredInverse: bigint
  /** The inverse of p modulo q. */
  readonly pInverse: bigint
  /** The inverse of L((n + 1)^(p-1) mod p^2) = -q modulo p, with L(u) = (u - 1) / p; and likewise for q. */
  readonly hp: bigint
  readonly hq: bigint
}

export function crtParameters({ p, q }: PrivateKey): CrtParameters {
  const [pSquared, qSquared] = [p * p, q * q]
  return {
    pSquared,
    qSquared,
    pSquaredInverse: modInverse(pSquared, qSquared),
    pInverse: modInverse(p, q),
    hp: modInverse(-q, p),
    hq: modInverse(-p, q),
  }
}
