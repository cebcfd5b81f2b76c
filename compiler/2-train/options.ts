import { badOption } from '../errors.ts'
import type { Bounds } from './grow.ts'

/** How a tree grows and is pruned. The meanings are scikit-learn's. */
export interface TrainOptions extends Bounds {
  readonly criterion: 'gini' | 'entropy'
  /** The complexity parameter of minimal cost-complexity pruning; 0 for none. */
  readonly ccpAlpha: number
}

export const defaultTrainOptions: TrainOptions = {
  criterion: 'gini',
  maxDepth: 5,
  minSamplesLeaf: 5,
  minSamplesSplit: 2,
  maxLeafNodes: null,
  minImpurityDecrease: 0,
  ccpAlpha: 0,
}

/** @throws {CompileError} `bad-option` */
export function checkTrainOptions(options: TrainOptions): void {
  const { criterion, maxDepth, minSamplesLeaf, minSamplesSplit, maxLeafNodes, minImpurityDecrease, ccpAlpha } = options
  const isWhole = (value: number, least: number) => Number.isInteger(value) && value >= least
  if (!['gini', 'entropy'].includes(criterion)) throw badOption('--criterion', criterion, 'gini or entropy')
  if (!isWhole(maxDepth, 1) || maxDepth > 100) throw badOption('--max-depth', maxDepth, 'a whole number from 1 to 100')
  if (!isWhole(minSamplesLeaf, 1)) {
    throw badOption('--min-samples-leaf', minSamplesLeaf, 'a whole number of at least 1')
  }
  if (!isWhole(minSamplesSplit, 2)) {
    throw badOption('--min-samples-split', minSamplesSplit, 'a whole number of at least 2')
  }
  if (maxLeafNodes !== null && !isWhole(maxLeafNodes, 2)) {
    throw badOption('--max-leaf-nodes', maxLeafNodes, 'a whole number of at least 2')
  }
  if (!(minImpurityDecrease >= 0)) {
    throw badOption('--min-impurity-decrease', minImpurityDecrease, 'a number of at least 0')
  }
  if (!(ccpAlpha >= 0)) throw badOption('--ccp-alpha', ccpAlpha, 'a number of at least 0')
}
