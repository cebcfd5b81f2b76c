import {
  type Contract,
  type LabelContract,
  messageWidths,
  replyBytes,
  requestBytes,
  type SignsContract,
  slotLayout,
} from '../../runtime/contract.ts'
import type { LabelCost, SignsCost, Traffic } from '../plan.ts'

/** Significant bits of a multiplier that blinds: the runtime's. */
const mantissaBits = 60

/** From how many encryptions on the client draws its noise from a table of powers, by engine. */
const tablePaysFrom = { bigint: 2, openssl: 4 }

/** What one prediction under a fresh key takes. Counted, in the tests, on real runs. */
export function signsCost(contract: SignsContract): SignsCost {
  const { features, keyBits } = contract
  const { ciphertexts } = slotLayout(contract)
  const evaluateMultiplications = countEvaluate(contract, ciphertexts)
  const half = keyBits / 2
  const usesTable = (engine: keyof typeof tablePaysFrom) => features.length >= tablePaysFrom[engine]
  const noise = features.length * combPower(half)
  return {
    ...traffic(contract),
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

function traffic(contract: Contract): Traffic {
  const { requestCiphertexts, replyCiphertexts } = messageWidths(contract)
  const [up, down] = [requestBytes(contract), replyBytes(contract)]
  return { requestCiphertexts, requestBytes: up, replyCiphertexts, replyBytes: down }
}

/** The same of `label`: it depends on the contract alone, and so tells nothing of the tree. Counted likewise. */
export function labelCost(contract: LabelContract): LabelCost {
  const sent = traffic(contract)
  const [bits, leaves] = [sent.requestCiphertexts, contract.leaves]
  return {
    ...sent,
    // Noise and bit of every ciphertext, and the key.
    seal: { baseMultiplications: 2 * bits + 1, multiplications: 0, additions: 0 },
    // A fresh encryption of zero; two sums for each of one split less than leaves; offset and multiplier of a leaf.
    evaluate: { baseMultiplications: 1, multiplications: 1 + 2 * leaves, additions: 4 * (leaves - 1) + leaves },
    open: { baseMultiplications: 0, multiplications: leaves, additions: 0 },
  }
}

/** All factors of a ciphertext share one chain of squarings, as long as n, with the n-th power. */
function countEvaluate({ tests, features, keyBits }: SignsContract, ciphertexts: number): number {
  const chain = keyBits - 1
  return ciphertexts * (chain + cheapestWindows(1, 1, chain)) + cheapestWindows(features.length, tests, mantissaBits)
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
