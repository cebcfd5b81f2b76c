import { at } from 'emp-compile-runtime/internal/at'
import { foldsOf, mostFolds } from '../../folds.ts'
import { featuresOf } from '../../points.ts'
import { allRows, type Table } from '../../table.ts'
import { type BoostedEvidence, type Trees, withoutConstants } from '../../trees.ts'
import type { OnPart } from '../../watch.ts'
import { type CodedColumn, type PlacedColumn, placeColumns, takeRows } from '../additive/coded.ts'
import { boostTrees, type GrownScoreTree } from './boost.ts'
import { compareBoosted, depths, rates, stops } from './choose.ts'
import type { BoostedOptions } from './options.ts'
import { roundTrees } from './round.ts'
import { type BoostedTask, boostedTaskOf } from './task.ts'

/** What is taken where there are too few rows to compare by. */
const plain = { depth: 2, rate: 0.1, trees: 50 } as const

/** Folds by which is chosen what the options leave open. */
const usualFolds = 5

/**
 * Trains a sum of trees by a whole recipe: places the columns on their public cuts, chooses depth, rate and rounds as the
 * options leave them open, boosts, and rounds. Deterministic.
 *
 * @param rows the rows to train on; all by default.
 */
export function trainBoosted(table: Table, options: BoostedOptions, rows?: Uint32Array, onPart?: OnPart): Trees {
  const all = rows ?? allRows(table)
  // Rows that do not count are left out, as in other families.
  const own = table.weights === null ? all : all.filter((row) => table.weights?.[row] !== 0)
  const placed = placeColumns(table, options.cuts)
  const isWhole = rows === undefined && own.length === table.rows
  const columns = isWhole ? placed : placed.map((column) => takeRows(column, own))
  const task = boostedTaskOf(table, options, own)
  const evidence = settled(table, columns, task, own, options, onPart)
  const loss = task.lossOf(allRows({ rows: own.length }))
  const grown: GrownScoreTree[] = []
  const scores = new Float64Array(loss.outputs * own.length)
  const path = boostTrees(columns, loss, { ...evidence, ...task.leaves }, scores)
  for (let round = 0; round < evidence.trees; round++) grown.push(...path.next().value)
  const answers = table.target.kind === 'classes' ? table.target.answers : null
  const { trees, base, unit } = roundTrees(grown, loss.start, scores, columns, task, answers)
  return {
    family: 'boosted',
    missingValues: table.source.missingValues,
    ...shapeOf(placed),
    ...withoutConstants(trees, base),
    link: task.linkOf(unit),
    answers,
    evidence,
  }
}

/** All columns with all their public cuts, whether the trees use them or not. */
function shapeOf(placed: readonly PlacedColumn[]): Pick<Trees, 'columns' | 'features' | 'cuts'> {
  const columns = placed.map(({ column }) => column)
  const cuts = placed.flatMap(({ column, cuts: own }) =>
    column.kind === 'text' ? column.levels.map(() => [0]) : [own],
  )
  return { columns, features: featuresOf(columns), cuts }
}

/** What the options leave open is chosen by cross-validation, if there are rows for it. */
function settled(
  table: Table,
  columns: readonly CodedColumn[],
  task: BoostedTask,
  own: Uint32Array,
  { trees, depth, rate, folds: asked, seed }: BoostedOptions,
  onPart?: OnPart,
): BoostedEvidence {
  if (trees !== null && depth !== null && rate !== null) return { depth, rate, trees, path: [] }
  const folds = Math.min(asked ?? usualFolds, mostFolds(table, own))
  const foldOf = folds < 2 ? null : foldsOf(table, own, folds, seed)
  if (foldOf === null) {
    return { depth: depth ?? plain.depth, rate: rate ?? plain.rate, trees: trees ?? plain.trees, path: [] }
  }
  const ways = (depth === null ? depths : [depth]).flatMap((one) =>
    (rate === null ? rates : [rate]).map((other) => ({ depth: one, rate: other })),
  )
  const { steps, chosen } = compareBoosted(columns, task, foldOf, ways, trees === null ? stops : [trees], onPart)
  const step = at(steps, chosen)
  return { depth: step.depth, rate: step.rate, trees: step.trees, path: steps }
}
