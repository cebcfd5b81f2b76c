import { badOption } from '../errors.ts'

/** How a tree grows. The meanings are scikit-learn's. */
export interface TrainOptions {
  readonly criterion: 'gini' | 'entropy'
  /** Edges on the longest path, at most. From 1 to 100, beyond which no emitted conditional is readable. */
  readonly maxDepth: number
  readonly minSamplesLeaf: number
  readonly minSamplesSplit: number
}

export const defaultTrainOptions: TrainOptions = {
  criterion: 'gini',
  maxDepth: 5,
  minSamplesLeaf: 5,
  minSamplesSplit: 2,
}

/** @throws {CompileError} `bad-option` */
export function checkTrainOptions(options: TrainOptions): void {
  const whole = (least: number) => (value: number) => Number.isInteger(value) && value >= least
  if (!['gini', 'entropy'].includes(options.criterion)) {
    throw badOption('--criterion', options.criterion, 'gini or entropy')
  }
  if (!whole(1)(options.maxDepth) || options.maxDepth > 100) {
    throw badOption('--max-depth', options.maxDepth, 'a whole number from 1 to 100')
  }
  if (!whole(1)(options.minSamplesLeaf)) {
    throw badOption('--min-samples-leaf', options.minSamplesLeaf, 'a whole number of at least 1')
  }
  if (!whole(2)(options.minSamplesSplit)) {
    throw badOption('--min-samples-split', options.minSamplesSplit, 'a whole number of at least 2')
  }
}
