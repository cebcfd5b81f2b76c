import { at } from 'emp-compile-runtime/internal/at'
import type { BoostedStep } from '../../trees.ts'
import type { OnPart } from '../../watch.ts'
import { type CodedColumn, takeRows } from '../additive/coded.ts'
import { meanOf, standardErrorOf } from '../weighted.ts'
import { boostTrees } from './boost.ts'
import type { BoostedTask } from './task.ts'
import { addTree, rowCodes, walkedTree } from './walk.ts'

/** A way to grow that is compared. */
export interface Way {
  readonly depth: number
  readonly rate: number
}

/** What is compared, where it is left open. */
export const depths: readonly number[] = [1, 2, 3]
export const rates: readonly number[] = [0.1, 0.3]
export const stops: readonly number[] = [10, 15, 20, 30, 40, 60, 80, 100, 150, 200]

/** A path ends early when so many stops in a row have not lowered the least loss. */
const patience = 3

interface Measured extends Way {
  readonly trees: number
  /** Of every training row that was held out. */
  readonly losses: Float64Array
}

/**
 * Compares ways and numbers of rounds by the loss of the rows held out, and takes the smallest sum of trees, counted in
 * leaves, whose loss exceeds the least by no more than one standard error of the difference of the rows (Breiman et al.
 * 1984, §3.4.3; of the mean of the differences, as the same rows are held out from both).
 *
 * @param foldOf the fold of every training row.
 */
export function compareBoosted(
  columns: readonly CodedColumn[],
  task: BoostedTask,
  foldOf: Int32Array,
  ways: readonly Way[],
  rounds: readonly number[],
  onPart?: OnPart,
): { readonly steps: readonly BoostedStep[]; readonly chosen: number } {
  const rows = Uint32Array.from(foldOf, (_, row) => row)
  const parts = [...new Set(foldOf)]
    .map((fold) => ({
      own: rows.filter((row) => foldOf[row] !== fold),
      heldOut: rows.filter((row) => foldOf[row] === fold),
    }))
    .filter(({ own }) => own.length > 0)
  const folds = parts.map(({ own, heldOut }) => ({
    heldOut,
    training: columns.map((column) => takeRows(column, own)),
    tested: rowCodes(
      columns.map((column) => takeRows(column, heldOut)),
      0,
      heldOut.length,
    ),
    loss: task.lossOf(own),
    testedLoss: task.lossOf(heldOut),
  }))
  const { weights } = task.lossOf(rows)
  const total = ways.length * rounds.length
  const measured = ways.flatMap((way, w): Measured[] => {
    const runs = folds.map((fold) => ({
      ...fold,
      path: boostTrees(fold.training, fold.loss, { ...way, ...task.leaves }),
      scores: startOf(fold.loss.start, fold.heldOut.length),
    }))
    const steps: Measured[] = []
    let [done, best, waited] = [0, Number.POSITIVE_INFINITY, 0]
    for (const trees of rounds) {
      const losses = new Float64Array(foldOf.length)
      for (const { path, tested, heldOut, testedLoss, scores } of runs) {
        for (let round = done; round < trees; round++) {
          for (const { output, root } of path.next().value) {
            const own = scores.subarray(output * heldOut.length, (output + 1) * heldOut.length)
            addTree(tested, walkedTree(columns, root), own)
          }
        }
        heldOut.forEach((row, i) => {
          losses[row] = testedLoss.at(scores, i)
        })
      }
      done = trees
      steps.push({ ...way, trees, losses })
      onPart?.(w * rounds.length + steps.length, total)
      const loss = meanOf(losses, weights)
      waited = loss < best ? 0 : waited + 1
      best = Math.min(best, loss)
      if (waited === patience) break
    }
    return steps
  })
  return stepsOf(measured, weights)
}

/** From the smallest sum of trees on; the first that is good enough is chosen. */
function stepsOf(measured: readonly Measured[], weights: Float64Array) {
  const size = ({ trees, depth }: Measured) => trees * 2 ** depth
  const sorted = measured.toSorted((a, b) => size(a) - size(b) || a.depth - b.depth || a.rate - b.rate)
  const means = sorted.map(({ losses }) => meanOf(losses, weights))
  const least = at(sorted, means.indexOf(Math.min(...means))).losses
  const steps = sorted.map(({ depth, rate, trees, losses }, i): BoostedStep => {
    const differences = losses.map((loss, row) => loss - at(least, row))
    const excess = meanOf(differences, weights)
    return { depth, rate, trees, loss: at(means, i), excess, error: standardErrorOf(differences, weights) }
  })
  return { steps, chosen: steps.findIndex(({ excess, error }) => excess <= error) }
}

function startOf(start: readonly number[], rows: number): Float64Array {
  const scores = new Float64Array(start.length * rows)
  start.forEach((score, k) => {
    scores.fill(score, k * rows, (k + 1) * rows)
  })
  return scores
}
