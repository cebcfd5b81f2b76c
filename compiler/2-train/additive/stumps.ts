import { at } from 'emp-compile-runtime/internal/at'
import type { CodedColumn } from './coded.ts'
import { histograms, type PointsFit, shiftScores, stateOf } from './fit.ts'
import type { PointsLoss, State } from './loss.ts'

/** Each stump goes this part of the way to the least of its parabola. */
const rate = 0.1
/** A side of a stump holds rows of at least this curvature in all, and is drawn to nothing by as much. */
const ridge = 1

/**
 * Boosted stumps: in every round one column, in turn, is divided once where it lowers the loss most, and each side takes
 * a part of a Newton step. Columns of numbers are divided between neighbours, missing values lowest; of texts one level
 * is parted from the others.
 *
 * Source: Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29, 2001; cyclic
 * as in Lou, Caruana, Gehrke, "Intelligible models for classification and regression", KDD 2012.
 *
 * @param rounds after which to stop for a look, ascending.
 * @returns the fits at these stops. Each is overwritten on the way to the next.
 */
export function* boostStumps(
  columns: readonly CodedColumn[],
  loss: PointsLoss,
  rounds: readonly number[],
): Generator<PointsFit, void> {
  const fit: PointsFit = {
    base: Float64Array.from(loss.start),
    tables: columns.map(({ positions }) => new Float64Array(loss.outputs * positions)),
  }
  const state = stateOf(columns, loss, fit)
  let round = 0
  for (const stop of rounds) {
    for (; round < stop; round++) {
      const c = round % columns.length
      if (c === 0) loss.refresh(state)
      addStump(at(columns, c), at(fit.tables, c), loss, state)
    }
    yield fit
  }
}

/** Divides one column, in every output on its own. */
function addStump(column: CodedColumn, table: Float64Array, loss: PointsLoss, state: State): void {
  const { positions } = column
  for (let k = 0; k < loss.outputs; k++) {
    loss.derive(state, k)
    const [sumsG, sumsH] = histograms(column, state)
    const change = bestStump(column, sumsG, sumsH)
    if (change === null) continue
    for (let j = 0; j < positions; j++) table[k * positions + j] = at(table, k * positions + j) + at(change, j)
    shiftScores(column, loss, state, k, change)
  }
}

/** What the best stump of a column adds at every position; null if the column cannot be divided. */
function bestStump({ positions, shape }: CodedColumn, sumsG: Float64Array, sumsH: Float64Array): Float64Array | null {
  const [allG, allH] = [sumsG.reduce((a, b) => a + b, 0), sumsH.reduce((a, b) => a + b, 0)]
  let [best, cut, steps]: [number, number, readonly [number, number]] = [0, -1, [0, 0]]
  let [lowG, lowH] = [0, 0]
  for (let j = 0; j < (shape.kind === 'levels' ? positions : positions - 1); j++) {
    lowG = at(sumsG, j) + (shape.kind === 'levels' ? 0 : lowG)
    lowH = at(sumsH, j) + (shape.kind === 'levels' ? 0 : lowH)
    const [highG, highH] = [allG - lowG, allH - lowH]
    if (lowH < ridge || highH < ridge) continue
    const gain = lowG ** 2 / (lowH + ridge) + highG ** 2 / (highH + ridge)
    if (gain <= best) continue
    best = gain
    cut = j
    steps = [(-rate * lowG) / (lowH + ridge), (-rate * highG) / (highH + ridge)]
  }
  if (cut < 0) return null
  const [low, high] = steps
  return sumsG.map((_, j) => ((shape.kind === 'levels' ? j === cut : j <= cut) ? low : high))
}
