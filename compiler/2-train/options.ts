import { badOption } from '../errors.ts'
import type { Table } from '../table.ts'
import type { Bounds } from './grow.ts'

/** How a tree grows and is pruned. The meanings are scikit-learn's. */
export interface TrainOptions {
  /** Null for gini on answers and squared_error on numbers. */
  readonly criterion: 'gini' | 'entropy' | 'squared_error' | null
  /** Edges on the longest path, at most. From 1 to 100, beyond which no emitted conditional is readable. */
  readonly maxDepth: number
  /** Rows; below 1 a share of them. */
  readonly minSamplesSplit: number
  /** Rows; below 1 a share of them. */
  readonly minSamplesLeaf: number
  /** Best-first growth up to this many leaves; null for depth-first without a bound. */
  readonly maxLeafNodes: number | null
  /** A division must reduce the impurity of the whole tree by at least this. */
  readonly minImpurityDecrease: number
  /** The complexity parameter of minimal cost-complexity pruning; 0 for none. */
  readonly ccpAlpha: number
  /** How much the rows of an answer count: all the same, inversely to their frequency, or as given. */
  readonly classWeight: 'balanced' | Readonly<Record<string, number>> | null
  /** Divide at so many cuts per feature at most, fixed from its Grid; null for any that the data suggest. From 1 to 1024. */
  readonly cuts: number | null
  /** Choose the complexity parameter by cross-validation and the one-standard-error rule; null to take `ccpAlpha`. */
  readonly prune: {
    /** Null for ten, or as many as there are rows of the rarest answer; with fewer than two, nothing is pruned. */
    readonly folds: number | null
    readonly seed: number
  } | null
}

/** Most public cuts of one feature: each is a ciphertext of the request. */
const mostCuts = 1024

/** Without a word on growth: a large tree, pruned by cross-validation. */
export const defaultTrainOptions: TrainOptions = {
  criterion: null,
  maxDepth: 30,
  minSamplesLeaf: 5,
  minSamplesSplit: 2,
  maxLeafNodes: null,
  minImpurityDecrease: 0,
  ccpAlpha: 0,
  classWeight: null,
  cuts: null,
  prune: { folds: null, seed: 0 },
}

/** @throws {CompileError} `bad-option` */
export function checkTrainOptions(options: TrainOptions, { target }: Pick<Table, 'target'>): void {
  const { criterion, maxDepth, maxLeafNodes, minImpurityDecrease, ccpAlpha, classWeight, cuts, prune } = options
  const isWhole = (value: number, least: number) => Number.isInteger(value) && value >= least
  const isCountOrShare = (value: number, least: number) => isWhole(value, least) || (value > 0 && value < 1)
  const criteria = target.kind === 'classes' ? ['gini', 'entropy'] : ['squared_error']
  if (criterion !== null && !criteria.includes(criterion)) {
    throw badOption('--criterion', criterion, `${criteria.join(' or ')} for a target of ${target.kind}`)
  }
  if (!isWhole(maxDepth, 1) || maxDepth > 100) throw badOption('--max-depth', maxDepth, 'a whole number from 1 to 100')
  if (!isCountOrShare(options.minSamplesLeaf, 1)) {
    throw badOption('--min-samples-leaf', options.minSamplesLeaf, 'a whole number of at least 1, or a share below 1')
  }
  if (!isCountOrShare(options.minSamplesSplit, 2)) {
    throw badOption('--min-samples-split', options.minSamplesSplit, 'a whole number of at least 2, or a share below 1')
  }
  if (maxLeafNodes !== null && !isWhole(maxLeafNodes, 2)) {
    throw badOption('--max-leaf-nodes', maxLeafNodes, 'a whole number of at least 2')
  }
  if (!(minImpurityDecrease >= 0)) {
    throw badOption('--min-impurity-decrease', minImpurityDecrease, 'a number of at least 0')
  }
  if (!(ccpAlpha >= 0)) throw badOption('--ccp-alpha', ccpAlpha, 'a number of at least 0')
  if (cuts !== null && !(isWhole(cuts, 1) && cuts <= mostCuts)) {
    throw badOption('--cuts', cuts, `a whole number from 1 to ${mostCuts}`)
  }
  if (prune !== null && prune.folds !== null && !isWhole(prune.folds, 2))
    throw badOption('--folds', prune.folds, 'a whole number of at least 2')
  if (prune !== null && !isWhole(prune.seed, 0)) throw badOption('--seed', prune.seed, 'a whole number of at least 0')
  if (classWeight !== null) checkClassWeight(classWeight, target)
}

function checkClassWeight(classWeight: NonNullable<TrainOptions['classWeight']>, target: Table['target']): void {
  if (target.kind !== 'classes') throw badOption('--class-weight', classWeight, 'nothing where the target is numbers')
  if (classWeight === 'balanced') return
  for (const [answer, weight] of Object.entries(classWeight)) {
    if (!target.answers.includes(answer)) {
      throw badOption(
        '--class-weight',
        answer,
        `the answers ${target.answers.map((name) => JSON.stringify(name)).join(', ')}`,
      )
    }
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw badOption('--class-weight', weight, `a number above 0 for the answer ${JSON.stringify(answer)}`)
    }
  }
}

/** The bounds for a number of rows: shares become counts, as in scikit-learn rounded up. */
export function boundsFor(options: TrainOptions, rows: number): Bounds {
  const count = (value: number, least: number) => (value < 1 ? Math.max(least, Math.ceil(value * rows)) : value)
  const { maxDepth, maxLeafNodes, minImpurityDecrease } = options
  const minSamplesLeaf = count(options.minSamplesLeaf, 1)
  const minSamplesSplit = count(options.minSamplesSplit, 2)
  return { maxDepth, maxLeafNodes, minImpurityDecrease, minSamplesLeaf, minSamplesSplit }
}
