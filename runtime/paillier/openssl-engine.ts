import type { KeyObject } from 'node:crypto'
import { slidingPower } from './bigint-engine.ts'
import type { Engine, Power, Product } from './engine.ts'
import { bitLength, modulo } from './integer.ts'

type NodeCrypto = typeof import('node:crypto')

/**
 * Modular exponentiation by OpenSSL, reached through two of its schemes.
 *
 * @returns null where there is no `node:crypto`, for instance in a browser.
 */
export function opensslEngine(node: NodeCrypto | null = builtinCrypto()): Engine | null {
  if (node === null) return null
  return {
    name: 'openssl',
    tablePaysFrom: 8,
    power: (m) => dhPower(node, m),
    squarePower: (m) => dhPower(node, m * m),
    products: (n) => {
      const nSquared = n * n
      const [power, small] = [dhPower(node, nSquared), rsaPower(node, nSquared)]
      const most = Math.floor((bitLength(n) - 1) / longestRun)
      return (bases, products) =>
        products.map((product) => (horner(bases, product) * power(product.unit, n)) % nSquared)

      /**
       * From the highest factor down: as many squarings as lie between two, in runs, then the next. Runs that are not
       * needed are made all the same, so that their number does not tell where the factors lie.
       */
      function horner(bases: readonly bigint[], { factors }: Product): bigint {
        let [result, at, runs] = [1n, 0, 0]
        for (const { base, mantissa, shift } of factors.toSorted((a, b) => b.shift - a.shift)) {
          const x = modulo(bases[base] ?? 0n, nSquared)
          const value = bitLength(mantissa) <= smallExponentBits ? small(x, mantissa) : power(x, mantissa)
          squareUntil(shift)
          result = (result * value) % nSquared
        }
        squareUntil(0)
        while (runs < most + factors.length) square(result, 1)
        return result

        function squareUntil(shift: number) {
          while (result !== 1n && at > shift) {
            const times = Math.min(longestRun, at - shift)
            result = square(result, times)
            at -= times
          }
          at = shift
        }

        function square(x: bigint, times: number): bigint {
          runs += 1
          return small(x, 1n << BigInt(times))
        }
      }
    },
  }
}

/** Not an import: a bundle for browsers must not name a module that they do not have. */
function builtinCrypto(): NodeCrypto | null {
  return globalThis.process?.getBuiltinModule?.('node:crypto') ?? null
}

/** OpenSSL's limit for public exponents of RSA, where the modulus has more than 3072 bits. */
const smallExponentBits = 64
/** The most squarings that one such exponent holds. */
const longestRun = smallExponentBits - 1

/**
 * Exponentiation with a public or small exponent by OpenSSL's sliding windows: raw RSA encryption is `base^e mod m`,
 * and OpenSSL insists on nothing else. Cheap to set up, not constant time in the exponent.
 *
 * @param m odd. OpenSSL takes no key of less than 512 bits.
 */
function rsaPower(node: NodeCrypto, m: bigint): Power {
  if (bitLength(m) < 512) return slidingPower(m)
  const length = Math.ceil(bitLength(m) / 8)
  const n = toBuffer(m, length).toString('base64url')
  const keys = new Map<bigint, KeyObject>()
  const keyOf = (exponent: bigint) => {
    const known = keys.get(exponent)
    if (known !== undefined) return known
    const e = toBuffer(exponent, Math.ceil(bitLength(exponent) / 8)).toString('base64url')
    const key = node.createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' })
    // Of powers of two there are few, and they come again.
    if ((exponent & (exponent - 1n)) === 0n) keys.set(exponent, key)
    return key
  }
  return (base, exponent) => {
    if (exponent <= 1n) return exponent === 0n ? 1n : base
    const encrypt = { key: keyOf(exponent), padding: node.constants.RSA_NO_PADDING }
    return fromBuffer(node.publicEncrypt(encrypt, toBuffer(base, length)))
  }
}

const toBuffer = (value: bigint, length: number) => Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex')
const fromBuffer = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`)

/**
 * OpenSSL's constant-time fixed-window exponentiation (`BN_mod_exp_mont_consttime`), reached through a Diffie-Hellman
 * object: "the shared secret of private key `e` and public key `b`" is `b^e mod p`, and OpenSSL does not insist on a prime `p`. Bases 0, 1
 * and -1, which it refuses as public keys, and results it refuses as secrets are computed here. Conversion between
 * BigInt and bytes is not constant time.
 *
 * On creation the object tests its modulus for primality, which takes two exponentiations; of a multiple of 5 it sees
 * at once that it is none. So it computes modulo a multiple, 512 bits longer, as its multiplication wants.
 */
function dhPower(node: NodeCrypto, m: bigint): Power {
  const slow = slidingPower(m)
  if (m % 2n === 0n || bitLength(m) < 512 || bitLength(m) > 9000) return slow
  const bits = 512 * Math.ceil((bitLength(m) + 8) / 512)
  const most = (1n << BigInt(bits)) / m
  // 5 divides it, and 2 divides half of what is one less: then neither looks like a prime.
  const multiple = m * (most - modulo(most - (m % 4n === 1n ? 5n : 15n), 20n))
  const length = bits / 8
  const group = node.createDiffieHellman(toBuffer(multiple, length), Buffer.from([2]))
  return (base, exponent) => {
    const reduced = modulo(base, m)
    if (reduced <= 1n || reduced === m - 1n || exponent <= 1n) return slow(reduced, exponent)
    group.setPrivateKey(toBuffer(exponent, Math.ceil(bitLength(exponent) / 8)))
    try {
      return fromBuffer(group.computeSecret(toBuffer(reduced, length))) % m
    } catch {
      // A result of 0, 1 or -1 is not a secret OpenSSL hands out.
      return slow(reduced, exponent)
    }
  }
}
