import type { Argv } from 'yargs'
import { defaultTrainOptions, type TrainOptions } from '../2-train/options.ts'
import { badOption } from '../errors.ts'
import { defaultMeasureOptions, type MeasureOptions } from '../report/figures.ts'

/** The options that say how a tree is trained and measured. */
export interface RecipeArguments {
  readonly criterion: 'gini' | 'entropy' | 'log_loss' | 'squared_error' | undefined
  readonly 'max-depth': number | undefined
  readonly 'min-samples-leaf': number | undefined
  readonly 'min-samples-split': number | undefined
  readonly 'max-leaf-nodes': number | undefined
  readonly 'min-impurity-decrease': number | undefined
  readonly 'ccp-alpha': number | undefined
  readonly 'class-weight': string | undefined
  readonly prune: 'cv' | 'none' | undefined
  readonly folds: number | undefined
  readonly repeats: number
  readonly seed: number
  readonly 'test-size': number | undefined
}

/** Where growth is bounded by hand, what is not said is scikit-learn's default. */
const unbounded = { maxDepth: 100, minSamplesLeaf: 1, minSamplesSplit: 2 }

export function recipeOptions<T>(argv: Argv<T>) {
  const number = (describe: string, defaultDescription: string) =>
    ({ type: 'number', describe, defaultDescription }) as const
  return argv
    .option('criterion', {
      choices: ['gini', 'entropy', 'log_loss', 'squared_error'] as const,
      describe: 'impurity that a split reduces',
      defaultDescription: 'gini, or squared_error for numbers',
    })
    .option('prune', {
      choices: ['cv', 'none'] as const,
      describe: 'prune by cross-validation and the one-standard-error rule',
      defaultDescription: 'cv, unless one of the next seven is given',
    })
    .option('max-depth', number('most tests in a row', 'any'))
    .option('min-samples-leaf', number('fewest training rows in a leaf, or their share', '1; 5 with --prune cv'))
    .option('min-samples-split', number('fewest rows in a node that is split, or their share', '2'))
    .option('max-leaf-nodes', number('most leaves; the most useful divisions come first', 'any'))
    .option('min-impurity-decrease', number('least reduction of impurity by a split', '0'))
    .option('ccp-alpha', number('complexity parameter of cost-complexity pruning', '0'))
    .option('class-weight', {
      type: 'string',
      describe: 'balanced, or weights of answers as JSON',
      defaultDescription: 'all the same',
    })
    .option('folds', number('folds of cross-validation', '10, or rows of the rarest answer'))
    .option('repeats', { type: 'number', default: defaultMeasureOptions.repeats, describe: 'repeats of it' })
    .option('seed', { type: 'number', default: defaultMeasureOptions.seed, describe: 'seed by which rows are dealt' })
    .option('test-size', number('share of rows to hold out instead of cross-validation', 'none'))
    .requiresArg([
      ...['criterion', 'prune', 'max-depth', 'min-samples-leaf', 'min-samples-split', 'max-leaf-nodes'],
      ...['min-impurity-decrease', 'ccp-alpha', 'class-weight', 'folds', 'repeats', 'seed', 'test-size'],
    ])
}

/** @throws {CompileError} `bad-option` */
export function trainOptionsOf(argv: RecipeArguments): TrainOptions {
  const given = [
    argv['max-depth'],
    argv['min-samples-leaf'],
    argv['min-samples-split'],
    argv['max-leaf-nodes'],
    argv['min-impurity-decrease'],
    argv['ccp-alpha'],
  ]
  const prunes = argv.prune === undefined ? given.every((value) => value === undefined) : argv.prune === 'cv'
  if (argv.prune === 'cv' && argv['ccp-alpha'] !== undefined) {
    throw badOption('--ccp-alpha', argv['ccp-alpha'], 'no value beside --prune cv, which chooses it')
  }
  const base = prunes ? defaultTrainOptions : { ...defaultTrainOptions, ...unbounded }
  return {
    criterion: argv.criterion === 'log_loss' ? 'entropy' : (argv.criterion ?? null),
    maxDepth: argv['max-depth'] ?? base.maxDepth,
    minSamplesLeaf: argv['min-samples-leaf'] ?? base.minSamplesLeaf,
    minSamplesSplit: argv['min-samples-split'] ?? base.minSamplesSplit,
    maxLeafNodes: argv['max-leaf-nodes'] ?? null,
    minImpurityDecrease: argv['min-impurity-decrease'] ?? 0,
    ccpAlpha: argv['ccp-alpha'] ?? 0,
    classWeight: classWeightOf(argv['class-weight']),
    cuts: null,
    prune: prunes ? { folds: argv.folds ?? null, seed: argv.seed } : null,
  }
}

/** @throws {CompileError} `bad-option` */
export function measureOptionsOf(argv: RecipeArguments): MeasureOptions {
  const { folds = defaultMeasureOptions.folds, repeats, seed, 'test-size': testSize } = argv
  if (!(Number.isInteger(folds) && folds >= 2)) throw badOption('--folds', folds, 'a whole number of at least 2')
  if (!(Number.isInteger(repeats) && repeats >= 1))
    throw badOption('--repeats', repeats, 'a whole number of at least 1')
  if (!(Number.isInteger(seed) && seed >= 0)) throw badOption('--seed', seed, 'a whole number of at least 0')
  if (testSize !== undefined && !(testSize > 0 && testSize < 1)) {
    throw badOption('--test-size', testSize, 'a share between 0 and 1')
  }
  return { folds, repeats, seed, testSize: testSize ?? null }
}

/** `balanced`, JSON, or the object of a recipe file. */
function classWeightOf(text: unknown): TrainOptions['classWeight'] {
  if (text === undefined || text === 'balanced') return text ?? null
  if (typeof text === 'object' && text !== null) return text as Record<string, number>
  const takes = 'balanced, or weights of answers such as \'{"1": 2}\''
  try {
    const parsed: unknown = JSON.parse(String(text))
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, number>
  } catch {
    // Said below.
  }
  throw badOption('--class-weight', text, takes)
}
