import type { CodedColumn } from './coded.ts'
import type { PointsLoss, State } from './loss.ts'

/** Real points: `tables[c][k * positions + j]` for output k at position j of column c, and a base per output. */
export interface PointsFit {
  readonly base: Float64Array
  readonly tables: readonly Float64Array[]
}

/** The state of a fit, from which its loss can be derived. */
export function stateOf(columns: readonly CodedColumn[], loss: PointsLoss, fit: PointsFit): State {
  const { rows, kept } = loss
  const state: State = {
    scores: fittedScores(columns, fit, rows),
    gradients: new Float64Array(rows),
    curvatures: new Float64Array(rows),
    powers: new Float64Array(kept),
  }
  loss.refresh(state)
  return state
}

/** Adds to the scores of one output what a change of a column's points brings. */
export function shiftScores(
  { codes }: CodedColumn,
  loss: PointsLoss,
  state: State,
  output: number,
  change: Float64Array,
): void {
  const scores = state.scores.subarray(output * loss.rows, (output + 1) * loss.rows)
  for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] as number) + (change[codes[i] as number] as number)
  loss.follow(state, output, codes, change)
}

/** Gradients and curvatures, summed up by position. */
export function histograms(
  { codes, positions }: CodedColumn,
  { gradients, curvatures }: State,
): readonly [gradients: Float64Array, curvatures: Float64Array] {
  const [sumsG, sumsH] = [new Float64Array(positions), new Float64Array(positions)]
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number
    sumsG[code] = (sumsG[code] as number) + (gradients[i] as number)
    sumsH[code] = (sumsH[code] as number) + (curvatures[i] as number)
  }
  return [sumsG, sumsH]
}

/** The scores of rows: output k of row i at `k * rows + i`. */
export function fittedScores(columns: readonly CodedColumn[], { base, tables }: PointsFit, rows: number): Float64Array {
  const outputs = base.length
  const scores = new Float64Array(outputs * rows)
  for (let k = 0; k < outputs; k++) {
    scores.fill(base[k] as number, k * rows, (k + 1) * rows)
    for (const [c, { codes, positions }] of columns.entries()) {
      const table = tables[c] as Float64Array
      for (let i = 0; i < rows; i++) {
        const at = k * rows + i
        scores[at] = (scores[at] as number) + (table[k * positions + (codes[i] as number)] as number)
      }
    }
  }
  return scores
}
