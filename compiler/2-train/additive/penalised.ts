import { at } from 'emp-compile-runtime/internal/at'
import type { CodedColumn } from './coded.ts'
import { histograms, type PointsFit, shiftScores, stateOf } from './fit.ts'
import type { PointsLoss, State } from './loss.ts'
import { penaltyOf, type SmoothnessPenalty, solve } from './penalty.ts'

/** A fit ends when no score of a whole sweep over the columns has moved by more. */
const tolerance = 2e-3
const mostSweeps = 300

/**
 * The points of least loss plus penalty, by Newton steps on one column after another: a histogram of gradients and
 * curvatures over its positions, and an exact solution for the column and the base together. The penalty is that of
 * `penaltyOf`: unlike points of neighbouring positions.
 *
 * Source: penalised likelihood on ordered categories as in Gertheiss and Tutz, "Penalized regression with ordinal
 * predictors", International Statistical Review 77, 2009.
 *
 * @param strengths of the penalty, above 0, from the strongest; every fit starts where the one before has ended.
 * @returns the fits. Each is overwritten on the way to the next.
 */
export function* fitPenalised(
  columns: readonly CodedColumn[],
  loss: PointsLoss,
  strengths: readonly number[],
): Generator<PointsFit, void> {
  const penalties = columns.map(penaltyOf)
  const fit: PointsFit = {
    base: Float64Array.from(loss.start),
    tables: columns.map(({ positions }) => new Float64Array(loss.outputs * positions)),
  }
  const state = stateOf(columns, loss, fit)
  for (const strength of strengths) {
    for (let sweep = 0; sweep < mostSweeps; sweep++) {
      loss.refresh(state)
      let moved = 0
      for (const [c, column] of columns.entries()) {
        const step = stepOnColumn(state, loss, column, at(penalties, c), strength, at(fit.tables, c), fit.base)
        moved = Math.max(moved, step)
      }
      if (moved < tolerance) break
    }
    yield fit
  }
}

/** @returns how far the largest change of a score is. */
function stepOnColumn(
  state: State,
  loss: PointsLoss,
  column: CodedColumn,
  penalty: SmoothnessPenalty,
  strength: number,
  table: Float64Array,
  base: Float64Array,
): number {
  const { positions } = column
  let moved = 0
  for (let k = 0; k < loss.outputs; k++) {
    loss.derive(state, k)
    const prior = loss.prior(Array.from(base))
    const [sumsG, sumsH] = histograms(column, state)
    const own = table.subarray(k * positions, (k + 1) * positions)
    const right = sumsH.map((curvature, j) => curvature * at(own, j) - at(sumsG, j))
    const alone = solve(penalty, strength, sumsH, right, own)
    const perShift = solve(
      penalty,
      strength,
      sumsH,
      sumsH,
      sumsH.map(() => 1),
    )
    let [slope, bend] = [at(prior.gradients, k), at(prior.curvatures, k)]
    for (let j = 0; j < positions; j++) {
      slope += at(sumsG, j) + at(sumsH, j) * (at(alone, j) - at(own, j))
      bend += at(sumsH, j) * (1 - at(perShift, j))
    }
    const shift = bend > 0 ? -slope / bend : 0
    const change = new Float64Array(positions)
    for (let j = 0; j < positions; j++) {
      const next = at(alone, j) - shift * at(perShift, j)
      change[j] = next - at(own, j) + shift
      own[j] = next
      if (at(sumsH, j) > 0) moved = Math.max(moved, Math.abs(at(change, j)))
    }
    base[k] = at(base, k) + shift
    shiftScores(column, loss, state, k, change)
  }
  return moved
}
