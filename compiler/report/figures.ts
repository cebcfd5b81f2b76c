import { featureName } from '../../runtime/contract.ts'
import { fitTree } from '../2-train/fit.ts'
import { foldsOf, mostFolds, type Spread, seededRandom, spread, stratifiedSplit } from '../2-train/folds.ts'
import type { TrainOptions } from '../2-train/options.ts'
import { truthOf } from '../2-train/train.ts'
import { rowCells, type Table } from '../table.ts'
import { type Node, predict, rowsAt, type Tree } from '../tree.ts'
import { type ImpurityNode, impurityImportance, permutationImportance } from './importance.ts'
import { impurityAt } from './impurity.ts'
import {
  type ClassificationMetrics,
  classificationMetrics,
  type RegressionMetrics,
  regressionMetrics,
} from './metrics.ts'
import { type Restriction, restrictionOf } from './restriction.ts'

export type Metrics = ClassificationMetrics | RegressionMetrics

/** Figures on rows that the trees have not seen; every one of them followed the whole recipe, pruning included. */
export interface HeldOut {
  /** Null for a single held-out part. */
  readonly folds: number | null
  readonly repeats: number
  /** All rows held out, once each: the first repeat. */
  readonly pooled: Metrics
  /** Every number of the metrics over the parts, by its name. */
  readonly spreads: Readonly<Record<string, Spread>>
  /** For each pooled row its true and its given answer: positions, or numbers; and the chances of the answers. */
  readonly outcomes: readonly Outcome[]
}

export interface Outcome {
  readonly truth: number
  readonly given: number
  readonly chances: readonly number[]
}

export interface Importance {
  readonly name: string
  /** Its share of the decrease of impurity in the tree, every training row counted once. */
  readonly impurity: number
  /** By how much the accuracy, or the R², on the training rows drops when the feature is shuffled. */
  readonly permutation: Spread
}

export interface Figures {
  readonly task: 'classification' | 'regression'
  readonly training: Metrics
  readonly heldOut: HeldOut | null
  /** The accuracy of always giving the most frequent answer; the RMSE of always giving the mean. */
  readonly baseline: number
  readonly importances: readonly Importance[]
  /** Where trees are divided at public cuts only, and rows were held out. */
  readonly restriction?: Restriction
}

/** How the figures are measured. */
export interface MeasureOptions {
  readonly folds: number
  readonly repeats: number
  readonly seed: number
  /** A share of the rows to hold out instead of cross-validation; null for cross-validation. */
  readonly testSize: number | null
}

export const defaultMeasureOptions: MeasureOptions = { folds: 10, repeats: 1, seed: 0, testSize: null }

/** With more rows, a fifth is held out once: repeating would take minutes and tell no more. */
const mostValidatedRows = 20_000
const mostPermutedRows = 5_000

/** Scores a tree on its training rows, and its recipe on rows held out from it. */
export function measure(table: Table, tree: Tree, recipe: TrainOptions, options: MeasureOptions): Figures {
  const rows = Uint32Array.from({ length: table.rows }, (_, row) => row)
  const { target } = table
  const training = metricsOf(table, outcomesOf(table, tree, rows))
  const heldOut = heldOutFigures(table, recipe, options)
  const free = recipe.cuts === null ? null : heldOutFigures(table, { ...recipe, cuts: null }, options)
  return {
    task: target.kind === 'classes' ? 'classification' : 'regression',
    training,
    heldOut,
    baseline: baselineOf(table),
    importances: importancesOf(table, tree, recipe.criterion, options.seed),
    ...(recipe.cuts === null || heldOut === null || free === null
      ? {}
      : { restriction: restrictionOf(table, recipe.cuts, heldOut, free) }),
  }
}

function heldOutFigures(table: Table, recipe: TrainOptions, options: MeasureOptions): HeldOut | null {
  const { folds, repeats, seed, testSize } = options
  const rows = Uint32Array.from({ length: table.rows }, (_, row) => row)
  if (testSize !== null || table.rows > mostValidatedRows) {
    const classes = table.target.kind === 'classes' ? table.target.classes : new Int32Array(table.rows)
    const answers = table.target.kind === 'classes' ? table.target.answers.length : 1
    const split = stratifiedSplit(classes, answers, testSize ?? 0.2, seededRandom(seed))
    if (split.heldOut.length === 0) return null
    const outcomes = outcomesOf(
      table,
      fitTree(table, recipeFor(recipe, table, split.training), split.training).tree,
      split.heldOut,
    )
    return { folds: null, repeats: 1, outcomes, pooled: metricsOf(table, outcomes), spreads: {} }
  }
  const most = Math.min(folds, mostFolds(table.target, rows))
  const runs = Array.from({ length: repeats }, (_, repeat) => {
    const foldOf = most < 2 ? null : foldsOf(table.target, rows, most, seed + repeat)
    return Array.from({ length: foldOf === null ? 0 : most }, (_, fold) => {
      const others = rows.filter((row) => foldOf?.[row] !== fold)
      const inner = fitTree(table, recipeFor(recipe, table, others), others).tree
      return outcomesOf(
        table,
        inner,
        rows.filter((row) => foldOf?.[row] === fold),
      )
    })
  })
  const [first = []] = runs
  if (first.length === 0) return null
  const parts = runs.flat().map((outcomes) => metricsOf(table, outcomes))
  const outcomes = first.flat()
  return { folds: most, repeats, outcomes, pooled: metricsOf(table, outcomes), spreads: spreadsOf(parts) }
}

/** The recipe for some of the rows: with fewer folds where an answer has become too rare for as many as were asked for. */
function recipeFor(recipe: TrainOptions, { target }: Table, rows: Uint32Array): TrainOptions {
  if (recipe.prune === null || recipe.prune.folds === null) return recipe
  const folds = Math.min(recipe.prune.folds, mostFolds(target, rows))
  return { ...recipe, prune: folds < 2 ? null : { ...recipe.prune, folds } }
}

function spreadsOf(parts: readonly Metrics[]): Record<string, Spread> {
  const names = Object.keys(parts[0] ?? {}).filter((name) => !['rows', 'confusion'].includes(name))
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = parts.map((part) => (part as unknown as Record<string, number | null>)[name] ?? null)
      return values.every((value) => value !== null) ? [[name, spread(values)] as const] : []
    }),
  )
}

function outcomesOf(table: Table, tree: Tree, rows: Uint32Array): Outcome[] {
  const cells = cellsFor(table, tree)
  return Array.from(rows, (row) => {
    const leaf = predict(tree, cells(row))
    const total = rowsAt(leaf)
    const chances = leaf.kind === 'leaf' ? leaf.counts.map((count) => count / total) : []
    return { truth: truthOf(table.target, row), given: leaf.answer, chances }
  })
}

function metricsOf({ target }: Table, outcomes: readonly Outcome[]): Metrics {
  if (target.kind === 'number') {
    const [truth, given] = [outcomes.map((one) => one.truth), outcomes.map((one) => one.given)]
    return regressionMetrics({ truth: Float64Array.from(truth), given: Float64Array.from(given) })
  }
  return classificationMetrics({
    truth: Int32Array.from(outcomes, ({ truth }) => truth),
    given: Int32Array.from(outcomes, ({ given }) => given),
    probabilities: outcomes.map(({ chances }) => chances),
    classes: target.answers.length,
  })
}

function baselineOf({ target, rows }: Table): number {
  if (target.kind === 'classes') {
    const counts = target.answers.map((_, i) => target.classes.reduce((sum, answer) => sum + (answer === i ? 1 : 0), 0))
    return Math.max(...counts) / rows
  }
  const values = Float64Array.from(target.cells, (_, row) => truthOf(target, row))
  const mean = values.reduce((sum, value) => sum + value, 0) / rows
  return regressionMetrics({ truth: values, given: values.map(() => mean) }).rmse
}

function importancesOf(table: Table, tree: Tree, criterion: TrainOptions['criterion'], seed: number): Importance[] {
  const random = seededRandom(seed)
  const rows = Math.min(table.rows, mostPermutedRows)
  const chosen = Uint32Array.from({ length: rows }, (_, i) => Math.floor((i * table.rows) / rows))
  const allCells = Array.from(chosen, cellsFor(table, tree))
  const score = (permute: { readonly feature: number; readonly order: Uint32Array } | null) => {
    const outcomes = allCells.map((cells, i) => {
      const own =
        permute === null ? cells : cells.with(permute.feature, allCells[permute.order[i] ?? 0]?.[permute.feature] ?? 0)
      return { truth: truthOf(table.target, chosen[i] ?? 0), given: predict(tree, own).answer }
    })
    if (table.target.kind === 'classes') return outcomes.filter(({ truth, given }) => truth === given).length / rows
    const [truth, given] = [outcomes.map((one) => one.truth), outcomes.map((one) => one.given)]
    return regressionMetrics({ truth: Float64Array.from(truth), given: Float64Array.from(given) }).r2 ?? 0
  }
  const used = new Set(splitFeatures(tree.root))
  const impurities = impurityImportance(impurityNode(tree, tree.root, criterion), tree.features.length)
  // A feature that no split asks for changes nothing when it is shuffled.
  const permuted = [...used].sort((a, b) => a - b)
  const task = { features: permuted.length, rows, repeats: 5, random }
  const drops = permutationImportance({
    ...task,
    score: (permute) => score(permute === null ? null : { ...permute, feature: permuted[permute.feature] ?? 0 }),
  })
  return tree.features.map((feature, i) => ({
    name: featureName(feature),
    impurity: impurities[i] ?? 0,
    permutation: drops[permuted.indexOf(i)] ?? { mean: 0, deviation: 0 },
  }))
}

function splitFeatures(node: Node): number[] {
  return node.kind === 'split' ? [node.feature, ...splitFeatures(node.left), ...splitFeatures(node.right)] : []
}

function impurityNode(tree: Tree, node: Node, criterion: TrainOptions['criterion']): ImpurityNode {
  const own = { rows: rowsAt(node), impurity: impurityAt(tree, node, criterion) }
  if (node.kind !== 'split') return { ...own, split: null }
  const [left, right] = [impurityNode(tree, node.left, criterion), impurityNode(tree, node.right, criterion)]
  return { ...own, split: { feature: node.feature, left, right } }
}

/** The cells of a row as the tree counts them: where it keeps missing values below, everything moves up by one. */
export function cellsFor(table: Table, tree: Tree): (row: number) => number[] {
  const movedUp = table.features.map(({ feature }) => {
    const column = tree.columns.find(({ name }) => name === feature.column)
    return column?.kind === 'number' && column.missing === 'below' ? column.grid.size : null
  })
  return (row) =>
    rowCells(table, row).map((cell, i) => {
      const above = movedUp[i] ?? null
      return above === null ? cell : cell === above ? 0 : cell + 1
    })
}
