import { badOption } from '../errors.ts'
import type { Pruning, TrainingEvidence } from '../evidence.ts'
import { mostFolds } from '../folds.ts'
import { type Family, families, type Model } from '../model.ts'
import type { GivenOptions, OptionTable } from '../options.ts'
import type { Table } from '../table.ts'
import { additiveOptionsOf, additiveRows, describeAdditive } from './additive/rows.ts'
import { trainPoints } from './additive/train.ts'
import { boostedOptionsOf, boostedRows, describeBoosted } from './boosted/options.ts'
import { trainBoosted } from './boosted/train.ts'
import { describeTraining } from './describe.ts'
import { fitTree } from './fit.ts'
import { describeLinear } from './linear/describe.ts'
import { linearOptionsOf, linearRows } from './linear/options.ts'
import { trainLinear } from './linear/train.ts'
import { describeNetwork } from './network/describe.ts'
import { networkOptionsOf, networkRows } from './network/options.ts'
import { trainNetwork } from './network/train.ts'
import { type TrainOptions, trainRows } from './options.ts'

export { defaultTrainOptions, type TrainOptions, trainOptionsOf, trainRows } from './options.ts'

/** A model, and the recipe that made it. */
export interface Trained {
  readonly model: Model
  /** Null where the recipe does not prune by cross-validation. */
  readonly pruning: Pruning | null
  readonly evidence: TrainingEvidence
  /** Follows the whole recipe again on some of the rows; with `freely`, without public cuts if it has any. */
  readonly refit: FitRows
}

/** @returns null for `freely` where the recipe has no public cuts anyway. */
export type FitRows = (rows: Uint32Array, freely?: 'freely') => Model | null

/** What trains a family: its options, and a recipe by them. */
interface Trainer {
  readonly options: OptionTable
  /** @param given the values of its options; those of trees stand in `options`. @throws {CompileError} `bad-option` */
  train(table: Table, options: TrainOptions, given: GivenOptions): Trained
}

const tree: Trainer = {
  options: trainRows,
  train: (table, options) => {
    const { strength, ...fitted } = fitTree(table, options)
    return {
      ...fitted,
      evidence: {
        strength,
        description: describeTraining(options, table.target.kind === 'number'),
        impurity: options.criterion === 'entropy' ? 'entropy' : 'gini',
        cuts: options.cuts,
      },
      refit: (rows, freely) => {
        const own = recipeFor(options, table, rows)
        if (freely === undefined) return fitTree(table, own, rows).model
        return options.cuts === null ? null : fitTree(table, { ...own, cuts: null }, rows).model
      },
    }
  },
}

const linear: Trainer = {
  options: linearRows,
  train(table, { onPart }, given) {
    const options = linearOptionsOf(given, table.target)
    return {
      model: trainLinear(table, options, undefined, onPart),
      pruning: null,
      evidence: { description: describeLinear(options, table.target), cuts: null },
      refit: (rows, freely) => (freely === undefined ? trainLinear(table, options, rows) : null),
    }
  },
}

const network: Trainer = {
  options: networkRows,
  train(table, { onPart }, given) {
    const options = networkOptionsOf(given, table.target)
    return {
      model: trainNetwork(table, options, undefined, onPart),
      pruning: null,
      evidence: { description: describeNetwork(options, table.target), cuts: null },
      refit: (rows, freely) => (freely === undefined ? trainNetwork(table, options, rows) : null),
    }
  },
}

const additive: Trainer = {
  options: additiveRows,
  train(table, { cuts, onPart }, given) {
    const options = additiveOptionsOf(given, cuts)
    return {
      model: trainPoints(table, options, undefined, onPart),
      pruning: null,
      evidence: { description: describeAdditive(options, table.target), cuts: null },
      refit: (rows, freely) => (freely === undefined ? trainPoints(table, options, rows) : null),
    }
  },
}

const boosted: Trainer = {
  options: boostedRows,
  train(table, { cuts, onPart }, given) {
    const options = boostedOptionsOf(given, cuts, table.target)
    return {
      model: trainBoosted(table, options, undefined, onPart),
      pruning: null,
      evidence: { description: describeBoosted(options, table.target), cuts: null },
      refit: (rows, freely) => (freely === undefined ? trainBoosted(table, options, rows) : null),
    }
  },
}

/** What trains each family. */
const trainers: Readonly<Partial<Record<Family, Trainer>>> = { tree, additive, linear, boosted, network }

/** The options of training of every family. One that several have means the same in each, and is declared alike. */
export const trainerRows = { ...networkRows, ...linearRows, ...additiveRows, ...boostedRows, ...trainRows }

/** The options that a family's training has. */
export const optionsOfTraining = (family: Family): OptionTable => trainers[family]?.options ?? {}

/** The families that are trained here; models of the others are imported. */
export const trainedFamilies = families.filter((family) => family in trainers)

/** The families whose training has an option. */
export const familiesWith = (option: string): readonly string[] =>
  Object.entries(trainers).flatMap(([family, { options }]) => (option in options ? [family] : []))

/** Trains a model of a family by its recipe. @throws {CompileError} `bad-option` */
export function trainModel(
  table: Table,
  options: TrainOptions,
  family: Family = 'tree',
  given: GivenOptions = {},
): Trained {
  const trainer = trainers[family]
  if (trainer === undefined)
    throw badOption('model', family, `${trainedFamilies.join(', ')}, or a model file to import`)
  return trainer.train(table, options, given)
}

/** The recipe for some of the rows: with fewer folds where there are no longer as many rows or groups. */
function recipeFor(recipe: TrainOptions, table: Table, rows: Uint32Array): TrainOptions {
  if (recipe.prune === null || recipe.prune.folds === null) return recipe
  const folds = Math.min(recipe.prune.folds, mostFolds(table, rows))
  return { ...recipe, prune: folds < 2 ? null : { ...recipe.prune, folds } }
}
