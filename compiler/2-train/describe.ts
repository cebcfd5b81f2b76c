import { pruneRuleOf, type TrainOptions } from './options.ts'

/** A recipe in a sentence, for the card. */
export function describeTraining(options: TrainOptions, isOfNumbers: boolean): string {
  const criterion = options.criterion ?? (isOfNumbers ? 'squared_error' : 'gini')
  return (
    `CART by ${criterion}; depth at most ${options.maxDepth}, at least ${options.minSamplesLeaf} rows in a leaf and ` +
    `${options.minSamplesSplit} in a node that is divided${describeFurther(options, isOfNumbers)}.`
  )
}

/** The options that are not in force by default. */
function describeFurther(options: TrainOptions, isOfNumbers: boolean): string {
  const { maxLeafNodes, minImpurityDecrease, ccpAlpha, classWeight, levelSets, prune } = options
  const levels = levelSets ? '' : '; texts divided by single levels'
  const leaves = maxLeafNodes === null ? '' : `; at most ${maxLeafNodes} leaves, the most useful divisions first`
  const decrease =
    minImpurityDecrease === 0 ? '' : `; no division that reduces the impurity by less than ${minImpurityDecrease}`
  const weights =
    classWeight === null
      ? ''
      : `; answers weighted ${classWeight === 'balanced' ? 'inversely to their frequency' : JSON.stringify(classWeight)}`
  const pruned =
    prune === null
      ? ''
      : `; pruned by ${prune.folds ?? 'up to ten'}-fold cross-validation ${describeRule(options, isOfNumbers)}`
  const isShrunk = !isOfNumbers && options.shrinkage === 'cv'
  const shares = isShrunk ? '; shares of leaves shrunk towards those of larger groups, by cross-validation' : ''
  return `${leaves}${decrease}${weights}${levels}${pruned}${ccpAlpha === 0 ? '' : `; pruned with complexity parameter ${ccpAlpha}`}${shares}`
}

function describeRule(options: TrainOptions, isOfNumbers: boolean): string {
  const { by, rule } = pruneRuleOf(options)
  const loss = isOfNumbers
    ? 'squared error'
    : { brier: 'Brier score', 'log-loss': 'log loss', error: 'share of errors' }[by]
  return rule === 'least' ? `to the least ${loss}` : `by the ${loss} and the one-standard-error rule`
}
