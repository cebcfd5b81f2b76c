import { generatePrimeSync } from 'node:crypto'
import { type PrivateKey, privateKey } from '../../runtime/paillier/keys.ts'

/** A key far too short to protect anything, for tests that need many. `bits` even, at least 64. */
export function insecureTestKey(bits: number): PrivateKey {
  for (;;) {
    const [p, q] = [testPrime(bits / 2), testPrime(bits / 2)]
    if ((p * q).toString(2).length !== bits) continue
    try {
      return privateKey(p, q)
    } catch {
      // Equal, or one divides the other less one: draw again.
    }
  }
}

/** A prime with its two highest bits set, as in RSA. */
export function testPrime(bits: number): bigint {
  return generatePrimeSync(bits, { bigint: true })
}
