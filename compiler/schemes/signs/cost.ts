import { type SignsContract, slotLayout } from 'emp-compile-runtime/internal/schemes/signs/contract'
import { trafficOf } from '../traffic.ts'
import type { SignsCost } from './plan.ts'

/** Significant bits of a multiplier that blinds: the runtime's. */
const mantissaBits = 60

/** From how many encryptions on the client draws its noise from a table of powers, by engine. */
const tablePaysFrom = { bigint: 2, openssl: 4 }

/**
 * What one prediction under a fresh key takes. Counted, in the tests, on real runs.
 *
 * @param factors the ciphertexts that all tests together add up; the least there may be, one each, by default.
 */
export function signsCost(contract: SignsContract, factors: number = contract.tests): SignsCost {
  const { features, keyBits } = contract
  const { ciphertexts } = slotLayout(contract)
  const evaluateMultiplications = countEvaluate(contract, ciphertexts, factors)
  const half = keyBits / 2
  const usesTable = (engine: keyof typeof tablePaysFrom) => features.length >= tablePaysFrom[engine]
  const noise = features.length * combPower(half)
  return {
    ...trafficOf(contract),
    bigint: {
      sealMultiplications:
        2 * (usesTable('bigint') ? power(half) + combTable(half) + noise : features.length * power(half)),
      evaluateMultiplications,
      openMultiplications: 2 * ciphertexts * power(half),
    },
    openssl: {
      sealExponentiations: usesTable('openssl') ? 2 : 2 * features.length,
      sealMultiplications: usesTable('openssl') ? 2 * (combTable(half) + noise) : 0,
      evaluateMultiplications,
      openExponentiations: 2 * ciphertexts,
    },
  }
}

/** All factors of a ciphertext share one chain of squarings, as long as n, with the n-th power. */
function countEvaluate({ features, keyBits }: SignsContract, ciphertexts: number, factors: number): number {
  const chain = keyBits - 1
  return ciphertexts * (chain + cheapestWindows(1, 1, chain)) + cheapestWindows(features.length, factors, mantissaBits)
}

/** Exponentiation by windows: the squarings, the table, and one product a window. */
function power(exponentBits: number): number {
  return exponentBits - 1 + cheapestWindows(1, 1, exponentBits - 1)
}

/** Tables of odd powers and products by windows, of the width at which they are fewest. */
function cheapestWindows(tables: number, exponents: number, bits: number): number {
  return Math.min(...Array.from({ length: 10 }, (_, i) => tables * 2 ** i + exponents * Math.ceil(bits / (i + 1))))
}

/** The comb of 8 rows in 4 blocks: 31 runs of squarings to its corners, and all products of corners of a block. */
const combPart = (bits: number) => Math.ceil(bits / 32)
const combTable = (bits: number) => 31 * combPart(bits) + 4 * (2 ** 8 - 1 - 8)
/** One exponentiation by it. */
const combPower = (bits: number) => combPart(bits) - 1 + 4 * combPart(bits) - 1
