import { at } from 'emp-compile-runtime/internal/at'
import { cellsFor } from '../missing.ts'
import { columnsOf, type Model, predict } from '../model.ts'
import { type Table, truthOf } from '../table.ts'
import { chancesOf, leafOf } from '../tree.ts'
import {
  type ClassificationMetrics,
  classificationMetrics,
  type RegressionMetrics,
  regressionMetrics,
} from './metrics.ts'

/** What a model gave for a row, and what was true: positions of answers, or numbers; and the chances of the answers. */
export interface RowOutcome {
  readonly truth: number
  readonly given: number
  readonly chances: readonly number[]
  /** What the row weighs; 1 where rows are not weighted. */
  readonly weight?: number
  /** Whose the row is, where rows belong to groups. */
  readonly group?: number
  /** What another model of the same recipe gave, where the row was held out twice. */
  readonly again?: Again
}

/** What a row was given when it was held out again, in another deal of the rows. */
export interface Again {
  readonly given: number
  readonly chances: readonly number[]
  /** The parts that the row was held out in, at first and again. */
  readonly parts: readonly [number, number]
}

/** What rows weigh together: their number where they are not weighted. */
export const totalWeight = (outcomes: readonly RowOutcome[]): number =>
  outcomes.reduce((sum, { weight = 1 }) => sum + weight, 0)

export type Metrics = ClassificationMetrics | RegressionMetrics

/** What a model gives for some rows of a table. */
export function outcomesOf(table: Table, model: Model, rows: Uint32Array): RowOutcome[] {
  const cells = cellsFor(table, { columns: columnsOf(model) })
  return Array.from(rows, (row) => ({
    truth: truthOf(table.target, row),
    ...outcomeOf(model, cells(row)),
    ...(table.weights === null ? {} : { weight: at(table.weights, row) }),
    ...(table.groups == null ? {} : { group: at(table.groups, row) }),
  }))
}

/** What a model gives: a position among its answers or a number, and the chances of the answers, by what rows weigh. */
export function outcomeOf(model: Model, cells: readonly number[]): Pick<RowOutcome, 'given' | 'chances'> {
  const opened = predict(model, cells)
  if (opened.kind === 'number') return { given: opened.answer, chances: [] }
  // Those of a leaf before they are rounded for publication.
  const leaf = model.family === 'tree' ? leafOf(model, cells) : null
  const chances = chancesOf(leaf?.kind === 'leaf' ? leaf : opened)
  return { given: (model.answers ?? []).indexOf(opened.answer), chances: chances ?? [] }
}

/** The figures of some outcomes. @param answers their number; null for numbers. @throws RangeError if there is none. */
export function metricsOf(outcomes: readonly RowOutcome[], answers: number | null): Metrics {
  const weights = outcomes.some(({ weight }) => weight !== undefined)
    ? Float64Array.from(outcomes, ({ weight = 1 }) => weight)
    : null
  if (answers === null) {
    const [truth, given] = [outcomes.map((one) => one.truth), outcomes.map((one) => one.given)]
    return regressionMetrics({ truth: Float64Array.from(truth), given: Float64Array.from(given), weights })
  }
  return classificationMetrics({
    truth: Int32Array.from(outcomes, ({ truth }) => truth),
    given: Int32Array.from(outcomes, ({ given }) => given),
    probabilities: outcomes.map(({ chances }) => chances),
    classes: answers,
    weights,
  })
}

/** How many answers a target has; null for numbers. */
export const answersIn = ({ target }: Pick<Table, 'target'>): number | null =>
  target.kind === 'classes' ? target.answers.length : null
