import type { Table } from '../table.ts'
import type { Tree } from '../tree.ts'
import { crossValidatePath, type Pruning } from './cross-validate.ts'
import { checkTrainOptions, type TrainOptions } from './options.ts'
import { train } from './train.ts'

export interface Fitted {
  readonly tree: Tree
  /** Null where the recipe does not prune by cross-validation. */
  readonly pruning: Pruning | null
}

/**
 * Follows a recipe to its end: chooses the complexity parameter by cross-validation, if the recipe says so, and trains
 * with it.
 *
 * @param rows the rows to train on; all by default.
 * @throws {CompileError} `bad-option`
 */
export function fitTree(table: Table, options: TrainOptions, rows?: Uint32Array): Fitted {
  checkTrainOptions(options, table)
  if (options.prune === null) return { tree: train(table, options, rows), pruning: null }
  const pruning = crossValidatePath(table, options, options.prune, rows)
  return { tree: train(table, { ...options, ccpAlpha: pruning.alpha }, rows), pruning }
}
