import { type GivenOptions, type OptionValues, readOptions } from '../../options.ts'
import type { Target } from '../../table.ts'
import { checkClassWeight, classWeightOf, type TrainOptions, trainRows } from '../options.ts'

/** How a linear model is trained. */
export interface LinearOptions {
  /** 0 for ridge, 1 for the lasso, between for the elastic net. */
  readonly l1: number
  /** How much large weights cost; null to choose it by cross-validation. */
  readonly penalty: number | null
  /** Folds of that cross-validation; null for ten, or as many as there are rows or groups. */
  readonly folds: number | null
  readonly seed: number
  readonly classWeight: TrainOptions['classWeight']
}

/** The options of training linear models, those that trees have too among them. */
export const linearRows = {
  'l1-ratio': {
    type: 'number',
    least: 0,
    most: 1,
    default: 0,
    text: 'share of the penalty that makes weights 0: 0 is ridge, 1 the lasso',
  },
  penalty: {
    type: 'number',
    above: 0,
    text: 'strength of the penalty on weights, or on unlike points of neighbours',
    usual: 'by cross-validation',
  },
  'class-weight': trainRows['class-weight'],
  folds: trainRows.folds,
  seed: trainRows.seed,
} as const

/** @throws {CompileError} `bad-option` */
export function linearOptionsOf(given: GivenOptions, target: Target): LinearOptions {
  const values: OptionValues<typeof linearRows> = readOptions(linearRows, given)
  const classWeight = classWeightOf(values['class-weight'])
  if (classWeight !== null) checkClassWeight(classWeight, target)
  return {
    l1: values['l1-ratio'],
    penalty: values.penalty ?? null,
    folds: values.folds ?? null,
    seed: values.seed,
    classWeight,
  }
}
