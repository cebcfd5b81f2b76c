import { at } from 'emp-compile-runtime/internal/at'
import type { Pruning } from '../evidence.ts'
import { mostFolds } from '../folds.ts'
import { allRows, type Table } from '../table.ts'
import type { Tree } from '../tree.ts'
import { crossValidatePath, shrinkByValidation } from './cross-validate.ts'
import { checkTrainOptions, type TrainOptions } from './options.ts'
import { trainTree } from './train.ts'

export interface Fitted {
  readonly model: Tree
  /** Null where the recipe does not prune by cross-validation. */
  readonly pruning: Pruning | null
  /** How far the shares of leaves are shrunk, in people; 0 for not at all. */
  readonly strength: number
}

/**
 * Follows a recipe to its end: trains, and as the recipe says, chooses by cross-validation how far to prune and to
 * shrink the shares of leaves.
 *
 * @param rows the rows to train on; all by default.
 * @throws {CompileError} `bad-option`
 */
export function fitTree(table: Table, options: TrainOptions, rows?: Uint32Array): Fitted {
  checkTrainOptions(options, table)
  const own = rows ?? allRows(table)
  const seed = options.prune?.seed ?? options.seed ?? 0
  const folds = options.prune?.folds ?? Math.min(10, mostFolds(table, own))
  if (folds < 2) return { model: trainTree(table, options, own), pruning: null, strength: 0 }
  if (options.prune !== null) {
    const pruning = crossValidatePath(table, options, { folds, seed }, own)
    const { tree, strength } = at(pruning.steps, pruning.chosen)
    return { model: tree, pruning, strength }
  }
  const isShrunk = options.shrinkage === 'cv' && table.target.kind === 'classes'
  if (!isShrunk) return { model: trainTree(table, options, rows), pruning: null, strength: 0 }
  const { tree, strength } = shrinkByValidation(table, options, { folds, seed }, own)
  return { model: tree, pruning: null, strength }
}
