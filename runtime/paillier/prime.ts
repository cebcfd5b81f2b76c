import { type RandomBytes, randomBelow } from '../random.ts'
import type { PaillierEngine } from './engine.ts'

/**
 * Miller and Rabin's test with random bases. A prime always passes; an odd composite, made by whomever, with a chance
 * of at most 4^-rounds.
 *
 * @param candidate odd, at least 5.
 * @param rounds 20 by default: a chance of 2^-40.
 *
 * Source: Menezes, van Oorschot, Vanstone: Handbook of Applied Cryptography, 4.24.
 */
export function isProbablePrime(
  candidate: bigint,
  { power }: PaillierEngine,
  random: RandomBytes,
  rounds = 20,
): boolean {
  const pow = power(candidate)
  const [odd, twos] = oddPart(candidate - 1n)
  return Array.from({ length: rounds }).every(() => {
    let x = pow(2n + randomBelow(random, candidate - 3n), odd)
    if (x === 1n) return true
    for (let i = 1; i < twos && x !== candidate - 1n; i++) x = (x * x) % candidate
    return x === candidate - 1n
  })
}

/** A positive integer as [odd, k] with odd * 2^k. */
export function oddPart(value: bigint): [odd: bigint, twos: number] {
  let [odd, twos] = [value, 0]
  for (; odd % 2n === 0n; twos++) odd /= 2n
  return [odd, twos]
}
