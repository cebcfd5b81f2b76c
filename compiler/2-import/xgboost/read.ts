import { at } from 'emp-compile-runtime/internal/at'
import { malformedModel, unsupported } from '../errors.ts'
import type { ForeignModel, ForeignTree } from '../foreign.ts'
import { newBudget } from '../gather.ts'
import {
  elements,
  finiteAt,
  has,
  integerAt,
  integersAt,
  member,
  memberAt,
  numbersAt,
  optional,
  type Spot,
  textAt,
} from '../json.ts'
import { limits } from '../limits.ts'
import type { ReaderOptions } from '../options.ts'
import { roundsTaken } from '../rounds.ts'
import { baseMargins } from './base-score.ts'
import { xgboostColumns } from './columns.ts'
import { xgboostObjective } from './objective.ts'
import { vectorLeaves, xgboostTree } from './tree.ts'

/**
 * A model that XGBoost 1.0 to 3.x wrote by `save_model`, as JSON or UBJSON: gbtree and dart, forests, categories,
 * several classes.
 *
 * @param root the whole file.
 * @throws {CompileError} naming the place in the file.
 */
export function readXgboost(root: Spot, options: ReaderOptions): ForeignModel {
  const { file } = root
  const [major, minor, patch] = integersAt(member(root, 'version'), -1, 9999)
  const version = [major ?? 0, minor ?? 0] as const
  const learner = member(root, 'learner')
  const parameters = member(learner, 'learner_model_param')
  const outputs = outputsOf(parameters)
  const columnCount = integerAt(member(parameters, 'num_feature'), 1, limits.columns)
  const objective = xgboostObjective(file, textAt(memberAt(learner, 'objective', 'name')), version, options)
  if ((objective.outcome.kind === 'several') !== outputs > 1) {
    throw unsupported(file, `${outputs} scores for the objective`, 'Train one model per target, or say --link softmax.')
  }

  const { model, weights } = boosterOf(member(learner, 'gradient_booster'))
  const all = elements(member(model, 'trees'), limits.trees)
  const rounds = roundsTaken(file, options, roundCount(model, all.length, outputs), bestRound(learner))
  const taken = all.slice(0, firstTreeOf(model, rounds.taken, all.length, outputs))
  const outputOf = integersAt(member(model, 'tree_info'), 0, outputs - 1, all.length)
  const weight = weights === null ? null : numbersAt(weights, all.length).map(Math.fround)
  const budget = newBudget()
  const trees = taken.map(
    (tree, i): ForeignTree => ({
      nodes: xgboostTree(tree, columnCount, budget),
      output: at(outputOf, i),
      weight: weight === null ? 1 : finiteAt({ ...tree, path: `weight_drop[${i}]`, value: at(weight, i) }),
    }),
  )
  return {
    source: { format: 'XGBoost', version: [...version, patch ?? 0].join('.'), rounds },
    ...xgboostColumns(learner, optional(model, 'cats'), columnCount),
    missing: 'taken',
    body: {
      kind: 'trees',
      trees,
      precision: 'float32',
      base: baseMargins(member(parameters, 'base_score'), outputs, objective.margin),
      baseComes: 'first',
      scale: 1,
      divisor: 1,
      single: false,
    },
    link: objective.link,
    outcome: objective.outcome,
  }
}

/** How many scores there are: `num_class`, which is 0 for one. */
function outputsOf(parameters: Spot): number {
  const targets = optional(parameters, 'num_target')
  if (targets !== null && integerAt(targets, 0, limits.outputs) > 1) throw vectorLeaves(parameters.file)
  return Math.max(1, integerAt(member(parameters, 'num_class'), 0, limits.outputs))
}

/** Where the trees are, and for dart the weight of each: in three places by version. */
function boosterOf(booster: Spot): { model: Spot; weights: Spot | null } {
  const name = textAt(member(booster, 'name'))
  if (name !== 'gbtree' && name !== 'dart') {
    throw unsupported(booster.file, `the booster ${JSON.stringify(name)}`, 'Train with booster gbtree or dart.')
  }
  const outer = has(booster, 'gbtree') ? member(booster, 'gbtree') : booster
  const model = member(outer, 'model')
  const size = optional(member(model, 'gbtree_model_param'), 'size_leaf_vector')
  if (size !== null && integerAt(size, 0, limits.outputs) > 1) throw vectorLeaves(booster.file)
  const weights = optional(booster, 'weight_drop') ?? optional(model, 'weight_drop')
  if (name === 'dart' && weights === null)
    throw malformedModel(booster.file, `${booster.path}.weight_drop`, undefined, 'a weight per tree')
  // Without dropped trees the list is written empty.
  return { model, weights: weights !== null && elements(weights).length > 0 ? weights : null }
}

/** Trees of one round, where the file does not list where rounds begin: one per output, times the trees of a forest. */
function treesPerRound(model: Spot, outputs: number): number {
  const parallel = optional(member(model, 'gbtree_model_param'), 'num_parallel_tree')
  return outputs * (parallel === null ? 1 : Math.max(1, integerAt(parallel, 0, limits.trees)))
}

function roundCount(model: Spot, trees: number, outputs: number): number {
  const starts = roundStarts(model, trees)
  if (starts !== null) return starts.length - 1
  const rounds = trees / treesPerRound(model, outputs)
  if (!Number.isInteger(rounds))
    throw malformedModel(
      model.file,
      `${model.path}.trees`,
      trees,
      `a multiple of ${treesPerRound(model, outputs)} trees`,
    )
  return rounds
}

/** From 2.0 on: where each round begins, and where the last ends. */
function roundStarts(model: Spot, trees: number): number[] | null {
  const spot = optional(model, 'iteration_indptr')
  if (spot === null) return null
  const starts = integersAt(spot, 0, trees)
  const ascending = starts.every((start, i) => i === 0 || start >= at(starts, i - 1))
  if (starts[0] !== 0 || starts.at(-1) !== trees || !ascending) {
    throw malformedModel(spot.file, spot.path, starts, `an ascending list from 0 to ${trees}`)
  }
  return starts
}

function firstTreeOf(model: Spot, round: number, trees: number, outputs: number): number {
  const starts = roundStarts(model, trees)
  return starts === null ? round * treesPerRound(model, outputs) : at(starts, round)
}

/** The best round by early stopping, from 0, as the training left it among the attributes. */
function bestRound(learner: Spot): number | null {
  const attributes = optional(learner, 'attributes')
  const best = attributes === null ? null : optional(attributes, 'best_iteration')
  return best === null ? null : integerAt(best, 0, limits.trees)
}
