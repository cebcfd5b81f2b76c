import { ProtocolError, type ProtocolErrorCode } from '../errors.ts'
import type { RandomBytes } from '../random.ts'
import type { PaillierEngine } from './engine.ts'
import { bitLength } from './integer.ts'
import { type PrivateKey, privateKey } from './keys.ts'
import { isProbablePrime } from './prime.ts'

/** The longest modulus that is read from outside, in bits: checking takes time, and the sender chooses the length. */
export const longestModulus = 4096

/** Tells whether factors may be those of a key from outside: lengths that differ by at most a bit, n not too long. */
export function areAdmittedLengths(first: bigint, second: bigint): boolean {
  return Math.abs(bitLength(first) - bitLength(second)) <= 1 && bitLength(first * second) <= longestModulus
}

/**
 * A private key from two numbers out of a file or another library, which may be anything: odd primes whose lengths
 * differ by at most a bit, which decrypt uniquely. Takes a third of a second at 3072 bits.
 *
 * @throws {ProtocolError} with `code`, which says no more.
 */
export function checkedPrivateKey(
  first: bigint,
  second: bigint,
  code: ProtocolErrorCode,
  engine: PaillierEngine,
  random: RandomBytes,
): PrivateKey {
  const acceptable =
    [first, second].every((factor) => factor >= 5n && factor % 2n === 1n) &&
    areAdmittedLengths(first, second) &&
    isProbablePrime(first, engine, random) &&
    isProbablePrime(second, engine, random)
  if (!acceptable) throw new ProtocolError(code)
  try {
    return privateKey(first, second)
  } catch {
    throw new ProtocolError(code)
  }
}
