import { at } from 'emp-compile-runtime/internal/at'
import { areaEstimate } from './area-estimate.ts'
import { type Estimate, shareOf } from './estimates.ts'
import { varianceOfModels } from './instability.ts'
import { type RowOutcome, totalWeight } from './outcome.ts'

/** How often a positive answer is right, and a negative one, where answers are given in one way. */
export interface Clinical {
  /** The least chance of the positive answer that is called positive; null for the model's own answers. */
  readonly threshold: number | null
  readonly sensitivity: Estimate | null
  readonly specificity: Estimate | null
  readonly ppv: Estimate | null
  readonly npv: Estimate | null
  /** Rows, or what they weigh. */
  readonly counts: { readonly tp: number; readonly fp: number; readonly fn: number; readonly tn: number }
}

/** Where to divide chances: a chance, or a share of the ill to be found. */
export type OperatingPoint = { readonly chance: number } | { readonly sensitivity: number }

/**
 * The figures at an operating point, each a share with Wilson's 95 % interval; null where there is no row to count.
 *
 * @param positive the position of the positive answer.
 * @param threshold null for the model's own answers.
 */
export function clinicalOf(outcomes: readonly RowOutcome[], positive: number, threshold: number | null): Clinical {
  const isCalled = callerOf(positive, threshold)
  const isIll = ({ truth }: RowOutcome) => truth === positive
  const not = (is: Condition) => (one: RowOutcome) => !is(one)
  return {
    threshold,
    sensitivity: shareAmong(outcomes, isIll, isCalled),
    specificity: shareAmong(outcomes, not(isIll), not(isCalled)),
    ppv: shareAmong(outcomes, isCalled, isIll),
    npv: shareAmong(outcomes, not(isCalled), not(isIll)),
    counts: countsOf(outcomes, positive, threshold),
  }
}

type Condition = (one: RowOutcome) => boolean

const callerOf =
  (positive: number, threshold: number | null): Condition =>
  ({ given, chances }) =>
    threshold === null ? given === positive : at(chances, positive) >= threshold

/** Rows, or what they weigh, by what is true and what is called. */
function countsOf(outcomes: readonly RowOutcome[], positive: number, threshold: number | null): Clinical['counts'] {
  const isCalled = callerOf(positive, threshold)
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 }
  for (const one of outcomes) {
    const isRight = isCalled(one) === (one.truth === positive)
    counts[`${isRight ? 't' : 'f'}${isCalled(one) ? 'p' : 'n'}`] += one.weight ?? 1
  }
  return counts
}

/** The share of some rows that are hit. Another model may change who these rows are, and who is hit. */
function shareAmong(outcomes: readonly RowOutcome[], some: Condition, hit: Condition): Estimate | null {
  const own = outcomes.filter(some)
  const hits = own.map((one) => Number(hit(one)))
  const value = shareOf(hits, own)?.value
  if (value === undefined) return null
  const scale = totalWeight(outcomes) / totalWeight(own)
  // The share to first order: a mean over all rows.
  const values = (rows: readonly RowOutcome[]) =>
    rows.map((one) => (some(one) ? scale * (Number(hit(one)) - value) : 0))
  return shareOf(hits, own, varianceOfModels(outcomes, values))
}

/** The chance to divide at: as given, or the largest one that finds the share of the ill; 0 where none does. */
export function thresholdFor(outcomes: readonly RowOutcome[], positive: number, wanted: OperatingPoint): number {
  if ('chance' in wanted) return wanted.chance
  const chances = [...new Set(outcomes.map((one) => at(one.chances, positive)))].sort((a, b) => b - a)
  return chances.find((chance) => reaches(outcomes, positive, chance, wanted.sensitivity)) ?? 0
}

function reaches(outcomes: readonly RowOutcome[], positive: number, chance: number, share: number): boolean {
  const { tp, fn } = countsOf(outcomes, positive, chance)
  return tp >= share * (tp + fn)
}

/** Most rows of the table of thresholds. */
const mostThresholds = 12

/** The figures at every chance that occurs, or at a dozen of them, from the lowest. */
export function thresholdTable(outcomes: readonly RowOutcome[], positive: number): readonly Clinical[] {
  const chances = [...new Set(outcomes.map((one) => at(one.chances, positive)))].sort((a, b) => a - b)
  const last = Math.min(mostThresholds, chances.length) - 1
  const places = new Set(
    Array.from({ length: last + 1 }, (_, i) => Math.round((i / Math.max(1, last)) * (chances.length - 1))),
  )
  return [...places].map((place) => clinicalOf(outcomes, positive, at(chances, place)))
}

/** What is gained by acting on chances from a threshold on, beside acting on all and on none, which gains 0. */
export interface NetBenefit {
  readonly threshold: number
  readonly model: number
  readonly all: number
}

/**
 * The net benefit at thresholds from 0.05 to 0.95: true positives less false ones, each as bad as the odds of the threshold
 * say, a row (Vickers and Elkin, "Decision curve analysis", Medical Decision Making 26, 2006).
 */
export function decisionCurve(outcomes: readonly RowOutcome[], positive: number): readonly NetBenefit[] {
  return Array.from({ length: 19 }, (_, i) => {
    const threshold = (i + 1) / 20
    const odds = threshold / (1 - threshold)
    const { tp, fp, fn, tn } = countsOf(outcomes, positive, threshold)
    const rows = tp + fp + fn + tn
    return { threshold, model: (tp - fp * odds) / rows, all: (tp + fn - (fp + tn) * odds) / rows }
  })
}

/** How well one answer of several is told from the others. */
export interface AnswerFigures {
  readonly answer: string
  /** Of those who were given it, the share who have it. */
  readonly precision: Estimate | null
  /** Of those who have it, the share who were given it. */
  readonly recall: Estimate | null
  /** The area under its ROC curve. */
  readonly rocAuc: Estimate | null
}

export function answerFigures(outcomes: readonly RowOutcome[], answers: readonly string[]): readonly AnswerFigures[] {
  return answers.map((answer, i) => {
    const { ppv, sensitivity } = clinicalOf(outcomes, i, null)
    return { answer, precision: ppv, recall: sensitivity, rocAuc: areaEstimate(outcomes, i) }
  })
}

/** Words for the absence of what is looked for, in whole or as a beginning. */
const absence =
  /^(no|non|not|none|normal|negative|neg|healthy|control|benign|absent|absence|alive|live|false|without)\b|^not/i

/** The answer that figures are about, and whether somebody said so. */
export interface Positive {
  readonly place: number
  readonly answer: string
  readonly isChosen: boolean
}

/**
 * The positive answer of two: the one that was named; else the second one, unless only that one names an absence. Null
 * where there are not two answers and none was named.
 */
export function positiveOf(answers: readonly string[], named: string | null): Positive | null {
  if (named !== null) return { place: answers.indexOf(named), answer: named, isChosen: true }
  const [first, second] = answers
  if (first === undefined || second === undefined || answers.length !== 2) return null
  const isFirst = absence.test(second) && !absence.test(first)
  return { place: isFirst ? 0 : 1, answer: isFirst ? first : second, isChosen: false }
}
