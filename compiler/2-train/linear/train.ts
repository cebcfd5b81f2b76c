import { foldsOf, mostFolds } from '../../folds.ts'
import { inputsOf, type Linear, type PenaltyStep } from '../../linear.ts'
import { allRows, type Table } from '../../table.ts'
import type { OnPart } from '../../watch.ts'
import { comparePenalties, pathOf, penaltyStrengths, plainStrength } from './choose.ts'
import { type Inputs, inputsOfTable } from './design.ts'
import type { LinearOptions } from './options.ts'
import { roundWeights } from './round.ts'
import { type LearningTask, taskOf } from './task.ts'

/**
 * Trains a logistic (of answers) or a linear (of numbers) regression by a whole recipe: chooses the penalty by
 * cross-validation, fits, and rounds to integers. Deterministic.
 *
 * @param rows the rows to train on; all by default.
 */
export function trainLinear(table: Table, options: LinearOptions, rows?: Uint32Array, onPart?: OnPart): Linear {
  const all = rows ?? allRows(table)
  // Rows that do not count are left out, as in trees.
  const own = table.weights === null ? all : all.filter((row) => table.weights?.[row] !== 0)
  const features = table.features.map(({ feature }) => feature)
  const columns = table.columns.map(({ column }) => column)
  const inputs = inputsOf(columns, features)
  const values = inputsOfTable(table, inputs)
  const task = taskOf(table, options, own)
  const path = options.penalty === null ? compared(table, values, task, own, options, onPart) : []
  const penalty = options.penalty ?? chosenOf(path)
  const along = [...penaltyStrengths.filter((strength) => strength > penalty), penalty]
  const [fitted] = [...pathOf(values, task, own, options.l1, along)].slice(-1)
  if (fitted === undefined) throw new TypeError('a path has no fit')
  const frame = {
    family: 'linear',
    missingValues: table.source.missingValues,
    columns,
    features,
    answers: table.target.kind === 'classes' ? table.target.answers : null,
    inputs,
  } as const
  const { model, rounding } = roundWeights(frame, task.unscale(fitted), values, own, task)
  return { ...model, evidence: { path, penalty, rounding } }
}

/** The penalties on rows held out; none where there are too few rows to hold some out. */
function compared(
  table: Table,
  values: Inputs,
  task: LearningTask,
  rows: Uint32Array,
  { folds: asked, seed, l1 }: LinearOptions,
  onPart?: OnPart,
): readonly PenaltyStep[] {
  const most = mostFolds(table, rows)
  const folds = Math.min(asked ?? 10, most)
  const foldOf = folds < 2 ? null : foldsOf(table, rows, folds, seed)
  return foldOf === null ? [] : comparePenalties(values, task, rows, foldOf, l1, onPart)
}

/**
 * The strength of the least loss, not the strongest within a standard error of it: that one shrinks chances towards the mean,
 * and makes them worse on all data that were tried.
 */
function chosenOf(path: readonly PenaltyStep[]): number {
  const [first] = path
  return first === undefined ? plainStrength : path.reduce((a, b) => (b.loss < a.loss ? b : a)).penalty
}
