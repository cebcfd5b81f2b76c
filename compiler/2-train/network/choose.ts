import { at } from 'emp-compile-runtime/internal/at'
import { seededRandom } from '../../folds.ts'
import type { NetworkStep } from '../../network.ts'
import type { OnPart } from '../../watch.ts'
import { type Design, type Inputs, standardise } from '../linear/design.ts'
import { type LearningTask, sharesOf } from '../linear/task.ts'
import { minimise } from './minimise.ts'
import type { NetworkOptions } from './options.ts'
import { drawParameters, etasOfNetwork, penalisedLoss, type Rows, type Shape } from './units.ts'

/** The widths and decays that are compared; decays from the weakest, as a stronger one begins where the one before ended. */
const [widths, decays] = [
  [2, 4],
  [0.032, 0.056, 0.1, 0.18, 0.32, 0.56, 1],
] as const

/** What is taken where there are too few rows to compare by. */
const plain = { width: 2, decay: 0.1 }

/** Steps of the first fit, and of each that begins where another ended. */
const [firstSteps, furtherSteps] = [150, 60]

/** Starts that are compared by. */
const comparedStarts = 2

/** Networks that were trained from different weights, and how their inputs are standardised. */
export interface FittedNetworks {
  readonly design: Design
  readonly shape: Shape
  readonly starts: readonly Float64Array[]
}

/** Trains from several starts, along decays from the weakest to the last one. */
export function* fitsOf(
  inputs: Inputs,
  task: LearningTask,
  rows: Uint32Array,
  { layers, seed }: Pick<NetworkOptions, 'layers' | 'seed'>,
  width: number,
  starts: number,
  along: readonly number[],
): Generator<FittedNetworks, void> {
  const design = standardise(inputs, rows, sharesOf(task.importance, rows))
  const loss = task.lossOf(rows)
  const shape: Shape = { inputs: inputs.length, width, layers, outputs: loss.outputs }
  const own = rowsOf(design.columns)
  const random = seededRandom(seed)
  let trained = Array.from({ length: starts }, () => drawParameters(shape, random))
  let steps = firstSteps
  for (const decay of along) {
    const value = penalisedLoss(shape, own, loss, decay)
    trained = trained.map((start) => minimise(value, start, steps))
    steps = furtherSteps
    yield { design, shape, starts: trained }
  }
}

/** The decays on the way to one: those that are weaker, and itself. */
export const decaysTo = (decay: number): readonly number[] => [...decays.filter((weaker) => weaker < decay), decay]

/** The etas of other rows: the mean of all starts. */
export function etasOfFitted(
  { design, shape, starts }: FittedNetworks,
  inputs: Inputs,
  rows: Uint32Array,
): Float64Array {
  const columns = inputs.map((all, j) => {
    const [mean, deviation] = [design.means[j] as number, design.deviations[j] as number]
    return Float64Array.from(rows, (row) => (deviation === 0 ? 0 : ((all[row] as number) - mean) / deviation))
  })
  const own = rowsOf(columns, rows.length)
  const etas = new Float64Array(shape.outputs * rows.length)
  for (const parameters of starts) {
    etasOfNetwork(shape, own, parameters).forEach((eta, i) => {
      etas[i] = (etas[i] as number) + eta / starts.length
    })
  }
  return etas
}

/** Numbers row by row. */
function rowsOf(columns: Inputs, count = columns[0]?.length ?? 0): Rows {
  const numbers = new Float64Array(count * columns.length)
  columns.forEach((column, j) => {
    for (let row = 0; row < count; row++) numbers[row * columns.length + j] = column[row] as number
  })
  return { count, numbers }
}

/** Compares widths and decays by the loss of rows held out, in folds; a value that is given is not compared with others. */
export function compareRecipes(
  inputs: Inputs,
  task: LearningTask,
  rows: Uint32Array,
  foldOf: Int32Array,
  options: NetworkOptions,
  onPart?: OnPart,
): readonly NetworkStep[] {
  const [ownWidths, ownDecays] = [
    options.width === null ? widths : [options.width],
    options.decay === null ? decays : decaysTo(options.decay),
  ]
  const folds = [...new Set(foldOf)]
  let done = 0
  return ownWidths.flatMap((width) => {
    const sums = ownDecays.map(() => ({ weight: 0, sum: 0, squares: 0 }))
    for (const fold of folds) {
      const heldOut = rows.filter((_, i) => foldOf[i] === fold)
      const others = rows.filter((_, i) => foldOf[i] !== fold)
      const loss = task.lossOf(heldOut)
      const starts = Math.min(comparedStarts, options.starts)
      let step = 0
      for (const fitted of fitsOf(inputs, task, others, options, width, starts, ownDecays)) {
        const etas = etasOfFitted(fitted, inputs, heldOut)
        const own = at(sums, step++)
        heldOut.forEach((row, i) => {
          const [importance, lost] = [at(task.importance, row), loss.at(etas, i)]
          own.weight += importance
          own.sum += importance * lost
          own.squares += importance * lost * lost
        })
      }
      onPart?.(++done, ownWidths.length * folds.length)
    }
    const steps = sums.map(({ weight, sum, squares }, i): NetworkStep => {
      const mean = sum / weight
      const error = Math.sqrt(Math.max(0, squares / weight - mean * mean) / rows.length)
      return { width, penalty: at(ownDecays, i), loss: mean, error }
    })
    return options.decay === null ? steps : steps.slice(-1)
  })
}

/** The recipe of the least loss; what was given, or a plain one, where nothing was compared. */
export function chosenOf(
  path: readonly NetworkStep[],
  { width, decay }: NetworkOptions,
): { readonly width: number; readonly decay: number } {
  const [first] = path
  if (first === undefined) return { width: width ?? plain.width, decay: decay ?? plain.decay }
  const best = path.reduce((a, b) => (b.loss < a.loss ? b : a))
  return { width: best.width, decay: best.penalty }
}
