import { type PointsContract, positionCounts } from 'emp-compile-runtime/internal/schemes/points/contract'
import { trafficOf } from '../traffic.ts'
import type { PointsCost, PointsOperations } from './plan.ts'

const none: PointsOperations = {
  baseMultiplications: 0,
  multiplications: 0,
  shortMultiplications: 0,
  smallMultiplications: 0,
  additions: 0,
  decodings: 0,
  encodings: 0,
}

/**
 * What one prediction under a fresh key takes: it depends on the contract alone, and so tells nothing of the points. Counted,
 * in the tests, on real runs.
 */
export function pointsCost(contract: PointsContract): PointsCost {
  const counts = positionCounts(contract)
  const [columns, pairs, tables] = [contract.columns.length, contract.pairs.length, counts.length]
  const positions = counts.reduce((sum, count) => sum + count, 0)
  return {
    ...trafficOf(contract),
    // Noise and number of every column, and the key.
    seal: { ...none, baseMultiplications: 2 * columns + 1, encodings: 2 * columns + 1 },
    evaluate: {
      // beta of every table, and rho once.
      baseMultiplications: tables + 1,
      multiplications: tables,
      shortMultiplications: 2 * columns,
      smallMultiplications: 2 * pairs,
      // Of both halves: rho, which is 1 more than 128 bits; pairs; beta. Then every position but the first of its table.
      additions: 2 * columns + 2 * pairs + 2 * tables + positions - tables,
      decodings: 1 + 2 * columns,
      encodings: tables + positions,
    },
    open: { ...none, multiplications: tables, decodings: tables, encodings: tables },
  }
}
