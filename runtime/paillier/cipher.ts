import { type RandomBytes, randomBelow } from '../random.ts'
import { fixedBasePower } from './comb.ts'
import type { PaillierEngine } from './engine.ts'
import { bitLength, gcd, modulo } from './integer.ts'
import { crtParameters, type PrivateKey, type PublicKey } from './keys.ts'

/** What the key's owner can do. Plaintexts are integers modulo n, ciphertexts integers modulo n^2. */
export interface PrivateCipher {
  /** Draws the noise of the next `count` encryptions now, less what has been drawn and not been used. */
  prepare(count: number): void
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
 * The noise is drawn in one of two ways, by what is faster. One by one: modulo p^2 it is s^p for s uniform in 1 .. p - 1, which is
 * uniform among the p-th powers there and thus has, with its half modulo q^2, exactly the distribution of r^n mod n^2 for
 * a uniform unit r. From a table, once as many encryptions are due as make it pay: h^e for one such residue h, drawn
 * with the table, and e uniform modulo the order lcm(p - 1, q - 1): uniform in the group that h generates. Both hide the
 * plaintext under the same assumption (DCR): see runtime/README.md.
 *
 * Source: Paillier 1999, §7 (decryption); Jost, Ha, Pessl, Zech, "Encryption Performance Improvements of the Paillier
 * Cryptosystem", ePrint 2015/864 (noise by CRT); Damgard, Jurik, Nielsen, "A generalization of Paillier's public-key
 * system", IJIS 2010 (noise as powers of one residue). Timing: as constant as the engine is; the table is not.
 */
export function privateCipher(key: PrivateKey, engine: PaillierEngine, random: RandomBytes): PrivateCipher {
  const { p, q, publicKey } = key
  const { pSquared, qSquared, pSquaredInverse, pInverse, hp, hq } = crtParameters(key)
  const [powP, powQ] = [engine.squarePower(p), engine.squarePower(q)]
  const prepared: bigint[] = []
  let [drawn, fromTable]: [number, (() => bigint) | null] = [0, null]

  /** The integer modulo n^2 of two halves. */
  const join = (halfP: bigint, halfQ: bigint) => halfP + pSquared * modulo((halfQ - halfP) * pSquaredInverse, qSquared)

  function drawResidue(): bigint {
    const [s, t] = [1n + randomBelow(random, p - 1n), 1n + randomBelow(random, q - 1n)]
    return join(powP(s, p), powQ(t, q))
  }

  function makeTable(): () => bigint {
    const h = drawResidue()
    const halves = [p, q].map((prime) => {
      const ring = engine.ringOf(prime)
      const power = fixedBasePower(ring, ring.residue(h), bitLength(prime))
      return (exponent: bigint) => ring.integer(power(exponent % (prime - 1n)))
    })
    const order = ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n)
    return () => {
      const exponent = randomBelow(random, order)
      const [halfP = 1n, halfQ = 1n] = halves.map((power) => power(exponent))
      return join(halfP, halfQ)
    }
  }

  function prepare(count: number): void {
    const missing = Math.max(0, count - prepared.length)
    drawn += missing
    if (fromTable === null && drawn >= engine.tablePaysFrom) fromTable = makeTable()
    for (let i = 0; i < missing; i++) prepared.push(drawNoise())
  }

  function drawNoise(): bigint {
    return fromTable === null ? drawResidue() : fromTable()
  }

  return {
    prepare,
    encrypt(plaintext) {
      if (prepared.length === 0) prepare(1)
      return (encode(plaintext, publicKey) * (prepared.pop() ?? drawNoise())) % publicKey.nSquared
    },
    decrypt(ciphertext) {
      const mp = modulo(((powP(ciphertext % pSquared, p - 1n) - 1n) / p) * hp, p)
      const mq = modulo(((powQ(ciphertext % qSquared, q - 1n) - 1n) / q) * hq, q)
      return mp + p * modulo((mq - mp) * pInverse, q)
    },
  }
}

/** A uniform unit modulo n. Its n-th power is a uniform n-th residue: a fresh encryption of zero without the factors. */
export function drawUnit({ n }: PublicKey, random: RandomBytes): bigint {
  for (;;) {
    const unit = 1n + randomBelow(random, n - 1n)
    if (gcd(unit, n) === 1n) return unit
  }
}
