import { at } from 'emp-compile-runtime/internal/at'
import { type Linked, openScores } from 'emp-compile-runtime/internal/schemes/link'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import { changesOf, type ScoreNode, type ScoreTree } from '../../trees.ts'
import { type CodedColumn, takeRows } from '../additive/coded.ts'
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

/** More rows than these do not tell more about a unit: of more, as many are looked at, evenly spread. */
const mostRows = 1 << 12

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
  const rows = scores.length / start.length
  const every = Math.ceil(rows / mostRows)
  const sample = Uint32Array.from({ length: Math.ceil(rows / every) }, (_, i) => i * every)
  const sampled = columns.map((column) => takeRows(column, sample))
  const exactScores = start.map((_, k) =>
    Float64Array.from(sample, (row) => (at(scores, k * rows + row) - origin) * scale),
  )
  const walked = grown.map(({ output, root }) => ({ output, tree: walkedTree(columns, root) }))
  const coarsest = Math.floor(-Math.log2(scale)) + 2
  for (let power = coarsest; ; power++) {
    const unit = 2 ** power
    const whole = (score: number) => Math.round(score * scale * unit) + 0
    const base = start.map((score) => whole(score - origin))
    const trees = walked.map(({ output, tree }) => ({ output, tree: { ...tree, scores: tree.scores.map(whole) } }))
    const rounded = { linked: { link: task.linkOf(unit), answers }, base, unit, trees }
    const most = mostMoved * (answers === null ? scale : 1)
    if (power < coarsest + finest && !isClose(exact, exactScores, rounded, sampled, most)) continue
    return { trees: grown.map(({ output, root }) => ({ output, root: nodeOf(root, whole) })), base, unit }
  }
}

interface Rounded {
  readonly linked: Linked
  readonly base: readonly number[]
  readonly unit: number
  readonly trees: readonly { readonly output: number; readonly tree: WalkedTree }[]
}

/** Whether integers tell of all rows nearly what exact scores do. @param most how far a chance or a number may move. */
function isClose(
  exact: Linked,
  scores: readonly Float64Array[],
  { linked, base, unit, trees }: Rounded,
  columns: readonly CodedColumn[],
  most: number,
): boolean {
  const outputs = base.length
  const rows = at(scores, 0).length
  const [before, after] = [new Array<number>(outputs).fill(0), new Array<number>(outputs).fill(0)]
  let changed = 0
  for (let from = 0; from < rows; from += together) {
    const own = rowCodes(columns, from, Math.min(rows, from + together))
    const sums = base.map((score) => new Float64Array(own.rows).fill(score))
    for (const { output, tree } of trees) addTree(own, tree, at(sums, output))
    for (let i = 0; i < own.rows; i++) {
      for (let k = 0; k < outputs; k++) {
        before[k] = (scores[k] as Float64Array)[from + i] as number
        after[k] = (sums[k] as Float64Array)[i] as number
      }
      if (isSurelyClose(before, after, unit, most)) continue
      const { moved, hasChanged } = differenceOf(openScores(exact, before), openScores(linked, after))
      if (hasChanged) changed += 1
      if (moved > most || changed > mostChanged * rows) return false
    }
  }
  return true
}

/**
 * Whether scores are so close that nothing needs to be opened: no chance moves by more than half of what a score does, no
 * number by more than that; and the likeliest answer is ahead of the others, or of none, by more than they can have come
 * closer.
 */
function isSurelyClose(before: readonly number[], after: readonly number[], unit: number, most: number): boolean {
  let [moved, first, second] = [0, Number.NEGATIVE_INFINITY, before.length === 1 ? 0 : Number.NEGATIVE_INFINITY]
  for (let k = 0; k < before.length; k++) {
    const score = before[k] as number
    moved = Math.max(moved, Math.abs(score - (after[k] as number) / unit))
    if (score > first) [first, second] = [score, before.length === 1 ? 0 : first]
    else if (score > second) second = score
  }
  return moved <= most && Math.abs(first - second) > 2 * moved
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
