import { at } from 'emp-compile-runtime/internal/at'
import type { Column, Feature } from 'emp-compile-runtime/internal/contract'
import { gridValue } from 'emp-compile-runtime/internal/grid'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'

/**
 * An inner node. A row goes left exactly if `cell <= cut`, in cells of `features[feature]`; of several features exactly if
 * the sum of their cells is at most `cut`.
 */
export interface Split {
  readonly kind: 'split'
  readonly feature: number
  readonly cut: number
  /**
   * Other levels of the same text column: the cut is 0, and a row goes left exactly if it has none of these levels, nor
   * that of `feature`. A missing value goes left.
   */
  readonly also?: readonly number[]
  readonly left: Node
  readonly right: Node
}

/** An end of a tree of answers: a position in `answers`, and the training rows of each answer that ended here. */
export interface ClassLeaf {
  readonly kind: 'leaf'
  readonly answer: number
  readonly counts?: readonly number[]
  /** What those rows weigh, where rows or answers are weighted. It stays with the owner. */
  readonly weights?: readonly number[]
  /** What is told as the share of each answer, where that is not the share of the rows: shrunk. They add up to 1. */
  readonly shares?: readonly number[]
}

/** An end of a tree of numbers: the mean of the training rows that ended here, how many they are, and their spread. */
export interface NumberLeaf {
  readonly kind: 'mean'
  readonly answer: number
  readonly rows?: number
  /** The standard deviation of the training rows (over n), in the target's unit. */
  readonly deviation?: number
  /** What those rows weigh, where rows are weighted. It stays with the owner. */
  readonly weight?: number
}

export type Leaf = ClassLeaf | NumberLeaf

export type Node = Split | Leaf

/** A tree and what its numbers refer to. It knows nothing of cryptography, nor whether it was trained here. */
export interface Tree {
  readonly family: 'tree'
  /** The texts that stand for a missing value where records are written as text. */
  readonly missingValues: readonly string[]
  readonly columns: readonly Column[]
  readonly features: readonly Feature[]
  /** The different answers; null if its leaves are numbers. */
  readonly answers: readonly string[] | null
  readonly root: Node
}

/** The leaf of a row, one comparison at a time: the oracle for everything else. `cells` by position of the feature. */
export function leafOf(tree: Tree, cells: readonly number[]): Leaf {
  let node = tree.root
  while (node.kind === 'split') node = cellAt(node, cells) <= node.cut ? node.left : node.right
  return node
}

/** What a split compares with its cut. */
export function cellAt({ feature, also = [] }: Pick<Split, 'feature' | 'also'>, cells: readonly number[]): number {
  return also.reduce((sum, other) => sum + at(cells, other), at(cells, feature))
}

/** What a tree answers, with the training evidence of the leaf, if it has any. */
export function predictTree(tree: Tree, cells: readonly number[]): Opened {
  return answerOf(tree, leafOf(tree, cells))
}

/** Counts that stand on fewer people than this are not published. */
export const fewestPublished = 5

/** Whether some counts stand on too few people to be published. That nobody is there may be. */
export const isTooFew = (counts: readonly number[]): boolean =>
  counts.some((count) => count > 0 && count < fewestPublished)

/** Whether the counts of a leaf are not published: of too few people, or of rows that do not count alike. */
export const isWithheld = (leaf: Leaf): boolean =>
  leaf.kind === 'leaf' ? leaf.weights !== undefined || isTooFew(leaf.counts ?? []) : isTooFew([leaf.rows ?? 0])

/**
 * What of a leaf may be published: no weights, no counts that stand on too few people, and none where rows are weighted, as
 * they do not say the shares then.
 */
export function publishedLeaf(leaf: Leaf): Leaf {
  if (leaf.kind === 'mean') {
    const { kind, answer, rows, deviation } = leaf
    if (rows === undefined || deviation === undefined || isWithheld(leaf)) return { kind, answer }
    return { kind, answer, rows, deviation }
  }
  const { kind, answer, counts, shares } = leaf
  if (counts === undefined) return leaf
  if (isWithheld(leaf)) return { kind, answer, shares: toldShares(leaf) }
  return { kind, answer, counts, ...(shares === undefined ? {} : { shares }) }
}

/** The share of each answer at a leaf, by what its rows weigh; undefined without evidence. */
export function chancesOf({
  counts,
  weights = counts,
  shares,
}: Pick<ClassLeaf, 'counts' | 'weights' | 'shares'>): readonly number[] | undefined {
  if (shares !== undefined || weights === undefined) return shares
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

/** The share of each answer at a leaf, as it is published: as it was shrunk, or in thousandths. */
export const toldShares = (leaf: Pick<ClassLeaf, 'counts' | 'weights' | 'shares'>): readonly number[] =>
  leaf.shares ?? inThousandths(chancesOf(leaf) ?? [])

/** Shares are told in thousandths: finer ones would say how many people a group has. */
const thousandths = 1000

/** In whole thousandths that add up to 1: rounded down, and the rest given to the largest remainders. */
export function inThousandths(shares: ArrayLike<number>): number[] {
  const exact = Array.from(shares, (share) => share * thousandths)
  const whole = exact.map(Math.floor)
  const rest = thousandths - whole.reduce((sum, part) => sum + part, 0)
  const order = exact.map((part, i) => [part - at(whole, i), i] as const).toSorted(([a, i], [b, j]) => b - a || i - j)
  for (const [, i] of order.slice(0, rest)) whole[i] = at(whole, i) + 1
  return whole.map((part) => part / thousandths)
}

/** A share in whole percent, but for the rounding of doubles. */
export const wholePercent = (share: number): number => Math.round(Number((100 * share).toPrecision(12)))

/** A leaf in the words of its tree: what is published of it. */
export function answerOf({ answers }: Pick<Tree, 'answers'>, whole: Leaf): Opened {
  const leaf = publishedLeaf(whole)
  if (leaf.kind === 'mean') {
    const { answer, rows, deviation } = leaf
    return { kind: 'number', answer, ...(rows === undefined || deviation === undefined ? {} : { rows, deviation }) }
  }
  const { answer, counts, shares } = leaf
  return {
    kind: 'class',
    answer: at(answers ?? [], answer),
    ...(counts === undefined ? {} : { counts }),
    ...(shares === undefined ? {} : { shares }),
  }
}

/** Whether the leaves say what training rows ended at them. */
export function hasEvidence({ root }: Pick<Tree, 'root'>): boolean {
  return leavesOf(root).every((leaf) => (leaf.kind === 'leaf' ? leaf.counts : leaf.rows) !== undefined)
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

/** Training rows of each answer at a node of a tree of answers; of a tree of numbers all of them. No evidence, no rows. */
export function countsOf(node: Node): number[] {
  return leavesOf(node).reduce<number[]>((sums, leaf) => {
    const counts = (leaf.kind === 'leaf' ? leaf.counts : [leaf.rows ?? 0]) ?? []
    return counts.map((count, i) => count + (sums[i] ?? 0))
  }, [])
}

/** What the training rows of each answer weigh at a node; as {@link countsOf} where each row counts once. */
export function weightsAt(node: Node): number[] {
  return leavesOf(node).reduce<number[]>((sums, leaf) => {
    const weights = leaf.kind === 'leaf' ? (leaf.weights ?? leaf.counts) : [leaf.weight ?? leaf.rows ?? 0]
    return (weights ?? []).map((weight, i) => weight + (sums[i] ?? 0))
  }, [])
}

/** Training rows at a node. */
export function rowsAt(node: Node): number {
  return countsOf(node).reduce((sum, count) => sum + count, 0)
}

/** Mean and spread of the training rows at a node of a tree of numbers. */
export function meanAt(node: Node): Required<NumberLeaf> {
  const leaves = leavesOf(node).flatMap((leaf) =>
    leaf.kind === 'mean' ? [{ rows: 0, deviation: 0, weight: leaf.rows ?? 0, ...leaf }] : [],
  )
  const [only, ...others] = leaves
  if (only !== undefined && others.length === 0) return only
  const rows = leaves.reduce((sum, leaf) => sum + leaf.rows, 0)
  const weight = leaves.reduce((sum, leaf) => sum + leaf.weight, 0)
  const answer = leaves.reduce((sum, leaf) => sum + leaf.weight * leaf.answer, 0) / weight
  const spreadOf = (leaf: NumberLeaf) => (leaf.deviation ?? 0) ** 2 + (leaf.answer - answer) ** 2
  const squares = leaves.reduce((sum, leaf) => sum + leaf.weight * spreadOf(leaf), 0)
  return { kind: 'mean', answer, rows, deviation: Math.sqrt(squares / weight), weight }
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
  | { readonly kind: 'not-level'; readonly levels: readonly string[] }

/** What splits refer to by position. */
export type Asked = Pick<Tree, 'columns' | 'features'>

/** A split without what is below. */
export type Condition = Pick<Split, 'feature' | 'cut' | 'also'>

/** The column that a split asks. */
export const columnAsked = (asked: Asked, { feature }: Condition): Column =>
  columnOf(asked, at(asked.features, feature))

/** The levels of which a row that goes left has none. */
export const levelsAsked = ({ features }: Asked, { feature, also = [] }: Condition): readonly string[] =>
  [feature, ...also].flatMap((i) => {
    const source = at(features, i)
    return 'level' in source ? [source.level] : []
  })

export function thresholdOf(asked: Asked, split: Condition): Threshold {
  const column = columnAsked(asked, split)
  if (column.kind === 'text') return { kind: 'not-level', levels: levelsAsked(asked, split) }
  const { grid, missing } = column
  const position = missing === 'below' ? split.cut - 1 : split.cut
  if (position < 0) return { kind: 'missing', goes: 'left' }
  if (position >= grid.size - 1) return { kind: 'missing', goes: 'right' }
  const threshold = gridValue(grid, position + 0.5)
  return { kind: 'at-most', threshold, missing: missing === 'never' ? missing : missing === 'below' ? 'left' : 'right' }
}

/** `chol <= 233.5`, `ca <= 0.5 or missing`, `thal is missing`, `colour is not "red" or "blue"`: the condition to go left. */
export function describeSplit(asked: Asked, split: Condition): string {
  const { name } = columnAsked(asked, split)
  const threshold = thresholdOf(asked, split)
  switch (threshold.kind) {
    case 'at-most':
      return `${name} <= ${threshold.threshold}${threshold.missing === 'left' ? ' or missing' : ''}`
    case 'missing':
      return `${name} is ${threshold.goes === 'left' ? '' : 'not '}missing`
    case 'not-level':
      return `${name} is not ${listOf(threshold.levels.map((level) => JSON.stringify(level)))}`
    default:
      return threshold satisfies never
  }
}

/** `a`, `a or b`, `a, b or c` */
export const listOf = (parts: readonly string[]): string =>
  [parts.slice(0, -1).join(', '), ...parts.slice(-1)].filter((part) => part !== '').join(' or ')
