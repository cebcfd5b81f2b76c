import { at } from 'emp-compile-runtime/internal/at'
import { allRows, type Table, type TableFeature, type Target } from '../table.ts'
import type { Node, Tree } from '../tree.ts'
import { type Grown, grow } from './grow.ts'
import { type LevelOrder, orderLevels } from './level-orders.ts'
import { type PlacedTable, placeMissing } from './missing.ts'
import { classification, meanCell, type Objective, squaredError } from './objective.ts'
import { onPublicCuts } from './on-public-cuts.ts'
import { boundsFor, checkTrainOptions, type TrainOptions } from './options.ts'
import { prune } from './prune.ts'
import type { ToldShares } from './shrinkage.ts'

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
export function trainTree(table: Table, options: TrainOptions, rows?: Uint32Array): Tree {
  const own = growTree(table, options, rows)
  return treeOf(table, own, options.ccpAlpha > 0 ? prune(own.grown, options.ccpAlpha).tree : own.grown)
}

/** What is grown of some rows, before it is pruned. */
export interface GrownTree {
  readonly placed: PlacedTable
  readonly objective: Objective
  /** The features that it was grown on: those of `placed`, then one for every order of levels. */
  readonly features: readonly TableFeature[]
  readonly orders: readonly LevelOrder[]
  readonly grown: Grown
}

export function growTree(table: Table, options: TrainOptions, rows?: Uint32Array): GrownTree {
  checkTrainOptions(options, table)
  // Rows that do not count are left out, as in scikit-learn, so that they do not count as rows of a leaf either.
  const all = rows ?? allRows(table)
  const own = table.weights === null ? all.slice() : all.filter((row) => table.weights?.[row] !== 0)
  const objective = treeObjective(table, options, own)
  const placed = options.cuts === null ? placeMissing(table, own, objective) : onPublicCuts(table, options.cuts)
  const { features, orders } = options.levelSets
    ? orderLevels(table, placed.features, own)
    : { features: placed.features, orders: [] }
  return { placed, objective, features, orders, grown: grow(features, objective, own, boundsFor(options, all.length)) }
}

export function treeObjective({ target, weights }: Table, options: TrainOptions, rows: Uint32Array): Objective {
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

/** One factor per answer, null where all are 1. `balanced`: rows / (answers * rows of the answer), of the rows trained on. */
export function classWeights(
  { classes, answers }: Extract<Target, { kind: 'classes' }>,
  given: TrainOptions['classWeight'],
  rows: Uint32Array,
): readonly number[] | null {
  if (given === null) return null
  if (given !== 'balanced') return answers.map((answer) => given[answer] ?? 1)
  const counts = new Float64Array(answers.length)
  for (const row of rows) counts[at(classes, row)] = at(counts, at(classes, row)) + 1
  return Array.from(counts, (count) => (count === 0 ? 1 : rows.length / (answers.length * count)))
}

/**
 * What has been grown, or what is left of it after pruning, as a Tree.
 *
 * @param known the nodes made of what other trees of one pruning have in common with it.
 * @param told what leaves tell in place of their own shares.
 */
export function treeOf(
  { source, target }: Table,
  tree: GrownTree,
  grown: Grown,
  known: Map<Grown, Node> = new Map(),
  told: ToldShares = new Map(),
): Tree {
  const { placed } = tree
  return {
    family: 'tree',
    missingValues: source.missingValues,
    columns: placed.columns.map(({ column }) => column),
    features: placed.features.map(({ feature }) => feature),
    // On a scale of its own a column has cuts that do not follow from its Grid.
    ...(placed.cuts !== null && placed.columns.some(({ scale }) => scale === 'log') ? { cuts: placed.cuts } : {}),
    answers: target.kind === 'classes' ? target.answers : null,
    root: nodeOf(target, tree, grown, known, told),
  }
}

function nodeOf(target: Target, tree: GrownTree, grown: Grown, known: Map<Grown, Node>, told: ToldShares): Node {
  const node = known.get(grown) ?? makeNode(target, tree, grown, known, told)
  known.set(grown, node)
  return node
}

function makeNode(target: Target, tree: GrownTree, grown: Grown, known: Map<Grown, Node>, told: ToldShares): Node {
  const { split } = grown
  if (split === null) return leafOf(target, tree, grown, told)
  const { placed, orders } = tree
  const left = nodeOf(target, tree, split.left, known, told)
  const right = nodeOf(target, tree, split.right, known, told)
  const order = orders[split.feature - placed.features.length]
  if (order !== undefined) return setSplit(order, split.cut, left, right)
  const cut = placed.cuts === null ? split.cut : placed.cuts[split.feature]?.[split.cut]
  if (cut === undefined) throw new TypeError('a tree is divided at a cut that is not public')
  return { kind: 'split', feature: split.feature, cut, left, right }
}

function leafOf(target: Target, { objective }: GrownTree, grown: Grown, told: ToldShares): Node {
  const { statistics, impurity } = grown
  const weights = objective.weights(statistics)
  if (target.kind === 'number') {
    const { minimum, step } = target.grid
    const answer = minimum + step * meanCell(statistics)
    const own = { kind: 'mean', answer, rows: objective.rows(statistics), deviation: Math.sqrt(impurity) } as const
    return weights === null ? own : { ...own, weight: at(weights, 0) }
  }
  const counts = Array.from(statistics.subarray(0, target.answers.length))
  const leaf = { kind: 'leaf', answer: objective.answer(statistics), counts, ...told.get(grown) } as const
  // Sums that were subtracted leave the rounding of doubles where there is no row.
  return weights === null ? leaf : { ...leaf, weights: weights.map((weight, i) => (counts[i] === 0 ? 0 : weight)) }
}

/** A cut of ranks as a set of levels: the ones on the side where the missing value is not. */
function setSplit({ featureOf }: LevelOrder, cut: number, left: Node, right: Node): Node {
  const isMissingLeft = featureOf.indexOf(null) <= cut
  const set = isMissingLeft ? featureOf.slice(cut + 1) : featureOf.slice(0, cut + 1)
  // In the order of the table: the order of the levels is nobody's business.
  const [feature, ...also] = set.filter((level) => level !== null).toSorted((a, b) => a - b)
  if (feature === undefined) throw new TypeError('a cut of ranks has no level on one side')
  const sides = isMissingLeft ? { left, right } : { left: right, right: left }
  return { kind: 'split', feature, cut: 0, ...(also.length === 0 ? {} : { also }), ...sides }
}
