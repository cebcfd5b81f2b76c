import { at } from 'emp-compile-runtime/internal/at'
import { featureName } from 'emp-compile-runtime/internal/contract'
import { gridValue } from 'emp-compile-runtime/internal/grid'
import {
  columnOf,
  countsOf,
  hasEvidence,
  leavesOf,
  levelsAsked,
  meanAt,
  type Node,
  rowsAt,
  type Tree,
  weightsAt,
} from '../tree.ts'
import { type Impurity, impurityAt } from './impurity.ts'

/** A node in the shape that scikit-learn's users export: a row goes left if its value is at most the threshold. */
export interface JsonNode {
  /** Training rows; 0, as their impurity is, where the tree was brought from elsewhere without them. */
  readonly n: number
  readonly impurity: number
  /**
   * What the training rows of each answer weigh, each 1 unless rows or answers are weighted; or their mean alone. Without
   * rows the shares of the answers at a leaf, if the tree came with some.
   */
  readonly value: readonly number[]
  /** The training rows of each answer, where the value is another. */
  readonly counts?: readonly number[]
  /** Of a leaf: what is told as the share of each answer, where that is not the share of the value. */
  readonly shares?: readonly number[]
  /** Where the answer is not the most frequent one, as rows are weighted. */
  readonly answer?: string
  readonly feature?: string
  /** In the column's unit, half a step above the last value that goes left. A level counts 1, its absence 0. */
  readonly threshold?: number
  /** In place of a threshold, where `feature` is a column of texts: a row goes left if it has none of these. */
  readonly levels?: readonly string[]
  readonly left?: JsonNode
  readonly right?: JsonNode
}

export function jsonNode(tree: Tree, node: Node, criterion: Impurity): JsonNode {
  const own = ownFigures(tree, node, criterion)
  if (node.kind !== 'split') return own
  const feature = tree.features[node.feature]
  if (feature === undefined) throw new TypeError('a split refers to a feature that is not there')
  const column = columnOf(tree, feature)
  const [left, right] = [jsonNode(tree, node.left, criterion), jsonNode(tree, node.right, criterion)]
  if (node.also !== undefined) return { ...own, feature: column.name, levels: levelsAsked(tree, node), left, right }
  const threshold =
    column.kind === 'text' ? 0.5 : gridValue(column.grid, node.cut + (column.missing === 'below' ? -0.5 : 0.5))
  return {
    ...own,
    feature: featureName(feature),
    threshold,
    left,
    right,
  }
}

/** The figures of a node's training rows; without these, of a leaf what it tells. */
function ownFigures(tree: Tree, node: Node, criterion: Impurity): JsonNode {
  if (!hasEvidence(tree)) return toldFigures(tree, node)
  const own = { n: rowsAt(node), impurity: impurityAt(tree, node, criterion) }
  if (tree.answers === null) return { ...own, value: [meanAt(node).answer] }
  const isWeighted = leavesOf(node).some((leaf) => leaf.kind === 'leaf' && leaf.weights !== undefined)
  const value = weightsAt(node)
  const shares = node.kind === 'leaf' ? node.shares : undefined
  const all = {
    ...own,
    value,
    ...(isWeighted ? { counts: countsOf(node) } : {}),
    ...(shares === undefined ? {} : { shares }),
  }
  const most = value.indexOf(value.reduce((a, b) => Math.max(a, b)))
  // Of answers that weigh the same the first one, but for the rounding of sums.
  const isOther = node.kind === 'leaf' && node.answer !== most
  return isOther ? { ...all, answer: tree.answers[node.answer] ?? '' } : all
}

function toldFigures({ answers }: Tree, node: Node): JsonNode {
  const none = { n: 0, impurity: 0 }
  if (node.kind === 'split') return { ...none, value: [] }
  if (node.kind === 'mean' || answers === null) return { ...none, value: [node.answer] }
  const { shares } = node
  const answer = at(answers, node.answer)
  return { ...none, value: shares ?? [], ...(shares === undefined ? {} : { shares }), answer }
}
