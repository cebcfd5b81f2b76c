import { type GivenOptions, type OptionValues, readOptions } from '../../options.ts'
import type { Target } from '../../table.ts'
import { checkClassWeight, classWeightOf, type TrainOptions, trainRows } from '../options.ts'

/** How a network is trained. */
export interface NetworkOptions {
  readonly layers: 1 | 2
  /** Units of a hidden layer; null to choose it by cross-validation. */
  readonly width: number | null
  /** How much large weights cost; null to choose it by cross-validation. */
  readonly decay: number | null
  /** How often it is trained from other weights; the model is the mean. */
  readonly starts: number
  /** Folds of that cross-validation; null for five, or as many as there are rows of the rarest answer. */
  readonly folds: number | null
  readonly seed: number
  readonly classWeight: TrainOptions['classWeight']
}

/** The options of training networks, those that trees have too among them. */
export const networkRows = {
  'hidden-layers': {
    type: 'choice',
    choices: [1, 2],
    default: 1,
    text: 'hidden layers of squares: 1 multiplies two numbers of a record, 2 multiply four',
  },
  width: {
    type: 'number',
    whole: true,
    least: 1,
    most: 32,
    text: 'units of a hidden layer',
    usual: 'by cross-validation',
  },
  decay: { type: 'number', above: 0, text: 'how much large weights cost', usual: 'by cross-validation' },
  starts: {
    type: 'number',
    whole: true,
    least: 1,
    most: 100,
    default: 4,
    text: 'trainings from different weights; the model is their mean',
  },
  'class-weight': trainRows['class-weight'],
  folds: trainRows.folds,
  seed: trainRows.seed,
} as const

/** @throws {CompileError} `bad-option` */
export function networkOptionsOf(given: GivenOptions, target: Target): NetworkOptions {
  const values: OptionValues<typeof networkRows> = readOptions(networkRows, given)
  const classWeight = classWeightOf(values['class-weight'])
  if (classWeight !== null) checkClassWeight(classWeight, target)
  return {
    layers: values['hidden-layers'],
    width: values.width ?? null,
    decay: values.decay ?? null,
    starts: values.starts,
    folds: values.folds ?? null,
    seed: values.seed,
    classWeight,
  }
}
