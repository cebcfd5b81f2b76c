import type { CodedColumn } from './coded.ts'

/**
 * What unlike points cost: half the strength times the sum of `ties`, squared differences of two positions' points, and
 * of `own`, squared points.
 */
export interface SmoothnessPenalty {
  readonly own: Float64Array
  /** Between positions of a chain, `chain[j]` ties j and j + 1; null where positions form a grid. */
  readonly chain: Float64Array | null
  readonly grid: { readonly first: number; readonly second: number } | null
}

/** How much a position of a column of numbers is drawn to nothing, beside its neighbours. */
const pull = 0.02

export function penaltyOf({ positions, shape }: CodedColumn): SmoothnessPenalty {
  switch (shape.kind) {
    case 'levels':
      return { own: new Float64Array(positions).fill(1), chain: new Float64Array(positions), grid: null }
    case 'chain': {
      const own = new Float64Array(positions).fill(pull)
      const chain = new Float64Array(positions).fill(Math.max(1, positions - (shape.missing ? 2 : 1)))
      if (shape.missing) {
        own[0] = 1
        chain[0] = 0
      }
      return { own, chain, grid: null }
    }
    case 'grid':
      return { own: new Float64Array(positions).fill(0.25), chain: null, grid: shape }
    default:
      return shape satisfies never
  }
}

/**
 * The x of least `1/2 sum curvatures x^2 - sum right x` plus the penalty: exactly on a chain, nearly on a grid.
 *
 * @param near where it may lie.
 */
export function solve(
  penalty: SmoothnessPenalty,
  strength: number,
  curvatures: Float64Array,
  right: Float64Array,
  near: Float64Array,
): Float64Array {
  return penalty.chain === null || penalty.grid !== null
    ? relax(penalty, strength, curvatures, right, near)
    : eliminate(penalty.own, penalty.chain, strength, curvatures, right)
}

/** A system of three diagonals, by elimination. */
function eliminate(
  own: Float64Array,
  chain: Float64Array,
  strength: number,
  curvatures: Float64Array,
  right: Float64Array,
): Float64Array {
  const n = own.length
  const [diagonal, x] = [new Float64Array(n), Float64Array.from(right)]
  for (let j = 0; j < n; j++) {
    const before = j === 0 ? 0 : strength * (chain[j - 1] as number)
    const after = j === n - 1 ? 0 : strength * (chain[j] as number)
    diagonal[j] = (curvatures[j] as number) + strength * (own[j] as number) + before + after
    if (j === 0) continue
    const factor = before / (diagonal[j - 1] as number)
    diagonal[j] = (diagonal[j] as number) - factor * before
    x[j] = (x[j] as number) + factor * (x[j - 1] as number)
  }
  for (let j = n - 1; j >= 0; j--) {
    const after = j === n - 1 ? 0 : strength * (chain[j] as number) * (x[j + 1] as number)
    x[j] = ((x[j] as number) + after) / (diagonal[j] as number)
  }
  return x
}

/** Sweeps of Gauss and Seidel over a grid. */
const relaxations = 8

/** A system of neighbours on a grid, nearly: every sweep brings it closer. */
function relax(
  { own, grid }: SmoothnessPenalty,
  strength: number,
  curvatures: Float64Array,
  right: Float64Array,
  near: Float64Array,
): Float64Array {
  const x = Float64Array.from(near)
  if (grid === null) return x
  const { first, second } = grid
  for (let sweep = 0; sweep < relaxations; sweep++) {
    for (let a = 0; a < first; a++) {
      for (let b = 0; b < second; b++) {
        const j = a * second + b
        let [sum, ties] = [0, 0]
        if (a > 0) [sum, ties] = [sum + (x[j - second] as number), ties + 1]
        if (a < first - 1) [sum, ties] = [sum + (x[j + second] as number), ties + 1]
        if (b > 0) [sum, ties] = [sum + (x[j - 1] as number), ties + 1]
        if (b < second - 1) [sum, ties] = [sum + (x[j + 1] as number), ties + 1]
        const weight = (curvatures[j] as number) + strength * ((own[j] as number) + ties)
        x[j] = ((right[j] as number) + strength * sum) / weight
      }
    }
  }
  return x
}
