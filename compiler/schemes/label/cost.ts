import {
  bitsOf,
  guardGroups,
  type LabelContract,
  splitWidth,
} from 'emp-compile-runtime/internal/schemes/label/contract'
import { trafficOf } from '../traffic.ts'
import type { GroupOperations, LabelCost } from './plan.ts'

const none: GroupOperations = {
  baseMultiplications: 0,
  multiplications: 0,
  shortMultiplications: 0,
  weightMultiplications: 0,
  additions: 0,
  decodings: 0,
  encodings: 0,
}

/**
 * What one prediction under a fresh key takes: it depends on the contract alone, and so tells nothing of the tree. Counted,
 * in the tests, on real runs.
 */
export function labelCost(contract: LabelContract): LabelCost {
  const [bits, leaves, width] = [bitsOf(contract), contract.leaves, splitWidth(contract)]
  const groups = contract.guard === undefined ? [] : guardGroups(contract)
  const opened = leaves + groups.length
  return {
    ...trafficOf(contract),
    // Noise and bit of every ciphertext, and the key.
    seal: { ...none, baseMultiplications: 2 * bits + 1, encodings: 2 * bits + 1 },
    evaluate: contract.guard === undefined ? unguarded(bits, leaves, width) : guarded(bits, leaves, width, groups),
    open: { ...none, multiplications: opened, decodings: opened, encodings: opened },
  }
}

/**
 * A multiplier for each leaf, and one fresh encryption of zero; four additions for each of one split less than leaves, and
 * two for each further bit of it.
 */
function unguarded(bits: number, leaves: number, width: number): GroupOperations {
  const splits = leaves - 1
  const decoded = width === 1 ? splits : Math.min(bits, width * splits)
  return {
    ...none,
    baseMultiplications: 2,
    multiplications: 1 + 2 * leaves,
    additions: 2 + 8 * splits + 2 * (width - 1) * splits + 2 * decoded,
    decodings: 1 + 2 * decoded,
    encodings: 2 * leaves,
  }
}

/** One short multiplier for all, and a beta for each leaf and group; a point for each position of a group. */
function guarded(bits: number, leaves: number, width: number, groups: ReturnType<typeof guardGroups>): GroupOperations {
  const positions = groups.reduce((sum, group) => sum + group.positions, 0)
  const weighed = groups.reduce((sum, group) => sum + group.bits, 0)
  const blinded = leaves + groups.length
  return {
    // One is the guard's rho G. The steps from position to position are multiples of it.
    baseMultiplications: 1 + blinded + Math.min(1, groups.length),
    multiplications: blinded,
    shortMultiplications: 2 * blinded,
    weightMultiplications: 3 * weighed,
    additions: 2 * bits + (8 + 2 * (width - 1)) * (leaves - 1) + 4 * blinded + weighed,
    decodings: 1 + 2 * bits,
    encodings: 2 * leaves + groups.length + positions,
  }
}
