import { at } from 'emp-compile-runtime/internal/at'
import { badOption } from '../errors.ts'
import type { TrainingEvidence } from '../evidence.ts'
import type { Model } from '../model.ts'
import { allRows, type Table, truthOf } from '../table.ts'
import { upToTen } from '../text.ts'
import { type Assessment, assessmentOf } from './assessment.ts'
import { type Clinical, type OperatingPoint, type Positive, positiveOf } from './clinical.ts'
import { type Dependence, dependenceOf } from './dependence.ts'
import type { Estimates } from './estimates.ts'
import { type HeldOut, heldOutFigures, type MeasureOptions } from './held-out.ts'
import { type ColumnImportance, importancesOf, mattering } from './importances.ts'
import { regressionMetrics } from './metrics.ts'
import { answersIn, type Metrics, metricsOf, outcomesOf } from './outcome.ts'
import { type Restriction, restrictionOf } from './restriction.ts'
import { type Subgroup, subgroupsOf } from './subgroups.ts'

/** Follows a recipe on some of the rows; null with `freely` where there are no public cuts. */
type Fit = (rows: Uint32Array, freely?: 'freely') => Model | null

/** What a model reaches on a file of another origin, and which rows it refuses, and why. */
export interface TestData {
  readonly file: string
  readonly rows: number
  readonly refused: readonly { readonly line: number | null; readonly reason: string }[]
  readonly figures: Estimates
  readonly clinical: Clinical | null
}

export interface Figures {
  readonly task: 'classification' | 'regression'
  readonly training: Metrics
  readonly heldOut: HeldOut | null
  /** The answer that figures are about; null for numbers, and where none of several was named. */
  readonly positive: { readonly answer: string; readonly isChosen: boolean } | null
  /** Clinical figures on rows not seen; null where none were held out. */
  readonly assessment: Omit<Assessment, 'estimates'> | null
  /** The accuracy of always giving the most frequent answer; the RMSE of always giving the mean. */
  readonly baseline: number
  /** On rows of another origin; null where none were given. */
  readonly testData: TestData | null
  /** Of every column. */
  readonly importances: readonly ColumnImportance[]
  /** How the answer follows the columns that matter most. */
  readonly dependence: readonly Dependence[]
  /** Which rows both were measured on. */
  readonly importanceRows: 'not seen' | 'training'
  /** Figures apart, where that was asked for. */
  readonly subgroups: readonly Subgroup[]
  /** Where models divide at public cuts only, and rows were held out. */
  readonly restriction?: Restriction
}

export const defaultMeasureOptions: MeasureOptions = { folds: 10, repeats: 1, seed: 0, testSize: null }

/** The options that say which answer figures are about, and from which chance on it is called. */
export const positiveRows = {
  positive: { type: 'text', text: 'answer that figures are about, such as yes', usual: 'the second, or by its name' },
  threshold: {
    type: 'text',
    text: 'chance from which figures call a record positive: 0.3, or sensitivity=0.95',
    usual: "the model's own answers",
  },
} as const

/** The positive answer as it was named. @throws {CompileError} `bad-option` */
export function positiveNamed(named: string | undefined, answers: readonly string[] | null): string | null {
  if (named === undefined) return null
  if (answers === null) throw badOption('positive', named, 'nothing where the target is numbers')
  if (!answers.includes(named))
    throw badOption('positive', named, `one of the answers: ${upToTen([...answers])}`, answers)
  return named
}

/** A threshold as it was written. @throws {CompileError} `bad-option` */
export function thresholdNamed(text: string | undefined, positive: Positive | null): OperatingPoint | null {
  if (text === undefined) return null
  if (positive === null) throw badOption('threshold', text, 'nothing without a positive answer: ⸨positive⸩ names one')
  const [, sensitivity, chance] = /^(?:sensitivity=(0?\.\d+|1|1\.0*)|(0?\.\d+))$/.exec(text) ?? []
  if (sensitivity !== undefined) return { sensitivity: Number(sensitivity) }
  if (chance !== undefined) return { chance: Number(chance) }
  throw badOption('threshold', text, 'a chance between 0 and 1, or sensitivity=0.95')
}

/** The options of measuring, beside those that it shares with training. */
export const measureRows = {
  ...positiveRows,
  repeats: { type: 'number', whole: true, least: 1, default: 1, text: 'repeats of cross-validation' },
  'test-size': {
    type: 'number',
    above: 0,
    below: 1,
    text: 'share of rows to hold out instead of cross-validation',
    usual: 'none',
  },
} as const

/** Scores a model on its training rows, and its recipe on rows held out from it. */
export function measure(
  table: Table,
  { model, evidence }: { readonly model: Model; readonly evidence: TrainingEvidence },
  refit: Fit,
  options: MeasureOptions,
): Figures {
  const rows = allRows(table)
  const { target } = table
  const training = metricsOf(outcomesOf(table, model, rows), answersIn(table))
  const answers = target.kind === 'classes' ? target.answers : null
  const documented = target.document.positive ?? null
  const named = positiveNamed(options.positive ?? undefined, answers) ?? positiveNamed(documented ?? undefined, answers)
  const positive = answers === null ? null : positiveOf(answers, named)
  const threshold = thresholdNamed(options.threshold ?? undefined, positive)
  const heldOut = heldOutFigures(table, (part) => refit(part), options, positive?.place)
  const assessment =
    heldOut === null ? null : withoutEstimates(assessmentOf(heldOut.outcomes, answers, positive, threshold))
  const parts = heldOut?.parts ?? [{ rows, model }]
  const importances = importancesOf(table, model, parts, evidence.impurity ?? 'gini', options.seed)
  const free =
    evidence.cuts === null ? null : heldOutFigures(table, (part) => refit(part, 'freely'), { ...options, isOnce: true })
  return {
    task: target.kind === 'classes' ? 'classification' : 'regression',
    training,
    heldOut,
    positive: positive === null ? null : { answer: positive.answer, isChosen: positive.isChosen },
    assessment,
    baseline: baselineOf(table),
    testData: null,
    importances,
    dependence: dependenceOf(table, parts, mattering(importances), positive?.place ?? null),
    importanceRows: heldOut === null ? 'training' : 'not seen',
    subgroups: heldOut === null ? [] : subgroupsIn(table, heldOut, options.by ?? [], answers, positive, assessment),
    ...(evidence.cuts === null || heldOut === null || free === null
      ? {}
      : { restriction: restrictionOf(table, evidence.cuts, heldOut, free) }),
  }
}

/** The pooled rows apart, by columns that the table has kept for it. */
function subgroupsIn(
  { others = new Map(), columns }: Table,
  heldOut: HeldOut,
  by: readonly string[],
  answers: readonly string[] | null,
  positive: Positive | null,
  assessment: Omit<Assessment, 'estimates'> | null,
): readonly Subgroup[] {
  const { outcomes, parts } = heldOut
  const rows = parts.flatMap((part) => [...part.rows])
  const values = rows.map((row) => new Map([...others].map(([name, all]) => [name, all[row] ?? null])))
  const documents = new Map(columns.map(({ column, document }) => [column.name, document]))
  return subgroupsOf(outcomes, values, by, answers, positive, assessment?.clinical?.threshold ?? null, documents)
}

/** The estimates of parts stand with what was held out. */
function withoutEstimates({ estimates: _, ...others }: Assessment): Omit<Assessment, 'estimates'> {
  return others
}

function baselineOf({ target, rows, weights }: Table): number {
  const weightOf = (row: number) => (weights === null ? 1 : at(weights, row))
  if (target.kind === 'classes') {
    const counts = target.answers.map((_, i) =>
      target.classes.reduce((sum, answer, row) => sum + (answer === i ? weightOf(row) : 0), 0),
    )
    return Math.max(...counts) / counts.reduce((sum, count) => sum + count, 0)
  }
  const values = Float64Array.from(target.cells, (_, row) => truthOf(target, row))
  const all = weights === null ? rows : weights.reduce((sum, weight) => sum + weight, 0)
  const mean = values.reduce((sum, value, row) => sum + weightOf(row) * value, 0) / all
  return regressionMetrics({ truth: values, given: values.map(() => mean), weights }).rmse
}
