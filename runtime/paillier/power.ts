import { bigintPower } from './bigint-power.ts'
import { bitLength } from './integer.ts'
import { opensslPower } from './openssl-power.ts'

/**
 * Modular exponentiation for one fixed modulus: `pow(base, exponent) = base^exponent mod modulus`.
 * `base` any integer, `exponent >= 0`; the result lies in `0 .. modulus - 1`.
 */
export type Power = (base: bigint, exponent: bigint) => bigint

/** Makes the {@link Power} of a modulus of at least 2. */
export type PowerFactory = (modulus: bigint) => Power

/** OpenSSL where the environment has it and the modulus suits it, else BigInt. */
export const fastestPower: PowerFactory = (modulus) => {
  const suits = modulus % 2n === 1n && bitLength(modulus) >= 512 && bitLength(modulus) <= 10_000
  return (suits ? opensslPower(modulus) : null) ?? bigintPower(modulus)
}
