import { at } from 'emp-compile-runtime/internal/at'
import type { Table, Target } from '../table.ts'
import type { Grown } from './grow.ts'
import { type LossSums, lossOfChances, type PruneLoss } from './losses.ts'
import { meanCell } from './objective.ts'
import type { PruningSequence } from './prune.ts'
import type { GrownTree } from './train.ts'

/** What is added up of the rows that a tree has not seen. */
export interface FoldLosses {
  /** Ascending: for each of the steps of the whole tree, that of this one. */
  readonly lastSteps: Int32Array
  /** Strengths by which the shares of leaves are shrunk. */
  readonly tried: readonly number[]
  readonly kinds: readonly PruneLoss[]
  /** By kind of loss, and by strength. */
  readonly sums: readonly (readonly LossSums[])[]
}

/**
 * Adds what rows lose at every step of pruning: a node answers at the steps from its own up to its parent's. Rows go down the
 * tree together, and of those that end in one node with one answer all lose the same.
 *
 * @param heldOut the rows; reordered. @param weights of all rows of the table.
 */
export function addFoldLosses(
  table: Table,
  tree: GrownTree,
  sequence: PruningSequence,
  heldOut: Uint32Array,
  weights: Float64Array,
  losses: FoldLosses,
): void {
  const told: Float64Array[] = []
  const spare = new Uint32Array(heldOut.length)
  const answers = answersOf(table.target)
  const ofAnswers = new Float64Array(answers)
  const { lastSteps, tried } = losses

  const visit = (node: Grown, from: number, to: number, open: number, depth: number): void => {
    if (from === to || open === 0) return
    const own = told[depth] ?? new Float64Array(tried.length * answers)
    told[depth] = own
    tellShares(tree, node, depth === 0 ? null : at(told, depth - 1), tried, own)
    const step = node.split === null ? 0 : sequence.stepOf(node)
    let first = open
    while (first > 0 && (lastSteps[first - 1] as number) >= step) first--
    if (first < open) {
      const rows = heldOut.subarray(from, to)
      if (table.target.kind === 'number') addErrors(table.target, node, rows, weights, losses, first, open)
      else addChances(table.target, own, rows, weights, losses, ofAnswers, first, open)
    }
    if (node.split === null) return
    const { codes, cells } = at(tree.features, node.split.feature)
    const middle = from + divide(heldOut, from, to, codes, firstAbove(cells, node.split.cut), spare)
    visit(node.split.left, from, middle, first, depth + 1)
    visit(node.split.right, middle, to, first, depth + 1)
  }
  visit(tree.grown, 0, heldOut.length, lastSteps.length, 0)
}

const answersOf = (target: Target) => (target.kind === 'classes' ? target.answers.length : 0)

/** Of every strength the chances of all answers, shrunk towards those of the node around. @param told is filled in. */
function tellShares(
  { objective }: GrownTree,
  { statistics }: Grown,
  around: Float64Array | null,
  tried: readonly number[],
  told: Float64Array,
): void {
  const answers = told.length / tried.length
  if (answers === 0) return
  const weights = objective.weights(statistics) ?? statistics
  const total = objective.weight(statistics)
  const rows = objective.rows(statistics)
  for (let s = 0; s < tried.length; s++) {
    const strength = tried[s] as number
    for (let i = 0; i < answers; i++) {
      const place = s * answers + i
      const share = (weights[i] as number) / total
      told[place] =
        around === null || strength === 0
          ? share
          : (rows * share + strength * (around[place] as number)) / (rows + strength)
    }
  }
}

/** Rows of one answer lose the same, by the chances of each strength. */
function addChances(
  target: Extract<Target, { kind: 'classes' }>,
  told: Float64Array,
  rows: Uint32Array,
  weights: Float64Array,
  { kinds, sums, tried }: FoldLosses,
  ofAnswers: Float64Array,
  first: number,
  open: number,
): void {
  ofAnswers.fill(0)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    const answer = target.classes[row] as number
    ofAnswers[answer] = (ofAnswers[answer] as number) + (weights[row] as number)
  }
  const answers = ofAnswers.length
  for (let answer = 0; answer < answers; answer++) {
    const weight = ofAnswers[answer] as number
    if (weight === 0) continue
    for (let k = 0; k < kinds.length; k++) {
      for (let s = 0; s < tried.length; s++) {
        const loss = lossOfChances(kinds[k] as PruneLoss, told, s * answers, answers, answer)
        at(at(sums, k), s).add(first, open, weight, loss)
      }
    }
  }
}

/** The squared errors of a mean. */
function addErrors(
  target: Extract<Target, { kind: 'number' }>,
  { statistics }: Grown,
  rows: Uint32Array,
  weights: Float64Array,
  { sums }: FoldLosses,
  first: number,
  open: number,
): void {
  const mean = meanCell(statistics)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    const loss = (target.grid.step * (mean - (target.cells[row] as number))) ** 2
    for (const own of sums) at(own, 0).add(first, open, weights[row] as number, loss)
  }
}

/** Puts rows of lower codes before the others, each side in its order. @returns how many there are. */
function divide(
  rows: Uint32Array,
  from: number,
  to: number,
  codes: GrownTree['features'][number]['codes'],
  first: number,
  spare: Uint32Array,
): number {
  let [left, right] = [from, 0]
  for (let i = from; i < to; i++) {
    const row = rows[i] as number
    if ((codes[row] as number) < first) rows[left++] = row
    else spare[right++] = row
  }
  for (let i = 0; i < right; i++) rows[left + i] = spare[i] as number
  return left - from
}

/** The position of the first cell above a cut; the cells ascend. */
function firstAbove(cells: Int32Array, cut: number): number {
  let [from, to] = [0, cells.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (at(cells, middle) <= cut) from = middle + 1
    else to = middle
  }
  return from
}
