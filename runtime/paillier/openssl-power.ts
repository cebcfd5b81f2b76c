import { bigintPower } from './bigint-power.ts'
import { bigintToBytes, bitLength, bytesToBigint, modulo } from './integer.ts'
import type { Power } from './power.ts'

/**
 * Modular exponentiation by OpenSSL's constant-time fixed-window exponentiation (`BN_mod_exp_mont_consttime`), reached through
 * a Diffie-Hellman object: "the shared secret of private key `e` and public key `b`" is `b^e mod p`, and OpenSSL
 * does not insist on a prime `p`. Bases 0, 1 and -1, which it refuses as public keys, and results it refuses as
 * secrets are computed here. Conversion between BigInt and bytes is not constant time.
 *
 * @param modulus odd, 512 to 10,000 bits, which is what OpenSSL admits.
 * @returns null where there is no `node:crypto`, for instance in a browser.
 */
export function opensslPower(modulus: bigint): Power | null {
  // Not an import: a bundle for browsers must not name a module that they do not have.
  const node = globalThis.process?.getBuiltinModule?.('node:crypto')
  if (node === undefined) return null
  const length = Math.ceil(bitLength(modulus) / 8)
  const group = node.createDiffieHellman(bigintToBytes(modulus, length), Buffer.from([2]))
  const slow = bigintPower(modulus)
  return (base, exponent) => {
    const reduced = modulo(base, modulus)
    if (reduced <= 1n || reduced === modulus - 1n || exponent <= 1n) return slow(reduced, exponent)
    group.setPrivateKey(bigintToBytes(exponent, Math.ceil(bitLength(exponent) / 8)))
    try {
      return bytesToBigint(group.computeSecret(bigintToBytes(reduced, length)))
    } catch {
      // A result of 0, 1 or -1 is not a secret OpenSSL hands out.
      return slow(reduced, exponent)
    }
  }
}
