import { badOption } from '../errors.ts'
import { type OptionValues, readOptions } from '../options.ts'
import type { Table } from '../table.ts'
import { upToTen } from '../text.ts'
import type { OnPart } from '../watch.ts'
import type { Bounds } from './grow.ts'
import { type PruneLoss, pruneLosses } from './losses.ts'

/** How much the rows of an answer count: inversely to their frequency, or as given. */
export type ClassWeight = 'balanced' | Readonly<Record<string, number>>

/** How the step of a pruning path is chosen: by the least loss, or the one-standard-error rule. */
export type PruneRule = 'least' | '1-se'

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
  readonly classWeight: ClassWeight | null
  /** Divide at so many cuts per feature at most, fixed from its Grid; null for any that the data suggest. From 1 to 1024. */
  readonly cuts: number | null
  /** Divide texts by sets of levels, in one order per column; otherwise one level is taken off at a time. */
  readonly levelSets: boolean
  /** Choose the complexity parameter by cross-validation; null to take `ccpAlpha`. */
  readonly prune: {
    /** Null for ten, or as many as there are rows or groups; with fewer than two, nothing is pruned. */
    readonly folds: number | null
    readonly seed: number
    /** The loss of answers; Brier by default. Of numbers it is the squared error. */
    readonly by?: PruneLoss | undefined
    /** Take the tree of least loss, the default, or the smallest one within a standard error of it. */
    readonly rule?: PruneRule | undefined
  } | null
  /** Shrink the shares of leaves towards those of larger groups, by a strength that cross-validation chooses. */
  readonly shrinkage?: 'cv' | 'none'
  /** The seed by which rows are dealt where nothing is pruned; 0 by default. */
  readonly seed?: number
  /** Told of the parts of cross-validation that are done. */
  readonly onPart?: OnPart
}

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
  levelSets: true,
  prune: { folds: null, seed: 0 },
  shrinkage: 'cv',
}

/** By what loss and which rule a path is pruned, with the defaults. */
export const pruneRuleOf = ({ prune }: TrainOptions): { readonly by: PruneLoss; readonly rule: PruneRule } => ({
  by: prune?.by ?? 'brier',
  rule: prune?.rule ?? 'least',
})

/** The options of training, and of cross-validation inside it. */
export const trainRows = {
  criterion: {
    type: 'choice',
    choices: ['gini', 'entropy', 'log_loss', 'squared_error'],
    text: 'impurity that a split reduces',
    usual: 'gini, or squared_error for numbers',
  },
  prune: {
    type: 'choice',
    choices: ['cv', 'none'],
    text: 'prune by cross-validation',
    usual: 'cv, unless a bound on growth is given',
  },
  'prune-by': {
    type: 'choice',
    choices: pruneLosses,
    text: 'loss on rows not seen by which a tree of answers is pruned',
    usual: 'brier',
  },
  'prune-rule': {
    type: 'choice',
    choices: ['least', '1-se'],
    text: 'prune to the least loss, or to the smallest tree within a standard error of it',
    usual: 'least',
  },
  shrinkage: {
    type: 'choice',
    choices: ['cv', 'none'],
    text: 'shrink shares of leaves to larger groups, as cross-validation chooses; none for shares as they are',
    usual: 'cv',
  },
  'max-depth': { type: 'number', whole: true, least: 1, most: 100, text: 'most tests in a row', usual: 'any' },
  'min-samples-leaf': {
    type: 'number',
    above: 0,
    text: 'fewest training rows in a leaf, or their share',
    usual: '1; 5 with --prune cv',
  },
  'min-samples-split': {
    type: 'number',
    above: 0,
    text: 'fewest rows in a node that is split, or their share',
    usual: '2',
  },
  'max-leaf-nodes': {
    type: 'number',
    whole: true,
    least: 2,
    text: 'most leaves; the most useful divisions come first',
    usual: 'any',
  },
  'min-impurity-decrease': { type: 'number', least: 0, text: 'least reduction of impurity by a split', usual: '0' },
  'ccp-alpha': { type: 'number', least: 0, text: 'complexity parameter of cost-complexity pruning', usual: '0' },
  'class-weight': { type: 'text', text: 'balanced, or weights of answers as JSON', usual: 'all the same' },
  levels: {
    type: 'choice',
    choices: ['sets', 'single'],
    text: 'divide texts by sets of levels, or take single levels off',
    usual: 'sets',
  },
  folds: {
    type: 'number',
    whole: true,
    least: 2,
    text: 'folds of cross-validation',
    usual: '10, or rows if they are fewer',
  },
  seed: { type: 'number', whole: true, least: 0, default: 0, text: 'seed by which rows are dealt' },
} as const

/** Where growth is bounded by hand, what is not said is scikit-learn's default. */
const unbounded = { maxDepth: 100, minSamplesLeaf: 1, minSamplesSplit: 2 }

/** Reads the options of training. @throws {CompileError} `bad-option` */
export function trainOptionsOf(values: OptionValues<typeof trainRows>): TrainOptions {
  const bounds = [
    'max-depth',
    'min-samples-leaf',
    'min-samples-split',
    'max-leaf-nodes',
    'min-impurity-decrease',
  ] as const
  const isBounded = [...bounds, 'ccp-alpha' as const].some((name) => values[name] !== undefined)
  const prunes = values.prune === undefined ? !isBounded : values.prune === 'cv'
  if (values.prune === 'cv' && values['ccp-alpha'] !== undefined) {
    throw badOption('ccp-alpha', values['ccp-alpha'], 'no value beside pruning by cross-validation, which chooses it')
  }
  for (const name of ['prune-by', 'prune-rule'] as const) {
    if (!prunes && values[name] !== undefined) {
      throw badOption(name, values[name], 'no value where nothing is pruned by cross-validation: add --prune cv')
    }
  }
  const base = prunes ? defaultTrainOptions : { ...defaultTrainOptions, ...unbounded }
  return {
    criterion: values.criterion === 'log_loss' ? 'entropy' : (values.criterion ?? null),
    maxDepth: values['max-depth'] ?? base.maxDepth,
    minSamplesLeaf: values['min-samples-leaf'] ?? base.minSamplesLeaf,
    minSamplesSplit: values['min-samples-split'] ?? base.minSamplesSplit,
    maxLeafNodes: values['max-leaf-nodes'] ?? null,
    minImpurityDecrease: values['min-impurity-decrease'] ?? 0,
    ccpAlpha: values['ccp-alpha'] ?? 0,
    classWeight: classWeightOf(values['class-weight']),
    cuts: null,
    levelSets: values.levels !== 'single',
    prune: prunes
      ? { folds: values.folds ?? null, seed: values.seed, by: values['prune-by'], rule: values['prune-rule'] }
      : null,
    shrinkage: values.shrinkage ?? 'cv',
    seed: values.seed,
  }
}

/** `balanced`, JSON, or the object of a recipe file. @throws {CompileError} `bad-option` */
export function classWeightOf(text: unknown): TrainOptions['classWeight'] {
  if (text === undefined || text === 'balanced') return text ?? null
  if (typeof text === 'object' && text !== null) return text as Record<string, number>
  const takes = 'balanced, or weights of answers such as \'{"1": 2}\''
  try {
    const parsed: unknown = JSON.parse(String(text))
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, number>
  } catch {
    // Said below.
  }
  throw badOption('class-weight', text, takes)
}

/** Checks what depends on the table, and what callers may get wrong. @throws {CompileError} `bad-option` */
export function checkTrainOptions(options: TrainOptions, { target }: Pick<Table, 'target'>): void {
  const { criterion, maxDepth, minSamplesLeaf, minSamplesSplit, maxLeafNodes, prune } = options
  readOptions(trainRows, {
    'max-depth': maxDepth,
    'max-leaf-nodes': maxLeafNodes ?? undefined,
    'min-impurity-decrease': options.minImpurityDecrease,
    'ccp-alpha': options.ccpAlpha,
    folds: prune?.folds ?? undefined,
    seed: prune?.seed,
  })
  const criteria = target.kind === 'classes' ? ['gini', 'entropy'] : ['squared_error']
  if (criterion !== null && !criteria.includes(criterion)) {
    throw badOption('criterion', criterion, `${criteria.join(' or ')} for a target of ${target.kind}`)
  }
  const isCountOrShare = (value: number, least: number) =>
    (Number.isInteger(value) && value >= least) || (value > 0 && value < 1)
  if (!isCountOrShare(minSamplesLeaf, 1)) {
    throw badOption('min-samples-leaf', minSamplesLeaf, 'a whole number of at least 1, or a share below 1')
  }
  if (!isCountOrShare(minSamplesSplit, 2)) {
    throw badOption('min-samples-split', minSamplesSplit, 'a whole number of at least 2, or a share below 1')
  }
  if (target.kind === 'number' && prune?.by !== undefined) {
    throw badOption('prune-by', prune.by, 'nothing where the target is numbers: they are pruned by squared error')
  }
  if (options.classWeight !== null) checkClassWeight(options.classWeight, target)
}

/** @throws {CompileError} `bad-option` */
export function checkClassWeight(classWeight: ClassWeight, target: Table['target']): void {
  if (target.kind !== 'classes') throw badOption('class-weight', classWeight, 'nothing where the target is numbers')
  if (classWeight === 'balanced') return
  for (const [answer, weight] of Object.entries(classWeight)) {
    if (!target.answers.includes(answer)) {
      throw badOption(
        'class-weight',
        answer,
        `the answers ${upToTen(target.answers.map((name) => JSON.stringify(name)))}`,
        target.answers,
      )
    }
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw badOption('class-weight', weight, `a number above 0 for the answer ${JSON.stringify(answer)}`)
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
