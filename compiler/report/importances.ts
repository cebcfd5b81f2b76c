import { at } from 'emp-compile-runtime/internal/at'
import { type Spread, seededRandom } from '../folds.ts'
import type { Model } from '../model.ts'
import type { Table } from '../table.ts'
import { type Node, type Tree, weightsAt } from '../tree.ts'
import { scoreSplits } from '../trees.ts'
import { type ImpurityNode, impurityImportance, permutationImportance } from './importance.ts'
import { type Impurity, impurityAt } from './impurity.ts'
import { type JudgedPart, type JudgedRow, judgedRows } from './judged.ts'
import { regressionMetrics } from './metrics.ts'
import { outcomeOf } from './outcome.ts'

/** How much one column matters. */
export interface ColumnImportance {
  readonly name: string
  /** Of trees: its share of the decrease of impurity, on training rows. */
  readonly impurity?: number
  /** By how much the accuracy, or the R², drops when the column is shuffled. */
  readonly permutation: Spread
}

const mostPermutedRows = 5_000

/**
 * Of every column. Columns are shuffled over all rows, each of which is judged by a model that has not seen it, if there are
 * such; all features of a column move together.
 *
 * @param parts the rows to judge, and by which models.
 */
export function importancesOf(
  table: Table,
  model: Model,
  parts: readonly JudgedPart[],
  criterion: Impurity,
  seed: number,
): ColumnImportance[] {
  const judged = judgedRows(table, parts, mostPermutedRows)
  const names = table.columns.map(({ column }) => column.name)
  const featuresOf = names.map((name) =>
    table.features.flatMap(({ feature }, i) => (feature.column === name ? [i] : [])),
  )
  // A column that no model uses changes nothing when it is shuffled.
  const used = parts.map((part) => usedFeatures(part.model))
  const permuted = names.flatMap((_, i) =>
    used.some((own) => at(featuresOf, i).some((feature) => own.has(feature))) ? [i] : [],
  )
  const drops = permutationImportance({
    features: permuted.length,
    rows: judged.length,
    repeats: 5,
    random: seededRandom(seed),
    score: (permute) =>
      scoreOf(
        table,
        permute === null
          ? judged
          : judged.map((one, i) =>
              withCellsOf(one, at(judged, at(permute.order, i)), at(featuresOf, at(permuted, permute.feature))),
            ),
      ),
  })
  const impurities =
    model.family === 'tree'
      ? impurityImportance(impurityNode(model, model.root, criterion), model.features.length)
      : null
  return names.map((name, i) => ({
    name,
    ...(impurities === null
      ? {}
      : { impurity: at(featuresOf, i).reduce((sum, feature) => sum + at(impurities, feature), 0) }),
    permutation: drops[permuted.indexOf(i)] ?? { mean: 0, deviation: 0 },
  }))
}

/** The columns that matter, the most important one first. */
export function mattering(importances: readonly ColumnImportance[]): readonly string[] {
  return importances
    .filter(({ permutation, impurity = 0 }) => permutation.mean > 0 || impurity > 0)
    .toSorted((a, b) => b.permutation.mean - a.permutation.mean)
    .map(({ name }) => name)
}

/** A row with some of the cells of another one. */
function withCellsOf(one: JudgedRow, other: JudgedRow, features: readonly number[]): JudgedRow {
  const cells = [...one.cells]
  for (const feature of features) cells[feature] = at(other.cells, feature)
  return { ...one, cells }
}

/** The accuracy, or R²; larger is better. */
function scoreOf({ target }: Table, judged: readonly JudgedRow[]): number {
  const given = judged.map(({ model, move, cells }) => outcomeOf(model, move(cells)).given)
  const all = judged.reduce((sum, { weight }) => sum + weight, 0)
  if (all === 0) return 0
  if (target.kind === 'classes')
    return judged.reduce((sum, { truth, weight }, i) => sum + (truth === given[i] ? weight : 0), 0) / all
  const data = { truth: Float64Array.from(judged, ({ truth }) => truth), given: Float64Array.from(given) }
  return regressionMetrics({ ...data, weights: Float64Array.from(judged, ({ weight }) => weight) }).r2 ?? 0
}

/** The features that may change what a model answers. */
function usedFeatures(model: Model): ReadonlySet<number> {
  switch (model.family) {
    case 'tree':
      return new Set(splitFeatures(model.root))
    case 'linear':
      return new Set(
        model.inputs.flatMap(({ feature }, i) => (model.weights.some((row) => row[i] !== 0) ? [feature] : [])),
      )
    case 'network':
      return new Set(
        model.monomials.flatMap((monomial, i) =>
          model.weights.some((row) => row[i] !== 0) ? monomial.map((place) => at(model.inputs, place).feature) : [],
        ),
      )
    case 'additive': {
      const counts = model.columns.map(({ points }) => new Set(points.map((own) => own.join())).size > 1)
      const paired = model.pairs.flatMap(({ columns }) => columns)
      const names = model.columns.flatMap(({ column }, i) =>
        counts[i] === true || paired.includes(i) ? [column.name] : [],
      )
      return new Set(model.features.flatMap(({ column }, i) => (names.includes(column) ? [i] : [])))
    }
    case 'boosted':
      return new Set(
        model.trees
          .flatMap(({ root }) => scoreSplits(root))
          .map(({ column }) => at(model.columns, column).name)
          .flatMap((name) => model.features.flatMap((feature, i) => (feature.column === name ? [i] : []))),
      )
    default:
      return model satisfies never
  }
}

function splitFeatures(node: Node): number[] {
  return node.kind === 'split'
    ? [node.feature, ...(node.also ?? []), ...splitFeatures(node.left), ...splitFeatures(node.right)]
    : []
}

function impurityNode(tree: Tree, node: Node, criterion: Impurity): ImpurityNode {
  const own = {
    rows: weightsAt(node).reduce((sum, weight) => sum + weight, 0),
    impurity: impurityAt(tree, node, criterion),
  }
  if (node.kind !== 'split') return { ...own, split: null }
  const [left, right] = [impurityNode(tree, node.left, criterion), impurityNode(tree, node.right, criterion)]
  const { feature, also = [] } = node
  return { ...own, split: { feature, also, left, right } }
}
