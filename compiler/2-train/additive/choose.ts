import { at } from 'emp-compile-runtime/internal/at'
import type { PointsStep } from '../../points.ts'
import type { OnPart } from '../../watch.ts'
import { meanOf, standardErrorOf } from '../weighted.ts'
import { type CodedColumn, takeRows } from './coded.ts'
import { fittedScores, type PointsFit } from './fit.ts'
import type { PointsLoss } from './loss.ts'
import { roundFit } from './round.ts'

/** The fits along a path, from the simplest, for some rows. */
export type FitPath = (columns: readonly CodedColumn[], loss: PointsLoss) => Iterator<PointsFit, void>

export interface Compared {
  readonly steps: readonly PointsStep[]
  /** The place of the simplest step that is no worse than the least by more than one standard error. */
  readonly chosen: number
}

/** A path ends early when so many steps in a row have not lowered the least loss. */
const patience = 2

interface Fold {
  readonly heldOut: Uint32Array
  readonly training: readonly CodedColumn[]
  readonly loss: PointsLoss
  readonly tested: readonly CodedColumn[]
  readonly testedLoss: PointsLoss
  readonly path: Iterator<PointsFit, void>
  readonly fits: PointsFit[]
}

/**
 * Follows a path in every fold, and compares its steps, and then the widths to which the chosen one may be rounded, by
 * the loss of the rows held out.
 *
 * The simplest step is chosen whose loss exceeds the least by no more than a standard error (Breiman et al. 1984, §3.4.3).
 * Between steps of a path it is that of the mean of the rows' differences, as the same rows are held out from both. Between
 * widths it is that of the least loss itself: rounding differs from row to row so little that hardly any would be small
 * enough otherwise.
 *
 * @param foldOf the fold of every row.
 * @param lossOf the loss of some of the rows.
 * @param widths to choose from, from the narrowest.
 * @param onPart told after each step of the path.
 */
export function compareTrials(
  columns: readonly CodedColumn[],
  lossOf: (rows: Uint32Array) => PointsLoss,
  foldOf: Int32Array,
  values: readonly number[],
  pathOf: FitPath,
  widths: readonly number[],
  onPart?: OnPart,
): { readonly path: Compared; readonly widths: Compared } {
  const folds = foldsOf(columns, lossOf, foldOf, pathOf)
  const weights = lossOf(Uint32Array.from(foldOf, (_, row) => row)).weights
  const losses: Float64Array[] = []
  let [best, waited] = [Number.POSITIVE_INFINITY, 0]
  for (let step = 0; step < values.length && waited < patience; step++) {
    const own = new Float64Array(foldOf.length)
    for (const fold of folds) {
      const { value: fit } = fold.path.next()
      if (fit === undefined) throw new RangeError('a path is shorter than its values')
      fold.fits.push({ base: fit.base.slice(), tables: fit.tables.map((table) => table.slice()) })
      addLosses(own, fold, fittedScores(fold.tested, fit, fold.heldOut.length))
    }
    losses.push(own)
    onPart?.(losses.length, values.length)
    const loss = meanOf(own, weights)
    waited = loss < best ? 0 : waited + 1
    best = Math.min(best, loss)
  }
  const path = stepsOf(values, losses, weights, 'paired')
  const rounded = widths.map((width) => {
    const own = new Float64Array(foldOf.length)
    for (const fold of folds) addLosses(own, fold, roundedScores(fold, at(fold.fits, path.chosen), width))
    return own
  })
  return { path, widths: stepsOf(widths, rounded, weights, 'plain') }
}

function foldsOf(
  columns: readonly CodedColumn[],
  lossOf: (rows: Uint32Array) => PointsLoss,
  foldOf: Int32Array,
  pathOf: FitPath,
): Fold[] {
  const rows = Uint32Array.from(foldOf, (_, row) => row)
  return Array.from(new Set(foldOf)).flatMap((fold) => {
    const [own, heldOut] = [rows.filter((row) => foldOf[row] !== fold), rows.filter((row) => foldOf[row] === fold)]
    if (own.length === 0) return []
    const training = columns.map((column) => takeRows(column, own))
    const tested = columns.map((column) => takeRows(column, heldOut))
    const loss = lossOf(own)
    return [{ heldOut, training, loss, tested, testedLoss: lossOf(heldOut), path: pathOf(training, loss), fits: [] }]
  })
}

function addLosses(losses: Float64Array, { heldOut, testedLoss }: Fold, scores: Float64Array): void {
  for (const [i, row] of heldOut.entries()) losses[row] = testedLoss.at(scores, i)
}

function roundedScores({ training, loss, tested, heldOut }: Fold, fit: PointsFit, width: number): Float64Array {
  const { tables, base, unit } = roundFit(training, fit, fittedScores(training, fit, loss.rows), loss.weights, width)
  const real: PointsFit = {
    base: Float64Array.from(base, (points) => points / unit),
    tables: tables.map((table) => Float64Array.from(table, (points) => points / unit)),
  }
  return fittedScores(tested, real, heldOut.length)
}

/** The losses of steps, and which is chosen. */
function stepsOf(
  values: readonly number[],
  losses: readonly Float64Array[],
  weights: Float64Array,
  rule: 'paired' | 'plain',
): Compared {
  const means = losses.map((own) => meanOf(own, weights))
  const best = means.indexOf(Math.min(...means))
  const steps = losses.map((own, step): PointsStep => {
    const differences = own.map((loss, row) => loss - at(at(losses, best), row))
    const error = standardErrorOf(rule === 'paired' ? differences : at(losses, best), weights)
    return { value: at(values, step), loss: at(means, step), excess: meanOf(differences, weights), error }
  })
  return { steps, chosen: steps.findIndex(({ excess, error }) => excess <= error) }
}
