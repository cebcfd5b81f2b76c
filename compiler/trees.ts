import { at } from 'emp-compile-runtime/internal/at'
import type { Column, Feature, TextColumn } from 'emp-compile-runtime/internal/contract'
import { type Link, openScores } from 'emp-compile-runtime/internal/schemes/link'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'

/**
 * A question to a column, by a set of its positions: those of a column of numbers are the number of public cuts below its
 * cell, those of a column of texts the place of the level, after one for none where that is admitted. `inside` are the
 * ascending positions at which the set of those that go to `yes` begins and ends in turn: [0, 2, 5] is 0, 1, and all from
 * 5 on. So missing values, and any subset of levels, need nothing else.
 */
export interface ScoreSplit {
  readonly kind: 'split'
  readonly column: number
  readonly inside: readonly number[]
  readonly yes: ScoreNode
  readonly no: ScoreNode
}

/** An end: one integer, or one for every output. */
export interface ScoreLeaf {
  readonly kind: 'leaf'
  readonly scores: readonly number[]
}

export type ScoreNode = ScoreSplit | ScoreLeaf

/** One tree of a sum, and the output that it adds to; null if its leaves have a score for every output. */
export interface ScoreTree {
  readonly output: number | null
  readonly root: ScoreNode
}

/** A sum of trees with integer scores, and what its numbers refer to. Missing values of its columns lie below. */
export interface Trees {
  readonly family: 'boosted'
  /** The texts that stand for a missing value where records are written as text. */
  readonly missingValues: readonly string[]
  readonly columns: readonly Column[]
  readonly features: readonly Feature[]
  /** Per feature ascending cells, public: the splits are between them. Of a level the one cut 0. */
  readonly cuts: readonly (readonly number[])[]
  readonly trees: readonly ScoreTree[]
  /** What is added to the sum of each output. */
  readonly base: readonly number[]
  readonly link: Link
  /** The different answers; null if the link gives a number. */
  readonly answers: readonly string[] | null
  /** How it was trained; absent where it was brought from elsewhere. */
  readonly evidence?: BoostedEvidence
}

/** A sum of trees that was compared with others by rows held out. */
export interface BoostedStep {
  readonly depth: number
  readonly rate: number
  /** Rounds of boosting. */
  readonly trees: number
  readonly loss: number
  /** By how much the loss exceeds the least one, and the standard error of that. */
  readonly excess: number
  readonly error: number
}

/** How a sum of trees was trained, and the steps that were compared for it, from the smallest; none if nothing was open. */
export interface BoostedEvidence extends Pick<BoostedStep, 'depth' | 'rate' | 'trees'> {
  readonly path: readonly BoostedStep[]
}

/** The place of a column's positions that a record has. @param cells one per feature. */
export function treesPosition(
  { columns, features, cuts }: Pick<Trees, 'columns' | 'features' | 'cuts'>,
  column: number,
  cells: readonly number[],
): number {
  const asked = at(columns, column)
  const own = features.flatMap((feature, i) => (feature.column === asked.name ? [i] : []))
  if (asked.kind === 'text') return own.findIndex((i) => at(cells, i) === 1) + (hasNone(asked, own.length) ? 1 : 0)
  const feature = at(own, 0)
  return at(cuts, feature).filter((cut) => at(cells, feature) > cut).length
}

/** How many positions a column has. */
export function countPositions(
  { columns, features, cuts }: Pick<Trees, 'columns' | 'features' | 'cuts'>,
  column: number,
) {
  const asked = at(columns, column)
  const own = features.flatMap((feature, i) => (feature.column === asked.name ? [at(cuts, i)] : []))
  return asked.kind === 'text' ? own.length + (hasNone(asked, own.length) ? 1 : 0) : at(own, 0).length + 1
}

/** Whether a record may show none of the levels that have a feature. */
const hasNone = ({ levels, missing }: TextColumn, shown: number) => missing !== 'never' || shown < levels.length

/** Whether a set, by where it begins and ends, holds a position. */
export const isInSet = (inside: readonly number[], position: number): boolean =>
  inside.filter((change) => change <= position).length % 2 === 1

/** A set of positions by where it begins and ends. @param has of every position. */
export function changesOf(has: readonly boolean[]): number[] {
  return has.flatMap((one, position) => (one === (has[position - 1] ?? false) ? [] : [position]))
}

/** The scores of the leaf of a tree that a record reaches, one question at a time. */
export function leafScores(
  model: Pick<Trees, 'columns' | 'features' | 'cuts'>,
  root: ScoreNode,
  cells: readonly number[],
) {
  let node = root
  while (node.kind === 'split') {
    node = isInSet(node.inside, treesPosition(model, node.column, cells)) ? node.yes : node.no
  }
  return node.scores
}

/** The sums of all trees, exactly. */
export function treesScores(model: Trees, cells: readonly number[]): number[] {
  const sums = [...model.base]
  for (const { output, root } of model.trees) {
    leafScores(model, root, cells).forEach((score, i) => {
      sums[output ?? i] = at(sums, output ?? i) + score
    })
  }
  return sums
}

/** What a sum of trees answers: the slow and obvious oracle. @param cells one per feature. */
export function predictTrees(model: Trees, cells: readonly number[]): Opened {
  return openScores(model, treesScores(model, cells))
}

/** How many leaves are below a node. */
export function leafCount(node: ScoreNode): number {
  return node.kind === 'leaf' ? 1 : leafCount(node.yes) + leafCount(node.no)
}

/** Edges on the longest path. */
export function scoreDepth(node: ScoreNode): number {
  return node.kind === 'leaf' ? 0 : 1 + Math.max(scoreDepth(node.yes), scoreDepth(node.no))
}

/** All splits below a node. */
export function scoreSplits(node: ScoreNode): ScoreSplit[] {
  return node.kind === 'leaf' ? [] : [node, ...scoreSplits(node.yes), ...scoreSplits(node.no)]
}

/** Trees of one leaf are part of the base, as long as every output keeps a tree. */
export function withoutConstants(trees: readonly ScoreTree[], given: readonly number[]): Pick<Trees, 'trees' | 'base'> {
  const base = [...given]
  const kept = trees.filter(({ output, root }) => {
    if (root.kind !== 'leaf') return true
    root.scores.forEach((score, i) => {
      base[output ?? i] = at(base, output ?? i) + score
    })
    return false
  })
  const isVector = trees.some(({ output }) => output === null)
  const bare = isVector
    ? kept.length === 0
      ? [null]
      : []
    : base.flatMap((_, output) => (kept.some((tree) => tree.output === output) ? [] : [output]))
  const added = bare.map((output) => ({
    output,
    root: { kind: 'leaf', scores: output === null ? base.map(() => 0) : [0] } as const,
  }))
  return { trees: [...kept, ...added], base }
}
