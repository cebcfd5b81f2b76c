import type { Table, TableFeature } from '../table.ts'
import type { Node, Tree } from '../tree.ts'
import { type Criterion, entropy, gini } from './criterion.ts'
import { placeMissing } from './missing.ts'
import { checkTrainOptions, type TrainOptions } from './options.ts'
import { bestCut, type Candidate } from './split.ts'

/**
 * Grows a CART tree on integer cells: at every node the cut of least weighted impurity, ties to the lowest feature
 * and then to the lowest cut, until a node is pure or a bound of the options is met. Deterministic: neither the order
 * of the rows nor the machine plays a part.
 *
 * Source: Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees", 1984. Bounds as in scikit-learn.
 *
 * @param rows the rows to train on; all by default.
 * @throws {CompileError} `bad-option`
 */
export function train(table: Table, options: TrainOptions, rows?: Int32Array): Tree {
  checkTrainOptions(options)
  const all = rows ?? Int32Array.from({ length: table.rows }, (_, row) => row)
  const criterion = criterionOf(options)
  const placed = placeMissing(table, all, criterion)
  const growth: Growth = {
    features: placed.features,
    classes: table.target.classes,
    answers: table.target.answers.length,
    criterion,
    options,
  }
  return {
    missingValues: table.source.missingValues,
    columns: placed.columns.map(({ column }) => column),
    features: placed.features.map(({ feature }) => feature),
    answers: table.target.answers,
    root: grow(growth, all, 0),
  }
}

export function criterionOf({ criterion }: Pick<TrainOptions, 'criterion'>): Criterion {
  return criterion === 'gini' ? gini : entropy
}

interface Growth {
  readonly features: readonly TableFeature[]
  readonly classes: Int32Array
  readonly answers: number
  readonly criterion: Criterion
  readonly options: TrainOptions
}

function grow(growth: Growth, rows: Int32Array, depth: number): Node {
  const { features, classes, criterion, options } = growth
  const counts = countClasses(classes, rows, growth.answers)
  const isPure = counts.some((count) => count === rows.length)
  if (isPure || depth >= options.maxDepth || rows.length < options.minSamplesSplit) return leaf(counts)
  const best = features.reduce<Candidate | null>(
    (found, { cells }, feature) =>
      bestCut(feature, cells, classes, rows, counts, options.minSamplesLeaf, criterion, found),
    null,
  )
  if (best === null) return leaf(counts)
  const { feature, cut } = best
  const cells = features[feature]?.cells ?? new Int32Array()
  const goesLeft = (row: number) => (cells[row] ?? 0) <= cut
  return {
    kind: 'split',
    feature,
    cut,
    left: grow(growth, rows.filter(goesLeft), depth + 1),
    right: grow(
      growth,
      rows.filter((row) => !goesLeft(row)),
      depth + 1,
    ),
  }
}

/** The answer is the most frequent one; of equally frequent ones the first. */
function leaf(counts: Int32Array): Node {
  const most = counts.reduce((a, b) => Math.max(a, b))
  return { kind: 'leaf', answer: counts.indexOf(most), counts: [...counts] }
}

export function countClasses(classes: Int32Array, rows: Int32Array, answers: number): Int32Array {
  const counts = new Int32Array(answers)
  for (const row of rows) {
    const answer = classes[row] ?? 0
    counts[answer] = (counts[answer] ?? 0) + 1
  }
  return counts
}
