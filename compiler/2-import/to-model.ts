import { at } from 'emp-compile-runtime/internal/at'
import { scoreLimit } from 'emp-compile-runtime/internal/schemes/link'
import type { Trees } from '../trees.ts'
import { type Comparison, cellsOfRow, changedAnswers, compareScores, largestScores } from './compare.ts'
import { type CutMode, describeCutMode, readCutMode } from './cut-modes.ts'
import { answersNeed, expectNeed, importNeeds, notASum, scoresTooLarge, tooManyChanged } from './errors.ts'
import type { Ensemble, ForeignModel } from './foreign.ts'
import { type ForeignPrediction, predictForeign } from './predict.ts'
import { domainsOf, type Sample } from './sample.ts'
import { cutsOn, describeModes, publishedCount, saidCuts } from './sample-cuts.ts'
import { sides } from './thresholds.ts'
import { answersOf, foreignMeaning } from './to-link.ts'
import { type OnGrids, onGrids, shapeOf, treesOf } from './to-trees.ts'

/** What is said of a model that is brought from elsewhere. */
export interface ImportChoices {
  /** `even:N`, `log:N`, `used+decoys:N`, `used` or `schema`; null: not said. */
  readonly cuts: string | null
  /** The step that scores are rounded to; null for the coarsest that keeps the sample's answers. */
  readonly scoreStep: number | null
  readonly answers: readonly string[] | null
  readonly acceptChanges: boolean
  /** Whether the library's own predictions are given too. */
  readonly isCompared: boolean
  /** Where decoys are drawn from: nothing that is published. */
  readonly seed: number
}

/** A model of ours, and what it lost on the way. */
export interface Imported {
  readonly model: Trees
  readonly unit: number
  /** Null without rows to measure on. */
  readonly quantised: (Comparison & { readonly rows: number }) | null
  readonly cuts: { readonly mode: string; readonly published: number; readonly changed: number }
  /** Most that a score is off by rounding alone. */
  readonly bound: number
  readonly predictions: readonly ForeignPrediction[]
}

/** Units that are tried, and the one that is taken where there are no rows. */
const units = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16].map((bits) => 2 ** bits)
const usualUnit = 2 ** 12

/** A unit is fine enough that moves no chance by more than this, and no number by more than this share of their span. */
const [fineChance, fineShare] = [0.0005, 0.0005]

/** Over this share of changed answers, cuts have to be accepted. */
export const mostChanged = 0.01

/**
 * Makes a sum of trees of a foreign one: thresholds become cuts by evaluation, cuts are published as it is said, and scores are
 * rounded once. What it loses is measured on the sample.
 *
 * @throws {CompileError} `import-needs`, which lists all that has to be said yet; `cuts-change-answers`
 */
export function toTrees(file: string, model: ForeignModel, sample: Sample, choices: ImportChoices): Imported {
  const { body } = model
  if (body.kind !== 'trees') throw notASum(file, body.kind === 'linear' ? 'a linear model' : 'a network')
  const columns = sample.columns.map(({ column }) => column)
  const grids = onGrids(body, sides(model, domainsOf(sample.columns)), columns)
  const known = answersOf(model)
  const predictions = sample.rows.map((row) => predictForeign(model, row))
  const named =
    known === null ? null : (choices.answers ?? known.names ?? Array.from({ length: known.count }, (_, i) => String(i)))
  const builder = { file, model, body, sample, grids, named, seed: choices.seed }
  const exact = (unit: number) => build(builder, { kind: 'used' }, unit)
  const { unit, quantised } =
    choices.scoreStep === null
      ? finestNeeded(exact, sample, predictions)
      : asAsked(exact, choices.scoreStep, predictions)
  const reference = exact(unit)
  const changedBy = (mode: CutMode) => {
    const made = build(builder, mode, unit)
    const changed = changedAnswers(reference.model, made.model, reference.cells, made.cells)
    return { made, changed, published: publishedCount(made.model.cuts) }
  }
  const said = saidCuts(sample, choices.cuts)
  const needs = [
    ...(known !== null && known.names === null && choices.answers === null ? [answersNeed(known.count)] : []),
    ...(said === null ? [describeModes(changedBy, sample.rows.length)] : []),
  ]
  if (needs.length > 0) throw importNeeds(file, [...needs, ...(choices.isCompared ? [] : [expectNeed])])
  const mode = readCutMode(said ?? 'used')
  const { made, changed, published } = changedBy(mode)
  if (changed > mostChanged * sample.rows.length && !choices.acceptChanges) {
    throw tooManyChanged(describeCutMode(mode), changed, sample.rows.length)
  }
  if (largestScores(made.model).some((size) => size >= scoreLimit)) throw scoresTooLarge(file, unit)
  return {
    model: made.model,
    unit,
    quantised: quantised === null ? null : { ...quantised, rows: sample.rows.length },
    cuts: { mode: describeCutMode(mode), published, changed },
    bound: (body.trees.length + 1) / (2 * unit),
    predictions,
  }
}

interface Builder {
  readonly file: string
  readonly model: ForeignModel
  readonly body: Ensemble
  readonly sample: Sample
  readonly grids: OnGrids
  readonly named: readonly string[] | null
  readonly seed: number
}

/** The model with its cuts published in a way, and the cells of the sample's rows. */
function build({ file, model, body, sample, grids, named, seed }: Builder, mode: CutMode, unit: number) {
  const columns = sample.columns.map(({ column }) => column)
  const cuts = cutsOn(sample, grids.used, mode, seed)
  const shape = shapeOf(columns, cuts)
  const made: Trees = {
    family: 'boosted',
    missingValues: sample.source.missingValues,
    ...shape,
    ...treesOf(body, grids, shape, cuts, unit),
    ...foreignMeaning(file, model, unit, named),
  }
  return { model: made, cells: sample.rows.map((row) => cellsOfRow(shape, model, row)) }
}

type Built = ReturnType<typeof build>

/** The coarsest unit that changes no answer of the sample and moves chances, or numbers, hardly. */
function finestNeeded(exact: (unit: number) => Built, sample: Sample, own: readonly ForeignPrediction[]) {
  if (sample.rows.length === 0) return { unit: usualUnit, quantised: null }
  const first = own.map(({ scores }) => at(scores, 0))
  const span = first.reduce((a, b) => Math.max(a, b)) - first.reduce((a, b) => Math.min(a, b))
  for (const unit of units) {
    const quantised = measured(exact, unit, own)
    const isFine =
      own[0]?.answer === null
        ? quantised.largest <= fineShare * span
        : quantised.changed === 0 && quantised.chance <= fineChance
    if (isFine) return { unit, quantised }
  }
  const unit = at(units, units.length - 1)
  return { unit, quantised: measured(exact, unit, own) }
}

function measured(exact: (unit: number) => Built, unit: number, own: readonly ForeignPrediction[]): Comparison {
  const { model, cells } = exact(unit)
  return compareScores(model, cells, own, unit)
}

function asAsked(exact: (unit: number) => Built, step: number, own: readonly ForeignPrediction[]) {
  const unit = 1 / step
  return { unit, quantised: own.length === 0 ? null : measured(exact, unit, own) }
}
