import { gridValue } from '../../runtime/grid.ts'
import type { Table, Target } from '../table.ts'
import type { Node, Tree } from '../tree.ts'
import { type Grown, grow } from './grow.ts'
import { type PlacedTable, placeMissing } from './missing.ts'
import { classification, meanCell, type Objective, squaredError } from './objective.ts'
import { boundsFor, checkTrainOptions, type TrainOptions } from './options.ts'
import { prune } from './prune.ts'
import { onPublicCuts } from './public-cuts.ts'

/**
 * Grows a CART tree on integer cells, and prunes it by `ccpAlpha`: at every node the cut of least weighted impurity,
 * ties to the lowest feature and then to the lowest cut, within the bounds of the options. Deterministic: neither the
 * order of the rows nor the machine plays a part.
 *
 * Source: Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees", 1984. The options mean what they
 * mean in scikit-learn, and where its tree does not depend on its random state, this is the same.
 *
 * @param rows the rows to train on; all by default.
 * @throws {CompileError} `bad-option`
 */
export function train(table: Table, options: TrainOptions, rows?: Uint32Array): Tree {
  const own = growTree(table, options, rows)
  return treeOf(table, own, options.ccpAlpha > 0 ? prune(own.grown, options.ccpAlpha).tree : own.grown)
}

/** What is grown of some rows, before it is pruned. */
export interface GrownTree {
  readonly placed: PlacedTable
  readonly objective: Objective
  readonly grown: Grown
}

export function growTree(table: Table, options: TrainOptions, rows?: Uint32Array): GrownTree {
  checkTrainOptions(options, table)
  // Rows that do not count are left out, as in scikit-learn, so that they do not count as rows of a leaf either.
  const all = rows ?? Uint32Array.from({ length: table.rows }, (_, row) => row)
  const own = table.weights === null ? all.slice() : all.filter((row) => table.weights?.[row] !== 0)
  const objective = objectiveOf(table, options, own)
  const placed = options.cuts === null ? placeMissing(table, own, objective) : onPublicCuts(table, options.cuts)
  return { placed, objective, grown: grow(placed.features, objective, own, boundsFor(options, all.length)) }
}

export function objectiveOf({ target, weights }: Table, options: TrainOptions, rows: Uint32Array): Objective {
  if (target.kind === 'number') return squaredError(target.cells, target.grid.step, weights)
  const { classes, answers } = target
  return classification({
    criterion: options.criterion === 'entropy' ? 'entropy' : 'gini',
    classes,
    answers: answers.length,
    classWeights: classWeights(target, options.classWeight, rows),
    sampleWeights: weights,
  })
}

/** One factor per answer. `balanced`: rows / (answers * rows of the answer), of the rows trained on. */
function classWeights(
  { classes, answers }: Extract<Target, { kind: 'classes' }>,
  given: TrainOptions['classWeight'],
  rows: Uint32Array,
): readonly number[] | null {
  if (given === null) return null
  if (given !== 'balanced') return answers.map((answer) => given[answer] ?? 1)
  const counts = new Float64Array(answers.length)
  for (const row of rows) counts[classes[row] ?? 0] = (counts[classes[row] ?? 0] ?? 0) + 1
  return Array.from(counts, (count) => (count === 0 ? 1 : rows.length / (answers.length * count)))
}

/** What has been grown, or what is left of it after pruning, as a Tree. */
export function treeOf({ source, target }: Table, { placed, objective }: GrownTree, grown: Grown): Tree {
  return {
    missingValues: source.missingValues,
    columns: placed.columns.map(({ column }) => column),
    features: placed.features.map(({ feature }) => feature),
    answers: target.kind === 'classes' ? target.answers : null,
    root: nodeOf(target, objective, placed.cuts, grown),
  }
}

function nodeOf(
  target: Target,
  objective: Objective,
  cuts: PlacedTable['cuts'],
  { statistics, split, impurity }: Grown,
): Node {
  if (split !== null) {
    const below = (side: Grown) => nodeOf(target, objective, cuts, side)
    const cut = cuts === null ? split.cut : cuts[split.feature]?.[split.cut]
    if (cut === undefined) throw new TypeError('a tree is divided at a cut that is not public')
    return { kind: 'split', feature: split.feature, cut, left: below(split.left), right: below(split.right) }
  }
  if (target.kind === 'number') {
    const { minimum, step } = target.grid
    const answer = minimum + step * meanCell(statistics)
    return { kind: 'mean', answer, rows: objective.rows(statistics), deviation: Math.sqrt(impurity) }
  }
  const counts = Array.from(statistics.subarray(0, target.answers.length))
  return { kind: 'leaf', answer: objective.answer(statistics), counts }
}

/** The answer that a table's target has for a row: a position, or a number in its unit. */
export function truthOf(target: Target, row: number): number {
  return target.kind === 'classes' ? (target.classes[row] ?? 0) : gridValue(target.grid, target.cells[row] ?? 0)
}
