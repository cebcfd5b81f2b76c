import { at } from 'emp-compile-runtime/internal/at'
import { aucInterval, aucParts } from './area.ts'
import { varianceOfModels } from './instability.ts'
import { normal95 } from './metrics.ts'
import { type RowOutcome, totalWeight } from './outcome.ts'
import { designOf } from './row-values.ts'

/** Whether rows have an answer, and its chances. */
function scoresOf(outcomes: readonly RowOutcome[], answer: number) {
  return {
    truth: Int32Array.from(outcomes, (one) => Number(one.truth === answer)),
    scores: Float64Array.from(outcomes, ({ chances }) => at(chances, answer)),
    ...designOf(outcomes),
  }
}

/** The area under the ROC curve of one answer's chances; without an interval where no two rows are in the wrong order. */
export function areaEstimate(
  outcomes: readonly RowOutcome[],
  answer: number,
): { readonly value: number; readonly low: number | null; readonly high: number | null } | null {
  const { truth, scores, weights, groups } = scoresOf(outcomes, answer)
  const value = aucParts(truth, scores, weights)?.auc
  if (value === undefined) return null
  const interval = aucInterval(truth, scores, weights, groups)
  if (interval === null) return { value, low: null, high: null }
  const ofModels = varianceOfModels(outcomes, (some) => areaValues(some, answer))
  const half = normal95 * Math.sqrt(interval.standardError ** 2 + ofModels)
  return { value, low: Math.max(0, value - half), high: Math.min(1, value + half) }
}

/** What each row adds to an area to first order: their mean by weight is the area; 0 where there is none. */
export function areaValues(outcomes: readonly RowOutcome[], answer: number): number[] {
  const { truth, scores, weights } = scoresOf(outcomes, answer)
  const parts = aucParts(truth, scores, weights)
  if (parts === null) return outcomes.map(() => 0)
  const weightOf = (row: number) => weights?.[row] ?? 1
  const all = totalWeight(outcomes)
  const partOf = (row: number) => parts.positives.get(row) ?? parts.negatives.get(row) ?? 0
  return outcomes.map((_, row) => parts.auc + (weightOf(row) === 0 ? 0 : (all * partOf(row)) / weightOf(row)))
}
