import { at } from 'emp-compile-runtime/internal/at'
import { featureName } from 'emp-compile-runtime/internal/contract'
import { badOption } from '../errors.ts'
import type { TrainingEvidence } from '../evidence.ts'
import { type Spread, seededRandom } from '../folds.ts'
import { cellsFor } from '../missing.ts'
import { columnsOf, type Model } from '../model.ts'
import { allRows, type Table, truthOf } from '../table.ts'
import { upToTen } from '../text.ts'
import { type Node, type Tree, weightsAt } from '../tree.ts'
import { scoreSplits } from '../trees.ts'
import { type Assessment, assessmentOf } from './assessment.ts'
import { type Clinical, type OperatingPoint, type Positive, positiveOf } from './clinical.ts'
import type { Estimates } from './estimates.ts'
import { type HeldOut, heldOutFigures, type MeasureOptions } from './held-out.ts'
import { type ImpurityNode, impurityImportance, permutationImportance } from './importance.ts'
import { type Impurity, impurityAt } from './impurity.ts'
import { regressionMetrics } from './metrics.ts'
import { answersIn, type Metrics, metricsOf, outcomeOf, outcomesOf } from './outcome.ts'
import { type Restriction, restrictionOf } from './restriction.ts'

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

export interface PermutationImportance {
  readonly name: string
  /** Of trees: its share of the decrease of impurity. */
  readonly impurity?: number
  /** By how much the accuracy, or the R², on the training rows drops when the feature is shuffled. */
  readonly permutation: Spread
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
  readonly importances: readonly PermutationImportance[]
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

const mostPermutedRows = 5_000

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
  const free = evidence.cuts === null ? null : heldOutFigures(table, (part) => refit(part, 'freely'), options)
  return {
    task: target.kind === 'classes' ? 'classification' : 'regression',
    training,
    heldOut,
    positive: positive === null ? null : { answer: positive.answer, isChosen: positive.isChosen },
    assessment:
      heldOut === null ? null : withoutEstimates(assessmentOf(heldOut.outcomes, answers, positive, threshold)),
    baseline: baselineOf(table),
    testData: null,
    importances: importancesOf(table, model, evidence.impurity ?? 'gini', options.seed),
    ...(evidence.cuts === null || heldOut === null || free === null
      ? {}
      : { restriction: restrictionOf(table, evidence.cuts, heldOut, free) }),
  }
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

function importancesOf(table: Table, model: Model, criterion: Impurity, seed: number): PermutationImportance[] {
  const random = seededRandom(seed)
  const rows = Math.min(table.rows, mostPermutedRows)
  const chosen = Uint32Array.from({ length: rows }, (_, i) => Math.floor((i * table.rows) / rows))
  const allCells = Array.from(chosen, cellsFor(table, { columns: columnsOf(model) }))
  const score = (permute: { readonly feature: number; readonly order: Uint32Array } | null) => {
    const outcomes = allCells.map((cells, i) => {
      const own =
        permute === null ? cells : cells.with(permute.feature, allCells[at(permute.order, i)]?.[permute.feature] ?? 0)
      return { truth: truthOf(table.target, at(chosen, i)), given: outcomeOf(model, own, false).given }
    })
    const weights = Float64Array.from(chosen, (row) => (table.weights === null ? 1 : at(table.weights, row)))
    const all = weights.reduce((sum, weight) => sum + weight, 0)
    if (all === 0) return 0
    if (table.target.kind === 'classes')
      return outcomes.reduce((sum, { truth, given }, i) => sum + (truth === given ? at(weights, i) : 0), 0) / all
    const [truth, given] = [outcomes.map((one) => one.truth), outcomes.map((one) => one.given)]
    return regressionMetrics({ truth: Float64Array.from(truth), given: Float64Array.from(given), weights }).r2 ?? 0
  }
  // A feature that is not used changes nothing when it is shuffled.
  const permuted = [...usedFeatures(model)].sort((a, b) => a - b)
  const task = { features: permuted.length, rows, repeats: 5, random }
  const drops = permutationImportance({
    ...task,
    score: (permute) => score(permute === null ? null : { ...permute, feature: at(permuted, permute.feature) }),
  })
  const impurities =
    model.family === 'tree'
      ? impurityImportance(impurityNode(model, model.root, criterion), model.features.length)
      : null
  return model.features.map((feature, i) => ({
    name: featureName(feature),
    ...(impurities === null ? {} : { impurity: at(impurities, i) }),
    permutation: drops[permuted.indexOf(i)] ?? { mean: 0, deviation: 0 },
  }))
}

/** The features that may change what a model answers. */
function usedFeatures(model: Model): ReadonlySet<number> {
  switch (model.family) {
    case 'tree':
      return new Set(splitFeatures(model.root))
    case 'linear':
      return new Set(
        model.inputs.flatMap(({ feature }, i) => (model.weights.some((row) => row[i] !== 0) ? [feature] : [])),
      )
    case 'network':
      return new Set(
        model.monomials.flatMap((monomial, i) =>
          model.weights.some((row) => row[i] !== 0) ? monomial.map((place) => at(model.inputs, place).feature) : [],
        ),
      )
    case 'additive': {
      const counts = model.columns.map(({ points }) => new Set(points.map((own) => own.join())).size > 1)
      const paired = model.pairs.flatMap(({ columns }) => columns)
      const names = model.columns.flatMap(({ column }, i) =>
        counts[i] === true || paired.includes(i) ? [column.name] : [],
      )
      return new Set(model.features.flatMap(({ column }, i) => (names.includes(column) ? [i] : [])))
    }
    case 'boosted':
      return new Set(
        model.trees
          .flatMap(({ root }) => scoreSplits(root))
          .map(({ column }) => at(model.columns, column).name)
          .flatMap((name) => model.features.flatMap((feature, i) => (feature.column === name ? [i] : []))),
      )
    default:
      return model satisfies never
  }
}

function splitFeatures(node: Node): number[] {
  return node.kind === 'split'
    ? [node.feature, ...(node.also ?? []), ...splitFeatures(node.left), ...splitFeatures(node.right)]
    : []
}

function impurityNode(tree: Tree, node: Node, criterion: Impurity): ImpurityNode {
  const own = {
    rows: weightsAt(node).reduce((sum, weight) => sum + weight, 0),
    impurity: impurityAt(tree, node, criterion),
  }
  if (node.kind !== 'split') return { ...own, split: null }
  const [left, right] = [impurityNode(tree, node.left, criterion), impurityNode(tree, node.right, criterion)]
  const { feature, also = [] } = node
  return { ...own, split: { feature, also, left, right } }
}
