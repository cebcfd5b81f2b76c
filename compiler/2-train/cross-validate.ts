import { badOption } from '../errors.ts'
import type { Table } from '../table.ts'
import type { Tree } from '../tree.ts'
import { foldsOf } from './folds.ts'
import { type Grown, statisticsOf } from './grow.ts'
import type { TrainOptions } from './options.ts'
import { type PruningStep, prune } from './prune.ts'
import { type GrownTree, growTree, treeOf, truthOf } from './train.ts'

/** A step of the pruning path with the loss of such trees on rows they have not seen. */
export interface ValidatedStep extends PruningStep {
  /** The tree of all rows, pruned to this step. */
  readonly tree: Tree
  /** The share of rows answered wrongly, or the mean squared error; weighted as in training. */
  readonly loss: number
  /** Its standard error over the rows. */
  readonly error: number
}

/** The pruning path of a recipe, and the step that the one-standard-error rule chooses. */
export interface Pruning {
  readonly steps: readonly ValidatedStep[]
  readonly chosen: number
}

/** Most steps that are validated; of longer paths, steps spread evenly. */
const mostSteps = 60

/**
 * Validates the pruning path by (stratified) cross-validation, and chooses the smallest tree whose loss is within one
 * standard error of the least.
 *
 * Source: Breiman et al. 1984, §3.4; parameters between steps by their geometric mean, as in rpart.
 *
 * @param rows the rows to train on; all by default.
 * @throws {CompileError} `bad-option` if there are fewer rows of an answer than folds.
 */
export function crossValidatePath(
  table: Table,
  options: TrainOptions,
  { folds, seed }: { readonly folds: number; readonly seed: number },
  rows: Uint32Array = Uint32Array.from({ length: table.rows }, (_, row) => row),
): Pruning {
  const whole = growTree(table, options, rows)
  const path = thin(distinctSteps(prune(whole.grown, Number.POSITIVE_INFINITY).path))
  const alphas = path.map(({ alpha }, i) => Math.sqrt(alpha * (path[i + 1]?.alpha ?? Number.POSITIVE_INFINITY)))
  const foldOf = foldsOf(table.target, rows, folds, seed)
  if (foldOf === null)
    throw badOption(
      '--folds',
      folds,
      table.target.kind === 'number' ? 'at most the number of rows' : 'at most the number of rows of the rarest answer',
    )
  const losses = path.map(() => ({ weight: 0, sum: 0, squares: 0 }))
  const { objective } = whole
  const weightOf = (row: number) => objective.weight(statisticsOf(Uint32Array.of(row), objective))
  for (let fold = 0; fold < folds; fold++) {
    const trained = growTree(
      table,
      options,
      rows.filter((_, i) => foldOf[i] !== fold),
    )
    for (const [step, alpha] of alphas.entries()) {
      const tree = { ...trained, grown: prune(trained.grown, alpha).tree }
      const sums = losses[step]
      for (const [i, row] of rows.entries()) {
        if (foldOf[i] !== fold || sums === undefined) continue
        const [loss, weight] = [lossOf(table, tree, row), weightOf(row)]
        sums.weight += weight
        sums.sum += weight * loss
        sums.squares += weight * loss * loss
      }
    }
  }
  const steps = path.map((step, i) => {
    const { weight, sum, squares } = losses[i] ?? { weight: 1, sum: 0, squares: 0 }
    const loss = sum / weight
    const tree = treeOf(table, whole, prune(whole.grown, Number.POSITIVE_INFINITY, step.leaves).tree)
    return { ...step, tree, loss, error: Math.sqrt(Math.max(0, squares / weight - loss * loss) / rows.length) }
  })
  const best = steps.reduce((a, b) => (b.loss < a.loss ? b : a))
  const chosen = steps.findLastIndex(({ loss }) => loss <= best.loss + best.error)
  return { steps, chosen }
}

/** Of steps at the same complexity only the last: the smallest tree. */
function distinctSteps(path: readonly PruningStep[]): readonly PruningStep[] {
  return path.filter(({ alpha }, i) => (path[i + 1]?.alpha ?? Number.POSITIVE_INFINITY) > alpha * (1 + 1e-12) + 1e-15)
}

function thin(path: readonly PruningStep[]): readonly PruningStep[] {
  if (path.length <= mostSteps) return path
  const kept = new Set(
    Array.from({ length: mostSteps }, (_, i) => Math.round((i * (path.length - 1)) / (mostSteps - 1))),
  )
  return path.filter((_, i) => kept.has(i))
}

/** 1 for a wrong answer and 0 for the right one, or the squared error. */
function lossOf({ features: _, ...table }: Table, { placed, objective, grown }: GrownTree, row: number): number {
  let node: Grown = grown
  while (node.split !== null) {
    const { feature, cut, left, right } = node.split
    const { codes, cells } = placed.features[feature] ?? { codes: new Uint8Array(), cells: new Int32Array() }
    node = (cells[codes[row] ?? 0] ?? 0) <= cut ? left : right
  }
  const { target } = table
  if (target.kind === 'classes') return objective.answer(node.statistics) === truthOf(target, row) ? 0 : 1
  const mean = (node.statistics[2] ?? 0) / (node.statistics[1] ?? 1)
  return (target.grid.step * (mean - (target.cells[row] ?? 0))) ** 2
}
