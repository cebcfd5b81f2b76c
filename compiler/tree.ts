import type { Column, Feature } from '../runtime/contract.ts'
import { gridValue } from '../runtime/grid.ts'

/** An inner node. A row goes left exactly if `cell <= cut`, in cells of `features[feature]`. */
export interface Split {
  readonly kind: 'split'
  readonly feature: number
  readonly cut: number
  readonly left: Node
  readonly right: Node
}

/** An end of a tree of answers: a position in `answers`, and the training rows of each answer that ended here. */
export interface ClassLeaf {
  readonly kind: 'leaf'
  readonly answer: number
  readonly counts: readonly number[]
}

/** An end of a tree of numbers: the mean of the training rows that ended here, how many they are, and their spread. */
export interface NumberLeaf {
  readonly kind: 'mean'
  readonly answer: number
  readonly rows: number
  /** The standard deviation of the training rows (over n), in the target's unit. */
  readonly deviation: number
}

export type Leaf = ClassLeaf | NumberLeaf

export type Node = Split | Leaf

/** A trained tree and what its numbers refer to. It knows nothing of cryptography. */
export interface Tree {
  /** The texts that stand for a missing value where records are written as text. */
  readonly missingValues: readonly string[]
  readonly columns: readonly Column[]
  readonly features: readonly Feature[]
  /** The different answers; null if its leaves are numbers. */
  readonly answers: readonly string[] | null
  readonly root: Node
}

/** The leaf of a row, one comparison at a time: the oracle for everything else. `cells` by position of the feature. */
export function predict(tree: Tree, cells: readonly number[]): Leaf {
  let node = tree.root
  while (node.kind === 'split') node = (cells[node.feature] ?? 0) <= node.cut ? node.left : node.right
  return node
}

/** All splits, each before its left and then its right subtree. */
export function splitsOf(node: Node): Split[] {
  return node.kind !== 'split' ? [] : [node, ...splitsOf(node.left), ...splitsOf(node.right)]
}

/** All leaves, from left to right. */
export function leavesOf(node: Node): Leaf[] {
  return node.kind !== 'split' ? [node] : [...leavesOf(node.left), ...leavesOf(node.right)]
}

/** Edges on the longest path. */
export function depthOf(node: Node): number {
  return node.kind !== 'split' ? 0 : 1 + Math.max(depthOf(node.left), depthOf(node.right))
}

/** Training rows of each answer at a node of a tree of answers. */
export function countsOf(node: Node): number[] {
  return leavesOf(node).reduce<number[]>((sums, leaf) => {
    const counts = leaf.kind === 'leaf' ? leaf.counts : [leaf.rows]
    return counts.map((count, i) => count + (sums[i] ?? 0))
  }, [])
}

/** Training rows at a node. */
export function rowsAt(node: Node): number {
  return countsOf(node).reduce((sum, count) => sum + count, 0)
}

/** Mean and spread of the training rows at a node of a tree of numbers. */
export function meanAt(node: Node): NumberLeaf {
  if (node.kind === 'mean') return node
  const leaves = leavesOf(node).filter((leaf) => leaf.kind === 'mean')
  const rows = leaves.reduce((sum, leaf) => sum + leaf.rows, 0)
  const answer = leaves.reduce((sum, leaf) => sum + leaf.rows * leaf.answer, 0) / rows
  const squares = leaves.reduce((sum, leaf) => sum + leaf.rows * (leaf.deviation ** 2 + (leaf.answer - answer) ** 2), 0)
  return { kind: 'mean', answer, rows, deviation: Math.sqrt(squares / rows) }
}

/** The columns by name. */
export function columnOf(tree: Pick<Tree, 'columns'>, feature: Feature): Column {
  const column = tree.columns.find(({ name }) => name === feature.column)
  if (column === undefined) throw new TypeError('a feature refers to a column that is not there')
  return column
}

/** A cut in words: on a number a threshold in the column's unit, half a step above the last value that goes left. */
export type Threshold =
  | { readonly kind: 'at-most'; readonly threshold: number; readonly missing: 'left' | 'right' | 'never' }
  | { readonly kind: 'missing'; readonly goes: 'left' | 'right' }
  | { readonly kind: 'not-level'; readonly level: string }

export function thresholdOf(column: Column, feature: Feature, cut: number): Threshold {
  if (column.kind === 'text') return { kind: 'not-level', level: 'level' in feature ? feature.level : '' }
  const { grid, missing } = column
  const position = missing === 'below' ? cut - 1 : cut
  if (position < 0) return { kind: 'missing', goes: 'left' }
  if (position >= grid.size - 1) return { kind: 'missing', goes: 'right' }
  const threshold = gridValue(grid, position + 0.5)
  return { kind: 'at-most', threshold, missing: missing === 'never' ? missing : missing === 'below' ? 'left' : 'right' }
}

/** `chol <= 233.5`, `ca <= 0.5 or missing`, `thal is missing`, `colour is not "red"`: the condition to go left. */
export function describeSplit(column: Column, feature: Feature, cut: number): string {
  const threshold = thresholdOf(column, feature, cut)
  switch (threshold.kind) {
    case 'at-most':
      return `${column.name} <= ${threshold.threshold}${threshold.missing === 'left' ? ' or missing' : ''}`
    case 'missing':
      return `${column.name} is ${threshold.goes === 'left' ? '' : 'not '}missing`
    case 'not-level':
      return `${column.name} is not ${JSON.stringify(threshold.level)}`
    default:
      return threshold satisfies never
  }
}
