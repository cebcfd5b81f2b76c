import { at } from 'emp-compile-runtime/internal/at'
import type { CodedColumn } from '../additive/coded.ts'
import { type GrownNode, growScoreTree, roomFor } from './grow.ts'
import type { BoostedLoss } from './loss.ts'
import type { Growth } from './split.ts'

/** A tree of real scores, and the output that it adds to. */
export interface GrownScoreTree {
  readonly output: number
  readonly root: GrownNode
}

/** Rounds after which what a loss keeps is made anew of the scores; sooner, if a power could have left the range of doubles. */
const [mostFollowed, mostMoved] = [20, 200]

/**
 * Gradient boosting: round after round one tree for each output, grown by the parabolas that touch the loss where the
 * scores stand. Deterministic.
 *
 * Source: Friedman, "Greedy function approximation: a gradient boosting machine", Annals of Statistics 29, 2001; with second
 * derivatives as in Chen and Guestrin, "XGBoost: a scalable tree boosting system", KDD 2016.
 *
 * @param scores filled with those of the rows.
 * @returns each round's trees. Without columns there are none.
 */
export function* boostTrees(
  columns: readonly CodedColumn[],
  loss: BoostedLoss,
  growth: Growth,
  scores: Float64Array = new Float64Array(loss.rows * loss.outputs),
): Generator<readonly GrownScoreTree[], never> {
  const { rows, outputs, start } = loss
  for (let k = 0; k < outputs; k++) scores.fill(at(start, k), k * rows, (k + 1) * rows)
  const state = { scores, powers: new Float64Array(loss.kept) }
  const derivatives = new Float64Array(2 * rows)
  const room = roomFor(columns, rows)
  for (let [followed, moved] = [mostFollowed, 0]; ; followed++) {
    if (followed === mostFollowed || moved > mostMoved) {
      loss.refresh(state)
      followed = 0
      moved = 0
    }
    loss.begin(state)
    const trees: GrownScoreTree[] = []
    for (let output = 0; output < outputs; output++) {
      loss.derive(state, output, derivatives)
      const [from, to] = [output * rows, (output + 1) * rows]
      const powers = loss.kept === 0 ? null : state.powers.subarray(from, to)
      const root = growScoreTree(room, derivatives, scores.subarray(from, to), growth, powers)
      trees.push({ output, root })
      moved += largestStep(root)
    }
    yield trees
  }
}

const largestStep = (node: GrownNode): number =>
  node.kind === 'leaf' ? Math.abs(node.score) : Math.max(largestStep(node.yes), largestStep(node.no))
