import { at } from 'emp-compile-runtime/internal/at'
import { type Linked, openScores } from 'emp-compile-runtime/internal/schemes/link'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import { changesOf, type ScoreNode, type ScoreTree } from '../../trees.ts'
import type { CodedColumn } from '../additive/coded.ts'
import type { GrownScoreTree } from './boost.ts'
import type { GrownNode } from './grow.ts'
import type { BoostedTask } from './task.ts'
import { addTree, rowCodes, type WalkedTree, walkedTree } from './walk.ts'

/** How far a chance may move, and a number in deviations of the target; and the share of rows that may change their answer. */
const [mostMoved, mostChanged] = [0.002, 0.001]

/** Steps of a score are at least this part of the scale, and at most so many powers of two finer. */
const finest = 20

/** Rows that are rounded together: most units are too coarse for the first of them already. */
const together = 1024

export interface RoundedTrees {
  readonly trees: readonly ScoreTree[]
  readonly base: readonly number[]
  readonly unit: number
}

/**
 * Rounds leaves to integers: steps of a power of two, the coarsest by which no chance of a training row moves by more than
 * 0.002, or no number by as much of the deviation of all, and no more than one row in a thousand changes its answer. The
 * coarser the steps, the less an honest client can tell of single leaves.
 *
 * @param start the scores before the first tree.
 * @param scores those of the rows after the last one: output k of row i at `k * rows + i`.
 */
export function roundTrees(
  grown: readonly GrownScoreTree[],
  start: readonly number[],
  scores: Float64Array,
  columns: readonly CodedColumn[],
  task: BoostedTask,
  answers: readonly string[] | null,
): RoundedTrees {
  const { scale, origin } = task
  const exact = { link: task.linkOf(1), answers }
  const exactScores = scores.map((score) => (score - origin) * scale)
  const coarsest = Math.floor(-Math.log2(scale)) + 2
  for (let power = coarsest; ; power++) {
    const unit = 2 ** power
    const whole = (score: number) => Math.round(score * scale * unit) + 0
    const base = start.map((score) => whole(score - origin))
    const rounded = { linked: { link: task.linkOf(unit), answers }, base, trees: walkedTrees(columns, grown, whole) }
    const most = mostMoved * (answers === null ? scale : 1)
    if (power < coarsest + finest && !isClose(exact, exactScores, rounded, columns, most)) continue
    return { trees: grown.map(({ output, root }) => ({ output, root: nodeOf(root, whole) })), base, unit }
  }
}

interface Rounded {
  readonly linked: Linked
  readonly base: readonly number[]
  readonly trees: readonly { readonly output: number; readonly walked: WalkedTree }[]
}

const walkedTrees = (
  columns: readonly CodedColumn[],
  grown: readonly GrownScoreTree[],
  of: (score: number) => number,
) => grown.map(({ output, root }) => ({ output, walked: walkedTree(columns, root, of) }))

/** Whether integers tell of all rows nearly what exact scores do. @param most how far a chance or a number may move. */
function isClose(
  exact: Linked,
  scores: Float64Array,
  { linked, base, trees }: Rounded,
  columns: readonly CodedColumn[],
  most: number,
): boolean {
  const rows = scores.length / base.length
  let changed = 0
  for (let from = 0; from < rows; from += together) {
    const own = rowCodes(columns, from, Math.min(rows, from + together))
    const sums = base.map((score) => new Float64Array(own.rows).fill(score))
    for (const { output, walked } of trees) addTree(own, walked, at(sums, output))
    for (let i = 0; i < own.rows; i++) {
      const before = base.map((_, k) => at(scores, k * rows + from + i))
      const after = sums.map((sum) => at(sum, i))
      const { moved, hasChanged } = differenceOf(openScores(exact, before), openScores(linked, after))
      if (hasChanged) changed += 1
      if (moved > most || changed > mostChanged * rows) return false
    }
  }
  return true
}

/** A node in integers; of two leaves that are worth the same one is left. */
function nodeOf(node: GrownNode, whole: (score: number) => number): ScoreNode {
  if (node.kind === 'leaf') return { kind: 'leaf', scores: [whole(node.score)] }
  const [yes, no] = [nodeOf(node.yes, whole), nodeOf(node.no, whole)]
  if (yes.kind === 'leaf' && no.kind === 'leaf' && yes.scores[0] === no.scores[0]) return yes
  const inside = changesOf(Array.from(node.yesAt, (one) => one === 1))
  return { kind: 'split', column: node.column, inside, yes, no }
}

/** How far the chances of a row, or its number, lie apart, and whether another answer is the likeliest. */
function differenceOf(before: Opened, after: Opened): { readonly hasChanged: boolean; readonly moved: number } {
  if (before.kind !== 'class' || after.kind !== 'class') {
    return { hasChanged: false, moved: Math.abs(Number(before.answer) - Number(after.answer)) }
  }
  const [own, other] = [before.shares ?? [], after.shares ?? []]
  const moved = own.reduce((most, share, k) => Math.max(most, Math.abs(share - at(other, k))), 0)
  return { hasChanged: placeOfMost(own) !== placeOfMost(other), moved }
}

const placeOfMost = (values: readonly number[]) => values.indexOf(Math.max(...values))
