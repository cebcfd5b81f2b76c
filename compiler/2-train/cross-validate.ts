import { at } from 'emp-compile-runtime/internal/at'
import { badOption } from '../errors.ts'
import type { Pruning, PruningStep } from '../evidence.ts'
import { foldsOf, mostFolds } from '../folds.ts'
import type { Codes, Table, Target } from '../table.ts'
import type { Tree } from '../tree.ts'
import type { Grown } from './grow.ts'
import { LossSums, lossOfChances, type PruneLoss } from './losses.ts'
import { meanCell, type Objective } from './objective.ts'
import { pruneRuleOf, type TrainOptions } from './options.ts'
import { type PruningSequence, prune, pruningSequence, stepAt, treeAtStep } from './prune.ts'
import { judgedAt, sharesAt, shrunk, shrunkLeaves, strengths } from './shrinkage.ts'
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
  rows: Uint32Array = Uint32Array.from({ length: table.rows }, (_, row) => row),
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
  // The strength is chosen by a proper score. Wrong answers hardly tell one from another.
  const kinds = [...new Set([by, by === 'log-loss' ? by : 'brier', 'error'] as const)]
  const sums = kinds.map(() => tried.map(() => new LossSums(alphas.length)))
  const weights = weightsOf(rows, treeObjective(table, options, rows))
  for (let fold = 0; fold < folds; fold++) {
    const isHeldOut = (i: number) => foldOf[i] === fold
    const trained = growTree(
      table,
      options,
      rows.filter((_, i) => !isHeldOut(i)),
    )
    const own = pruningSequence(trained.grown)
    const lastSteps = Int32Array.from(alphas, (alpha) => stepAt(own, alpha))
    const root = stopsOf(table, trained, own, trained.grown, tried)
    for (let i = 0; i < rows.length; i++) {
      if (isHeldOut(i)) addLosses(table, root, at(rows, i), at(weights, i), lastSteps, kinds, sums)
    }
    options.onPart?.(fold + 1, folds)
  }
  const ofKind = (kind: PruneLoss) => at(sums, kinds.indexOf(kind))
  const lossesAt = (kind: PruneLoss, step: number) => ofKind(kind).map((one) => one.at(step, rows.length))
  const placeAt = (step: number) => {
    const own = lossesAt(by === 'log-loss' ? by : 'brier', step)
    return own.reduce((best, { loss }, i) => (loss < at(own, best).loss ? i : best), 0)
  }
  return {
    strengthAt: (step) => at(tried, placeAt(step)),
    lossAt: (step) => at(lossesAt(by, step), Math.max(0, tried.indexOf(judgedAt))),
    wrongAt: (step) => at(lossesAt('error', step), placeAt(step)),
  }
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

/** A node of a tree where, from a step of pruning on, rows stop. */
interface Stop {
  readonly step: number
  /** Its mean in cells, or for each strength the chances of all answers. */
  readonly told: number | Float64Array
  readonly split: {
    readonly codes: Codes
    /** Rows of a code below this go left. */
    readonly first: number
    readonly left: Stop
    readonly right: Stop
  } | null
}

function stopsOf(
  table: Table,
  tree: GrownTree,
  sequence: PruningSequence,
  node: Grown,
  tried: readonly number[],
  around: readonly Float64Array[] | null = null,
): Stop {
  const { objective, features } = tree
  const { target } = table
  const answers = target.kind === 'classes' ? target.answers.length : 0
  const own = sharesAt(node.statistics, objective, answers)
  const rows = objective.rows(node.statistics)
  const shares = tried.map((strength, i) => shrunk(own, rows, around === null ? null : at(around, i), strength))
  const told =
    target.kind === 'number'
      ? meanCell(node.statistics)
      : Float64Array.from({ length: tried.length * answers }, (_, i) =>
          at(at(shares, Math.floor(i / answers)), i % answers),
        )
  if (node.split === null) return { step: 0, told, split: null }
  const { codes, cells } = at(features, node.split.feature)
  const first = firstAbove(cells, node.split.cut)
  const left = stopsOf(table, tree, sequence, node.split.left, tried, shares)
  const right = stopsOf(table, tree, sequence, node.split.right, tried, shares)
  return { step: sequence.stepOf(node), told, split: { codes, first, left, right } }
}

/** The position of the first cell above a cut; the cells ascend. */
function firstAbove(cells: Int32Array, cut: number): number {
  let [from, to] = [0, cells.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (at(cells, middle) <= cut) from = middle + 1
    else to = middle
  }
  return from
}

/** What every row weighs. */
function weightsOf(rows: Uint32Array, objective: Objective): Float64Array {
  const statistics = new Float64Array(objective.channels)
  return Float64Array.from(rows, (row) => {
    statistics.fill(0)
    objective.add(statistics, 0, row)
    return objective.weight(statistics)
  })
}

/**
 * Adds a row's losses at every step: down the tree, a node answers at the steps from its own up to its parent's.
 *
 * @param lastSteps ascending: for each of the steps of the whole tree, that of this one.
 * @param sums by kind of loss, and by strength.
 */
function addLosses(
  { target }: Table,
  root: Stop,
  row: number,
  weight: number,
  lastSteps: Int32Array,
  kinds: readonly PruneLoss[],
  sums: readonly (readonly LossSums[])[],
): void {
  let open = lastSteps.length
  for (let node = root; ; ) {
    if (open > 0 && (lastSteps[open - 1] as number) >= node.step) {
      const from = open
      for (; open > 0 && (lastSteps[open - 1] as number) >= node.step; open--);
      for (const [k, kind] of kinds.entries()) {
        for (const [s, own] of at(sums, k).entries()) {
          const loss = lossOf(target, node.told, row, kind, s)
          for (let step = open; step < from; step++) own.add(step, weight, loss)
        }
      }
    }
    if (node.split === null || open === 0) return
    const { codes, first, left, right } = node.split
    node = (codes[row] as number) < first ? left : right
  }
}

/** The squared error of a mean; of chances, what is lost by those of a strength. */
function lossOf(target: Target, told: number | Float64Array, row: number, kind: PruneLoss, strength: number): number {
  if (target.kind === 'number') return (target.grid.step * (Number(told) - at(target.cells, row))) ** 2
  const answers = target.answers.length
  if (typeof told === 'number') throw new TypeError('a number where there are answers')
  return lossOfChances(kind, told, strength * answers, answers, at(target.classes, row))
}
