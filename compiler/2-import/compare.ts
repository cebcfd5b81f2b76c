import { at } from 'emp-compile-runtime/internal/at'
import { gridPosition } from 'emp-compile-runtime/internal/grid'
import { openScores } from 'emp-compile-runtime/internal/schemes/link'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'
import { type ScoreNode, type Trees, treesScores } from '../trees.ts'
import type { ForeignModel, ForeignRow } from './foreign.ts'
import type { ForeignPrediction } from './predict.ts'
import type { TreesShape } from './to-trees.ts'

/** The cells of a row of the sample: a number counts as its nearest value on the Grid. */
export function cellsOfRow({ columns, features }: TreesShape, model: ForeignModel, row: ForeignRow): number[] {
  return features.map((feature) => {
    const place = columns.findIndex(({ name }) => name === feature.column)
    const [column, value] = [at(columns, place), at(row, place)]
    if (column.kind === 'number') {
      if (value === null) return 0
      return gridPosition(column.grid, Number(value)) + (column.missing === 'never' ? 0 : 1)
    }
    const level = 'level' in feature ? feature.level : ''
    const input = model.inputs.find((one) => one.column === place)
    const own = input?.kind === 'coded' ? String(value) : at(column.levels, Number(value ?? -1) < 0 ? 0 : Number(value))
    return value !== null && own === level ? 1 : 0
  })
}

/** How far integer scores are from the library's, and how often they change its answer. */
export interface Comparison {
  /** Of scores, in units of the library's. */
  readonly largest: number
  /** Of chances, between 0 and 1; 0 for numbers. */
  readonly chance: number
  readonly changed: number
}

/** Compares a model with what the library says of the same rows. */
export function compareScores(
  model: Trees,
  cells: readonly (readonly number[])[],
  own: readonly ForeignPrediction[],
  unit: number,
): Comparison {
  let [largest, chance, changed] = [0, 0, 0]
  cells.forEach((row, i) => {
    const scores = treesScores(model, row)
    const opened = openScores(model, scores)
    const wanted = at(own, i)
    scores.forEach((score, output) => {
      largest = Math.max(largest, Math.abs(score / unit - at(wanted.scores, output)))
    })
    changed += isOther(model, opened, wanted) ? 1 : 0
    chance = Math.max(chance, chanceDifference(opened, wanted))
  })
  return { largest, chance, changed }
}

function isOther({ answers }: Trees, opened: Opened, { answer }: ForeignPrediction): boolean {
  return opened.kind === 'class' && answer !== null && answers?.[answer] !== opened.answer
}

function chanceDifference(opened: Opened, { values }: ForeignPrediction): number {
  if (opened.kind !== 'class' || opened.shares === undefined) return 0
  const shares = values.length === 1 ? opened.shares.slice(1) : opened.shares
  return Math.max(...shares.map((share, i) => Math.abs(share - at(values, i))))
}

/** How many rows two models answer differently; of numbers, by over a hundredth of the span that the first one gives them. */
export function changedAnswers(
  exact: Trees,
  moved: Trees,
  cells: readonly (readonly number[])[],
  movedCells = cells,
): number {
  const pairs = cells.map(
    (row, i) =>
      [openScores(exact, treesScores(exact, row)), openScores(moved, treesScores(moved, at(movedCells, i)))] as const,
  )
  const numbers = pairs.flatMap(([one]) => (one.kind === 'number' ? [one.answer] : []))
  const span = numbers.reduce((a, b) => Math.max(a, b), -Infinity) - numbers.reduce((a, b) => Math.min(a, b), Infinity)
  return pairs.filter(([one, other]) =>
    one.kind === 'number' && other.kind === 'number'
      ? Math.abs(one.answer - other.answer) > span / 100
      : one.answer !== other.answer,
  ).length
}

/** The largest sizes that the scores of a model may have. */
export function largestScores({ trees, base }: Pick<Trees, 'trees' | 'base'>): number[] {
  const sizes = base.map(Math.abs)
  for (const { output, root } of trees) {
    largestOf(root).forEach((size, i) => {
      sizes[output ?? i] = at(sizes, output ?? i) + size
    })
  }
  return sizes
}

function largestOf(node: ScoreNode): number[] {
  if (node.kind === 'leaf') return node.scores.map(Math.abs)
  const [yes, no] = [largestOf(node.yes), largestOf(node.no)]
  return yes.map((size, i) => Math.max(size, at(no, i)))
}
