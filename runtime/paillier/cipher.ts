import { type RandomBytes, randomBelow } from '../random.ts'
import { gcd, modulo } from './integer.ts'
import { crtParameters, type PrivateKey, type PublicKey } from './keys.ts'
import type { Power, PowerFactory } from './power.ts'

/** What the key's owner can do. Plaintexts are integers modulo n, ciphertexts integers modulo n^2. */
export interface PrivateCipher {
  /** A fresh ciphertext of `plaintext`, which may be negative: it counts modulo n. */
  encrypt(plaintext: bigint): bigint
  /** The plaintext of a ciphertext, in `0 .. n - 1`. The ciphertext must have passed `checkCiphertext`. */
  decrypt(ciphertext: bigint): bigint
}

/** (n + 1)^m mod n^2, by the binomial theorem: 1 + m n. */
export function encode(m: bigint, { n, nSquared }: PublicKey): bigint {
  return (1n + modulo(m, n) * n) % nSquared
}

/**
 * Encryption and decryption by the Chinese remainder theorem, in the two halves modulo p^2 and q^2.
 *
 * The noise modulo p^2 is s^p for s uniform in 1 .. p - 1, which is uniform among the p-th powers there and thus
 * has, with its half modulo q^2, exactly the distribution of r^n mod n^2 for a uniform unit r.
 *
 * Source: Paillier 1999, §7 (decryption); Jost, Ha, Pessl, Zech, "Encryption Performance Improvements of the Paillier
 * Cryptosystem", ePrint 2015/864 (noise by CRT). Timing: as constant as `power` is.
 */
export function privateCipher(key: PrivateKey, power: PowerFactory, random: RandomBytes): PrivateCipher {
  const { p, q, publicKey } = key
  const { pSquared, qSquared, pSquaredInverse, pInverse, hp, hq } = crtParameters(key)
  const [powP, powQ] = [power(pSquared), power(qSquared)]
  return {
    encrypt(plaintext) {
      const noiseP = powP(1n + randomBelow(random, p - 1n), p)
      const noiseQ = powQ(1n + randomBelow(random, q - 1n), q)
      const noise = noiseP + pSquared * modulo((noiseQ - noiseP) * pSquaredInverse, qSquared)
      return (encode(plaintext, publicKey) * noise) % publicKey.nSquared
    },
    decrypt(ciphertext) {
      const mp = modulo(((powP(ciphertext % pSquared, p - 1n) - 1n) / p) * hp, p)
      const mq = modulo(((powQ(ciphertext % qSquared, q - 1n) - 1n) / q) * hq, q)
      return mp + p * modulo((mq - mp) * pInverse, q)
    },
  }
}

/** A uniform n-th residue modulo n^2, r^n for a uniform unit r: a fresh encryption of zero without the factors. `pow` is modulo n^2. */
export function freshResidue({ n }: PublicKey, pow: Power, random: RandomBytes): bigint {
  for (;;) {
    const r = 1n + randomBelow(random, n - 1n)
    if (gcd(r, n) === 1n) return pow(r, n)
  }
}
