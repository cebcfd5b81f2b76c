import { at } from 'emp-compile-runtime/internal/at'
import { openScores } from 'emp-compile-runtime/internal/schemes/link'
import { changesOf, type ScoreNode, type ScoreTree } from '../../trees.ts'
import type { CodedColumn } from '../additive/coded.ts'
import { addTree, type GrownScoreTree } from './boost.ts'
import type { GrownNode } from './grow.ts'
import type { BoostedTask } from './task.ts'

/** How far a chance may move, and a number in deviations of the target; and the share of rows that may change their answer. */
const [mostMoved, mostChanged] = [0.002, 0.001]

/** Steps of a score are at least this part of the scale, and at most so many powers of two finer. */
const finest = 20

export interface RoundedTrees {
  readonly trees: readonly ScoreTree[]
  readonly base: readonly number[]
  readonly unit: number
}

/**
 * Rounds leaves to integers: steps of a power of two, the coarsest by which no chance of a training row moves by more than
 * 0.002, or no number by as much of the deviation of all, and no more than one row in a thousand changes its answer. The
 * coarser the steps, the less an honest client can tell of single leaves.
 */
export function roundTrees(
  grown: readonly GrownScoreTree[],
  start: readonly number[],
  columns: readonly CodedColumn[],
  rows: number,
  task: BoostedTask,
  answers: readonly string[] | null,
): RoundedTrees {
  const { scale, origin } = task
  const sums = (of: (score: number) => number) => {
    const scores = new Float64Array(start.length * rows)
    start.forEach((score, k) => {
      scores.fill(of(score - origin), k * rows, (k + 1) * rows)
    })
    for (const { output, root } of grown) {
      addTree(columns, mapped(root, of), scores.subarray(output * rows, (output + 1) * rows))
    }
    return scores
  }
  const told = (scores: Float64Array, unit: number) => {
    const linked = { link: task.linkOf(unit), answers }
    return Array.from({ length: rows }, (_, i) => {
      const opened = openScores(
        linked,
        start.map((_, k) => at(scores, k * rows + i)),
      )
      return opened.kind === 'class' ? (opened.shares ?? []) : [opened.answer]
    })
  }
  const before = told(
    sums((score) => score * scale),
    1,
  )
  const coarsest = Math.floor(-Math.log2(scale)) + 2
  for (let power = coarsest; ; power++) {
    const unit = 2 ** power
    const whole = (score: number) => Math.round(score * scale * unit) + 0
    const after = told(sums(whole), unit)
    const [changed, moved] = differences(before, after)
    const isKept = changed <= mostChanged * rows && moved <= mostMoved * (answers === null ? scale : 1)
    if (!isKept && power < coarsest + finest) continue
    return {
      trees: grown.map(({ output, root }) => ({ output, root: nodeOf(root, whole) })),
      base: start.map((score) => whole(score - origin)),
      unit,
    }
  }
}

function mapped(node: GrownNode, of: (score: number) => number): GrownNode {
  return node.kind === 'leaf'
    ? { kind: 'leaf', score: of(node.score) }
    : { ...node, yes: mapped(node.yes, of), no: mapped(node.no, of) }
}

/** A node in integers; of two leaves that are worth the same one is left. */
function nodeOf(node: GrownNode, whole: (score: number) => number): ScoreNode {
  if (node.kind === 'leaf') return { kind: 'leaf', scores: [whole(node.score)] }
  const [yes, no] = [nodeOf(node.yes, whole), nodeOf(node.no, whole)]
  if (yes.kind === 'leaf' && no.kind === 'leaf' && yes.scores[0] === no.scores[0]) return yes
  const inside = changesOf(Array.from(node.yesAt, (one) => one === 1))
  return { kind: 'split', column: node.column, inside, yes, no }
}

function differences(before: readonly (readonly number[])[], after: readonly (readonly number[])[]) {
  let [changed, moved] = [0, 0]
  before.forEach((own, i) => {
    const other = at(after, i)
    if (placeOfMost(own) !== placeOfMost(other)) changed += 1
    own.forEach((value, k) => {
      moved = Math.max(moved, Math.abs(value - at(other, k)))
    })
  })
  return [changed, moved] as const
}

const placeOfMost = (values: readonly number[]) => values.indexOf(Math.max(...values))
