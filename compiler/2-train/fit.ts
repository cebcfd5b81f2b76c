import type { Table } from '../table.ts'
import type { Tree } from '../tree.ts'
import { crossValidatePath, type Pruning } from './cross-validate.ts'
import { mostFolds } from './folds.ts'
import { checkTrainOptions, type TrainOptions } from './options.ts'
import { train } from './train.ts'

export interface Fitted {
  readonly tree: Tree
  /** Null where the recipe does not prune by cross-validation. */
  readonly pruning: Pruning | null
}

/**
 * Follows a recipe to its end: trains, and if the recipe says so, chooses how far to prune by cross-validation.
 *
 * @param rows the rows to train on; all by default.
 * @throws {CompileError} `bad-option`
 */
export function fitTree(table: Table, options: TrainOptions, rows?: Uint32Array): Fitted {
  checkTrainOptions(options, table)
  if (options.prune === null) return { tree: train(table, options, rows), pruning: null }
  const own = rows ?? Uint32Array.from({ length: table.rows }, (_, row) => row)
  const folds = options.prune.folds ?? Math.min(10, mostFolds(table.target, own))
  if (folds < 2) return { tree: train(table, options, own), pruning: null }
  const pruning = crossValidatePath(table, options, { folds, seed: options.prune.seed }, own)
  const chosen = pruning.steps[pruning.chosen]
  return { tree: chosen?.tree ?? train(table, options, rows), pruning }
}
