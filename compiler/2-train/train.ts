import type { Table } from '../table.ts'
import type { Node, Tree } from '../tree.ts'
import { type Grown, grow } from './grow.ts'
import { placeMissing } from './missing.ts'
import { entropy, gini, type Objective } from './objective.ts'
import { checkTrainOptions, type TrainOptions } from './options.ts'
import { prune } from './prune.ts'

/**
 * Grows a CART tree on integer cells, and prunes it: at every node the cut of least weighted impurity, ties to the
 * lowest feature and then to the lowest cut, within the bounds of the options. Deterministic: neither the order of the
 * rows nor the machine plays a part.
 *
 * Source: Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees", 1984. The options mean what they
 * mean in scikit-learn, and where its tree does not depend on its random state, this is the same.
 *
 * @param rows the rows to train on; all by default.
 * @throws {CompileError} `bad-option`
 */
export function train(table: Table, options: TrainOptions, rows?: Uint32Array): Tree {
  checkTrainOptions(options)
  const own = rows?.slice() ?? Uint32Array.from({ length: table.rows }, (_, row) => row)
  const objective = objectiveOf(table, options)
  const placed = placeMissing(table, own, objective)
  const grown = grow(placed.features, objective, own, options)
  const { tree } = prune(grown, options.ccpAlpha > 0 ? options.ccpAlpha : -1)
  return {
    missingValues: table.source.missingValues,
    columns: placed.columns.map(({ column }) => column),
    features: placed.features.map(({ feature }) => feature),
    answers: table.target.answers,
    root: nodeOf(tree),
  }
}

export function objectiveOf(
  { target }: Pick<Table, 'target'>,
  { criterion }: Pick<TrainOptions, 'criterion'>,
): Objective {
  return (criterion === 'gini' ? gini : entropy)(target.classes, target.answers.length)
}

/** The answer of a leaf is the most frequent one; of equally frequent ones the first. */
function nodeOf({ statistics, split }: Grown): Node {
  if (split !== null) return { kind: 'split', ...split, left: nodeOf(split.left), right: nodeOf(split.right) }
  const most = statistics.reduce((a, b) => Math.max(a, b))
  return { kind: 'leaf', answer: statistics.indexOf(most), counts: [...statistics] }
}
