import { at } from 'emp-compile-runtime/internal/at'
import { badOption } from '../errors.ts'
import type { Pruning, PruningStep } from '../evidence.ts'
import { foldsOf, mostFolds } from '../folds.ts'
import { allRows, type Table } from '../table.ts'
import type { Tree } from '../tree.ts'
import { addFoldLosses } from './fold-losses.ts'
import type { Grown } from './grow.ts'
import { LossSums, type PruneLoss } from './losses.ts'
import type { Objective } from './objective.ts'
import { pruneRuleOf, type TrainOptions } from './options.ts'
import { prune, pruningSequence, stepAt, treeAtStep } from './prune.ts'
import { judgedAt, shrunkLeaves, strengths } from './shrinkage.ts'
import { type GrownTree, growTree, treeObjective, treeOf } from './train.ts'

/** Most steps that are validated; of longer paths, steps spread evenly. */
const mostSteps = 60

/** How a tree is validated. */
interface Validation {
  readonly folds: number
  readonly seed: number
}

/**
 * Validates the pruning path by (stratified) cross-validation, and chooses the tree of least loss, or the smallest one
 * whose loss is within one standard error of it. Steps are judged with shares shrunk by {@link judgedAt}, and the chosen
 * one then told with the strength that did best.
 *
 * Source: Breiman et al. 1984, §3.4; parameters between steps by their geometric mean, as in rpart.
 *
 * @param rows the rows to train on; all by default.
 * @throws {CompileError} `bad-option` if there are fewer rows, or groups of them, than folds.
 */
export function crossValidatePath(
  table: Table,
  options: TrainOptions,
  validation: Validation,
  rows: Uint32Array = allRows(table),
): Pruning {
  const whole = growTree(table, options, rows)
  const sequence = pruningSequence(whole.grown)
  const path = thin(distinctSteps(sequence.path, whole.grown.impurity))
  const alphas = path.map(({ alpha }, i) => Math.sqrt(alpha * (path[i + 1]?.alpha ?? Number.POSITIVE_INFINITY)))
  const { by, rule } = pruneRuleOf(options)
  const losses = lossesOf(table, options, validation, rows, alphas, by)
  const known: Parameters<typeof treeOf>[3] = new Map()
  const steps = path.map((step, i) => {
    const strength = losses.strengthAt(i)
    const tree = treeOf(table, whole, treeAtStep(whole.grown, sequence, sequence.path.indexOf(step)), known)
    const wrong = table.target.kind === 'classes' ? { wrong: losses.wrongAt(i) } : {}
    return { ...step, tree, ...losses.lossAt(i), ...wrong, strength }
  })
  const best = steps.reduce((a, b) => (b.loss <= a.loss ? b : a))
  const chosen =
    rule === 'least' ? steps.indexOf(best) : steps.findLastIndex(({ loss }) => loss <= best.loss + best.error)
  const step = at(path, chosen)
  const grown = treeAtStep(whole.grown, sequence, sequence.path.indexOf(step))
  const tree = shrunkTree(table, whole, grown, at(steps, chosen).strength)
  return { steps: steps.map((one, i) => (i === chosen ? { ...one, tree } : one)), chosen, by, rule }
}

/** A tree that is not pruned by cross-validation, with shares of the strength that did best in it. */
export function shrinkByValidation(
  table: Table,
  options: TrainOptions,
  validation: Validation,
  rows: Uint32Array,
): { readonly tree: Tree; readonly strength: number } {
  const { ccpAlpha } = options
  const whole = growTree(table, options, rows)
  const grown = ccpAlpha > 0 ? prune(whole.grown, ccpAlpha).tree : whole.grown
  // Below every strength of a link, so that nothing is pruned.
  const alphas = [ccpAlpha > 0 ? ccpAlpha : -1]
  const strength = lossesOf(table, options, validation, rows, alphas, 'brier').strengthAt(0)
  return { tree: shrunkTree(table, whole, grown, strength), strength }
}

function shrunkTree(table: Table, whole: GrownTree, grown: Grown, strength: number): Tree {
  const { target } = table
  if (target.kind === 'number' || strength === 0) return treeOf(table, whole, grown)
  const told = shrunkLeaves(grown, whole.objective, target.answers.length, strength)
  return treeOf(table, whole, grown, new Map(), told)
}

/** What rows not seen lose, by step of pruning. */
interface PathLosses {
  strengthAt(step: number): number
  /** By the loss that was asked for. */
  lossAt(step: number): { readonly loss: number; readonly error: number }
  /** The share of rows answered wrongly. */
  wrongAt(step: number): { readonly loss: number; readonly error: number }
}

function lossesOf(
  table: Table,
  options: TrainOptions,
  { folds, seed }: Validation,
  rows: Uint32Array,
  alphas: readonly number[],
  by: PruneLoss,
): PathLosses {
  const foldOf = foldsOf(table, rows, folds, seed)
  if (foldOf === null)
    throw badOption(
      'folds',
      folds,
      `at most the number of ${(table.groups ?? null) === null ? 'rows' : 'groups'}: ${mostFolds(table, rows)}`,
    )
  const tried = table.target.kind === 'classes' && options.shrinkage === 'cv' ? strengths : [0]
  // The strength is chosen by the log loss, which costs shares that are too sure the most.
  const kinds = [...new Set([by, 'log-loss', 'error'] as const)]
  const sums = kinds.map(() => tried.map(() => new LossSums(alphas.length)))
  const weights = weightsOf(rows, table.rows, treeObjective(table, options, rows))
  for (let fold = 0; fold < folds; fold++) {
    const [others, heldOut] = divideByFold(rows, foldOf, fold)
    const trained = growTree(table, options, others)
    const own = pruningSequence(trained.grown)
    const lastSteps = Int32Array.from(alphas, (alpha) => stepAt(own, alpha))
    addFoldLosses(table, trained, own, heldOut, weights, { lastSteps, tried, kinds, sums })
    options.onPart?.(fold + 1, folds)
  }
  const ofKind = (kind: PruneLoss) => at(sums, kinds.indexOf(kind))
  const lossesAt = (kind: PruneLoss, step: number) => ofKind(kind).map((one) => one.at(step, rows.length))
  const placeAt = (step: number) => {
    const own = lossesAt('log-loss', step)
    return own.reduce((best, { loss }, i) => (loss < at(own, best).loss ? i : best), 0)
  }
  return {
    strengthAt: (step) => at(tried, placeAt(step)),
    lossAt: (step) => at(lossesAt(by, step), Math.max(0, tried.indexOf(judgedAt))),
    wrongAt: (step) => at(lossesAt('error', step), placeAt(step)),
  }
}

/** The rows of the other folds, and those of one. */
function divideByFold(rows: Uint32Array, foldOf: ArrayLike<number>, fold: number): readonly [Uint32Array, Uint32Array] {
  const [others, own] = [new Uint32Array(rows.length), new Uint32Array(rows.length)]
  let count = 0
  for (let i = 0; i < rows.length; i++) {
    if (foldOf[i] === fold) own[count++] = rows[i] as number
    else others[i - count] = rows[i] as number
  }
  return [others.slice(0, rows.length - count), own.slice(0, count)]
}

/** Of steps at the same complexity only the last: the smallest tree. What differs by rounding alone is the same. */
function distinctSteps(path: readonly PruningStep[], impurity: number): readonly PruningStep[] {
  const slack = 1e-15 * impurity
  return path.filter(({ alpha }, i) => (path[i + 1]?.alpha ?? Number.POSITIVE_INFINITY) > alpha * (1 + 1e-12) + slack)
}

function thin(path: readonly PruningStep[]): readonly PruningStep[] {
  if (path.length <= mostSteps) return path
  const kept = new Set(
    Array.from({ length: mostSteps }, (_, i) => Math.round((i * (path.length - 1)) / (mostSteps - 1))),
  )
  return path.filter((_, i) => kept.has(i))
}

/** What some rows of the table weigh; the others nothing. */
function weightsOf(rows: Uint32Array, all: number, objective: Objective): Float64Array {
  const statistics = new Float64Array(objective.channels)
  const weights = new Float64Array(all)
  for (const row of rows) {
    statistics.fill(0)
    objective.add(statistics, 0, row)
    weights[row] = objective.weight(statistics)
  }
  return weights
}
