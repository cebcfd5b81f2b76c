import { at } from 'emp-compile-runtime/internal/at'
import { areaUnder, type ConfidenceInterval, normal95, rocCurve } from './metrics.ts'

type Weights = Float64Array | null | undefined

/**
 * The area under the ROC curve with its 95 % confidence interval, cut off at 0 and 1, by DeLong, DeLong and
 * Clarke-Pearson, "Comparing the areas under two or more correlated receiver operating characteristic curves",
 * Biometrics 44 (1988), for a single curve. Rows may be weighted; of groups of rows that depend on each other, the parts
 * add up (Obuchowski, "Nonparametric analysis of clustered ROC curve data", Biometrics 53, 1997). It is approximate: too
 * narrow for few rows or an area near 1. Null where it is not defined, with less than two positive or two negative rows,
 * and where it would have no width, which would claim what no sample shows: all scores alike, or no two in wrong order.
 *
 * @param truth 1 for a positive row, anything else for a negative one.
 * @param scores Finite, higher for what is more likely positive.
 * @param groups whose each row is; null where rows are independent.
 * @throws RangeError if lengths differ or there is no row.
 */
export function aucInterval(
  truth: Int32Array,
  scores: ArrayLike<number>,
  weights: Weights = null,
  groups: Int32Array | null = null,
): (ConfidenceInterval & { readonly auc: number; readonly standardError: number }) | null {
  const parts = aucParts(truth, scores, weights)
  if (parts === null) return null
  const { auc } = parts
  const standardError = spreadOfArea(parts, groups)
  if (standardError < 1e-12) return null
  const half = normal95 * standardError
  return { auc, standardError, low: Math.max(0, auc - half), high: Math.min(1, auc + half) }
}

/** What an area is made of: by how much it moves with each row, in parts that add up to 0. */
export interface AreaParts {
  readonly auc: number
  readonly positives: ReadonlyMap<number, number>
  readonly negatives: ReadonlyMap<number, number>
}

/** @returns null with less than two positive or two negative rows. */
export function aucParts(truth: Int32Array, scores: ArrayLike<number>, weights: Weights = null): AreaParts | null {
  const curve = rocCurve(truth, scores, weights)
  const weightOf = (row: number) => weights?.[row] ?? 1
  const rowsOf = (positive: boolean) =>
    [...truth.keys()].filter((row) => (truth[row] === 1) === positive && weightOf(row) > 0)
  const [positives, negatives] = [rowsOf(true), rowsOf(false)]
  if (curve === null || positives.length < 2 || negatives.length < 2) return null
  // The placement of a row is the share of the other class that it is on the right side of, ties counting half. All
  // rows of a score have the same: half the sum of the curve before and after.
  const placements = new Map(
    curve.slice(1).map(({ fpr, tpr, threshold }, i) => {
      const before = curve[i]
      return [threshold, { fpr: (fpr + (before?.fpr ?? 0)) / 2, tpr: (tpr + (before?.tpr ?? 0)) / 2 }] as const
    }),
  )
  const auc = areaUnder(curve)
  const part = (rows: readonly number[], distance: (row: number) => number) => {
    const all = total(rows.map(weightOf))
    return new Map(rows.map((row) => [row, (weightOf(row) * distance(row)) / all]))
  }
  const placed = (row: number) => placements.get(at(scores, row))
  return {
    auc,
    positives: part(positives, (row) => 1 - (placed(row)?.fpr ?? 0) - auc),
    negatives: part(negatives, (row) => (placed(row)?.tpr ?? 0) - auc),
  }
}

/** The standard error of an area, or of a difference of two on the same rows, by its parts. */
export function spreadOfArea({ positives, negatives }: Omit<AreaParts, 'auc'>, groups: Int32Array | null): number {
  return Math.sqrt(
    groups === null
      ? spreadOfSums(positives, null) + spreadOfSums(negatives, null)
      : spreadOfSums(new Map([...positives, ...negatives]), groups),
  )
}

/** The variance of a sum of independent parts, or groups of them, that add up to about 0. */
function spreadOfSums(parts: ReadonlyMap<number, number>, groups: Int32Array | null): number {
  const sums = new Map<number, number>()
  for (const [row, part] of parts) {
    const own = groups === null ? row : at(groups, row)
    sums.set(own, (sums.get(own) ?? 0) + part)
  }
  return (total([...sums.values()].map((sum) => sum ** 2)) * sums.size) / Math.max(1, sums.size - 1)
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
