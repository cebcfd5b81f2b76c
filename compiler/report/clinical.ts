import { at } from 'emp-compile-runtime/internal/at'
import { aucInterval, aucParts } from './area.ts'
import { designOf, type Estimate, shareOf } from './estimates.ts'
import { normal95 } from './metrics.ts'
import type { RowOutcome } from './outcome.ts'

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
 * @param widening how many times as wide the intervals are.
 */
export function clinicalOf(
  outcomes: readonly RowOutcome[],
  positive: number,
  threshold: number | null,
  widening = 1,
): Clinical {
  const isCalled = ({ given, chances }: RowOutcome) =>
    threshold === null ? given === positive : at(chances, positive) >= threshold
  const isIll = ({ truth }: RowOutcome) => truth === positive
  const among = (some: (one: RowOutcome) => boolean, hit: (one: RowOutcome) => boolean) => {
    const own = outcomes.filter(some)
    return shareOf(
      own.map((one) => Number(hit(one))),
      own,
      widening,
    )
  }
  const not = (is: (one: RowOutcome) => boolean) => (one: RowOutcome) => !is(one)
  const weigh = (ill: boolean, called: boolean) =>
    outcomes.reduce((sum, one) => sum + (isIll(one) === ill && isCalled(one) === called ? (one.weight ?? 1) : 0), 0)
  return {
    threshold,
    sensitivity: among(isIll, isCalled),
    specificity: among(not(isIll), not(isCalled)),
    ppv: among(isCalled, isIll),
    npv: among(not(isCalled), not(isIll)),
    counts: { tp: weigh(true, true), fp: weigh(false, true), fn: weigh(true, false), tn: weigh(false, false) },
  }
}

/** The chance to divide at: as given, or the largest one that finds the share of the ill; 0 where none does. */
export function thresholdFor(outcomes: readonly RowOutcome[], positive: number, wanted: OperatingPoint): number {
  if ('chance' in wanted) return wanted.chance
  const chances = [...new Set(outcomes.map((one) => at(one.chances, positive)))].sort((a, b) => b - a)
  return chances.find((chance) => reaches(outcomes, positive, chance, wanted.sensitivity)) ?? 0
}

function reaches(outcomes: readonly RowOutcome[], positive: number, chance: number, share: number): boolean {
  const { tp, fn } = clinicalOf(outcomes, positive, chance).counts
  return tp >= share * (tp + fn)
}

/** Most rows of the table of thresholds. */
const mostThresholds = 12

/** The figures at every chance that occurs, or at a dozen of them, from the lowest. */
export function thresholdTable(outcomes: readonly RowOutcome[], positive: number, widening = 1): readonly Clinical[] {
  const chances = [...new Set(outcomes.map((one) => at(one.chances, positive)))].sort((a, b) => a - b)
  const last = Math.min(mostThresholds, chances.length) - 1
  const places = new Set(
    Array.from({ length: last + 1 }, (_, i) => Math.round((i / Math.max(1, last)) * (chances.length - 1))),
  )
  return [...places].map((place) => clinicalOf(outcomes, positive, at(chances, place), widening))
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
    const { tp, fp, fn, tn } = clinicalOf(outcomes, positive, threshold).counts
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

export function answerFigures(
  outcomes: readonly RowOutcome[],
  answers: readonly string[],
  widening = 1,
): readonly AnswerFigures[] {
  return answers.map((answer, i) => {
    const { ppv, sensitivity } = clinicalOf(outcomes, i, null, widening)
    const truth = Int32Array.from(outcomes, (one) => Number(one.truth === i))
    const scores = Float64Array.from(outcomes, ({ chances }) => at(chances, i))
    const { weights, groups } = designOf(outcomes)
    const [area, interval] = [aucParts(truth, scores, weights), aucInterval(truth, scores, weights, groups)]
    const half = interval === null ? null : normal95 * widening * interval.standardError
    // Where no two rows are in the wrong order, there is an area, and no interval.
    const low = area === null || half === null ? null : Math.max(0, area.auc - half)
    const high = area === null || half === null ? null : Math.min(1, area.auc + half)
    const rocAuc = area === null ? null : { value: area.auc, low, high }
    return { answer, precision: ppv, recall: sensitivity, rocAuc }
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
