import type { TableOptions } from './1-read/read.ts'
import { defaultTrainOptions, type TrainOptions } from './2-train/index.ts'
import type { GivenOptions } from './options.ts'
import type { Configured } from './schemes/scheme.ts'

/** All that made a model, by the names of the options: with the same data, a recipe that makes it again. */
export function recipeOf(
  options: TableOptions &
    TrainOptions & {
      readonly family?: string
      readonly training?: GivenOptions
      readonly how?: string | null
      readonly publishDistribution?: boolean
    },
  { scheme, given }: Configured,
): GivenOptions {
  const { target, delimiter, task = null, drop = [], categorical = [], sampleWeight = null } = options
  const all: GivenOptions = {
    model: options.family ?? 'tree',
    reveal: scheme.reveal,
    scheme: options.how ?? null,
    target,
    delimiter,
    task,
    drop: drop.length === 0 ? null : drop,
    categorical: categorical.length === 0 ? null : categorical,
    'sample-weight': sampleWeight,
    group: options.group ?? null,
    'publish-distribution': options.publishDistribution === true ? true : null,
    ...(options.training ?? treeRecipe(options)),
    ...given,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== undefined))
}

/** The options of training trees. */
function treeRecipe(options: TrainOptions): GivenOptions {
  const { criterion, ccpAlpha, classWeight, prune } = options
  return {
    criterion,
    prune: prune === null ? 'none' : 'cv',
    folds: prune?.folds ?? null,
    seed: prune?.seed ?? null,
    ...(prune === null ? boundsOf(options) : unusualBounds(options)),
    'ccp-alpha': ccpAlpha === 0 ? null : ccpAlpha,
    'class-weight': classWeight,
    levels: options.levelSets ? null : 'single',
  }
}

const boundsOf = (options: TrainOptions): GivenOptions => ({
  'max-depth': options.maxDepth,
  'min-samples-leaf': options.minSamplesLeaf,
  'min-samples-split': options.minSamplesSplit,
  'max-leaf-nodes': options.maxLeafNodes,
  'min-impurity-decrease': options.minImpurityDecrease,
})

/** The bounds beside pruning, which has defaults of its own for those that are not said. */
function unusualBounds(options: TrainOptions): GivenOptions {
  const usual = boundsOf(defaultTrainOptions)
  return Object.fromEntries(Object.entries(boundsOf(options)).filter(([name, bound]) => bound !== usual[name]))
}
