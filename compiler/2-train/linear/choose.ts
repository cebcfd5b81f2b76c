import { at } from 'emp-compile-runtime/internal/at'
import type { PenaltyStep, Weighted } from '../../linear.ts'
import type { OnPart } from '../../watch.ts'
import { etasOf, type Inputs, standardise } from './design.ts'
import { fitPath } from './fit.ts'
import { type LearningTask, sharesOf } from './task.ts'

/** The strengths that are compared, from the strongest: four to a power of ten. Inputs are standardised, so they fit all data. */
export const penaltyStrengths: readonly number[] = Array.from({ length: 22 }, (_, i) => 10 ** (1 - i / 4))

/** What is taken where there are too few rows to compare by. */
export const plainStrength = 10 ** -1.5

/** A path ends when so many steps in a row are worse than the best one, by more than fits are off. */
const [patience, fineness] = [3, 1e-7]

/** The fits of one path, weaker and weaker penalties. */
export function pathOf(
  inputs: Inputs,
  task: LearningTask,
  rows: Uint32Array,
  l1: number,
  along: readonly number[],
): Generator<Weighted, void> {
  const design = standardise(inputs, rows, sharesOf(task.importance, rows))
  return fitPath(
    design,
    task.lossOf(rows),
    along.map((strength) => ({ strength, l1 })),
  )
}

/**
 * Compares penalties by the loss of rows held out, in folds.
 *
 * @param foldOf the fold of each of `rows`.
 * @param onPart told after each penalty.
 */
export function comparePenalties(
  inputs: Inputs,
  task: LearningTask,
  rows: Uint32Array,
  foldOf: Int32Array,
  l1: number,
  onPart?: OnPart,
): readonly PenaltyStep[] {
  const folds = [...new Set(foldOf)].map((fold) => {
    const heldOut = rows.filter((_, i) => foldOf[i] === fold)
    const others = rows.filter((_, i) => foldOf[i] !== fold)
    return { heldOut, loss: task.lossOf(heldOut), path: pathOf(inputs, task, others, l1, penaltyStrengths) }
  })
  const steps: PenaltyStep[] = []
  let [best, waited] = [Number.POSITIVE_INFINITY, 0]
  for (const strength of penaltyStrengths) {
    let [weight, sum, squares] = [0, 0, 0]
    for (const { heldOut, loss, path } of folds) {
      const { value: fitted } = path.next()
      if (fitted === undefined) throw new TypeError('a path has fewer fits than penalties')
      const etas = etasOf(inputs, heldOut, fitted)
      heldOut.forEach((row, i) => {
        const [importance, own] = [at(task.importance, row), loss.at(etas, i)]
        weight += importance
        sum += importance * own
        squares += importance * own * own
      })
    }
    const mean = sum / weight
    const error = Math.sqrt(Math.max(0, squares / weight - mean * mean) / rows.length)
    steps.push({ penalty: strength, loss: mean, error })
    onPart?.(steps.length, penaltyStrengths.length)
    waited = mean <= best + fineness ? 0 : waited + 1
    best = Math.min(best, mean)
    if (waited === patience) break
  }
  return steps
}
