import {
  bitsOf,
  guardGroups,
  multipliesBits,
  type SumsContract,
  sizesOf,
} from 'emp-compile-runtime/internal/schemes/sums/contract'
import { trafficOf } from '../traffic.ts'
import type { SumsCost, SumsOperations } from './plan.ts'

const none: SumsOperations = {
  baseMultiplications: 0,
  multiplications: 0,
  shortMultiplications: 0,
  weightMultiplications: 0,
  additions: 0,
  decodings: 0,
  encodings: 0,
}

/**
 * What one prediction under a fresh key takes: it depends on the contract alone, and so tells nothing of the trees. Counted,
 * in the tests, on real runs.
 */
export function sumsCost(contract: SumsContract): SumsCost {
  const bits = bitsOf(contract)
  const groups = contract.guard === undefined ? [] : guardGroups(contract)
  const opened = sizesOf(contract).leaves + groups.length
  return {
    ...trafficOf(contract),
    // Noise and bit of every ciphertext, and the key.
    seal: { ...none, baseMultiplications: 2 * bits + 1, encodings: 2 * bits + 1 },
    evaluate: evaluateCost(contract, groups),
    open: { ...none, multiplications: opened, decodings: opened, encodings: opened },
  }
}

function evaluateCost(contract: SumsContract, groups: ReturnType<typeof guardGroups>): SumsOperations {
  const bits = bitsOf(contract)
  const { splits, terms, leaves } = sizesOf(contract)
  const times = multipliesBits(contract) ? bits : terms
  const isGuarded = contract.guard !== undefined
  const positions = groups.reduce((sum, group) => sum + group.positions, 0)
  const weighed = groups.reduce((sum, group) => sum + group.bits, 0)
  return {
    // One times rho, the betas, those of the guard, and its rho G. The steps between positions are multiples of that.
    baseMultiplications: 1 + leaves + groups.length + Math.min(1, groups.length),
    multiplications: leaves + groups.length,
    shortMultiplications: 2 * times + 1 + 2 * groups.length,
    weightMultiplications: 3 * weighed,
    // Short multiples end with an addition; points have opposites; terms, indicators and theirs, nodes, betas, in both halves.
    additions:
      2 * times + 1 + 2 * times + 2 * terms + 4 * splits + 4 * splits + 2 * leaves + 4 * groups.length + weighed,
    decodings: 1 + 2 * (isGuarded || multipliesBits(contract) ? bits : terms),
    encodings: 2 * leaves + groups.length + positions,
  }
}
