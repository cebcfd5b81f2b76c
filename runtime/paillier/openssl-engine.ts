import { slidingPower } from './bigint-engine.ts'
import type { PaillierEngine, Power } from './engine.ts'
import { bitLength, modulo } from './integer.ts'
import { productsBy } from './products.ts'
import { type RingFactory, squareRing } from './square-ring.ts'
import { wasmRings } from './wasm-ring.ts'

type NodeCrypto = typeof import('node:crypto')

/**
 * Modular exponentiation by OpenSSL, and products in WebAssembly, as Node gives OpenSSL's single multiplications to nobody.
 *
 * @returns null where there is no `node:crypto`, for instance in a browser.
 */
export function opensslEngine(node: NodeCrypto | null = builtinCrypto(), rings?: RingFactory): PaillierEngine | null {
  if (node === null) return null
  const ringOf = rings ?? wasmRings() ?? squareRing
  return {
    name: 'openssl',
    tablePaysFrom: 4,
    ringOf,
    power: (m) => dhPower(node, m),
    squarePower: (m) => dhPower(node, m * m),
    products: productsBy(ringOf),
  }
}

/** Not an import: a bundle for browsers must not name a module that they do not have. */
function builtinCrypto(): NodeCrypto | null {
  return globalThis.process?.getBuiltinModule?.('node:crypto') ?? null
}

const toBuffer = (value: bigint, length: number) => Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex')
const fromBuffer = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`)

/**
 * OpenSSL's constant-time fixed-window exponentiation (`BN_mod_exp_mont_consttime`), reached through a Diffie-Hellman
 * object: "the shared secret of private key `e` and public key `b`" is `b^e mod p`, and OpenSSL does not insist on a prime `p`. Bases 0, 1
 * and -1, which it refuses as public keys, and results it refuses as secrets are computed here. Conversion between
 * BigInt and bytes is not constant time.
 *
 * On creation the object tests its modulus for primality, which takes two exponentiations; a multiple of 5 it sees
 * at once not to be prime. So it computes modulo a multiple, 512 bits longer, as its multiplication wants.
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
