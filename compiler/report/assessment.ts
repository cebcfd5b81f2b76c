import { at } from 'emp-compile-runtime/internal/at'
import { percent, significant } from '../text.ts'
import {
  type AnswerFigures,
  answerFigures,
  type Clinical,
  clinicalOf,
  decisionCurve,
  type NetBenefit,
  type OperatingPoint,
  type Positive,
  thresholdFor,
  thresholdTable,
} from './clinical.ts'
import { type Estimate, type Estimates, estimatesOf } from './estimates.ts'
import { metricsOf, type RowOutcome } from './outcome.ts'

/** All figures of a model on rows that it has not seen. */
export interface Assessment {
  readonly rows: number
  readonly estimates: Estimates
  /** At the operating point; null without a positive answer. */
  readonly clinical: Clinical | null
  readonly thresholds: readonly Clinical[]
  readonly decision: readonly NetBenefit[]
  readonly answers: readonly AnswerFigures[]
}

/**
 * @param answers null for numbers.
 * @throws RangeError if there is no row.
 */
export function assessmentOf(
  outcomes: readonly RowOutcome[],
  answers: readonly string[] | null,
  positive: Positive | null,
  threshold: OperatingPoint | null,
): Assessment {
  const count = answers === null ? null : answers.length
  const place = positive?.place ?? 1
  const estimates = estimatesOf(outcomes, count, metricsOf(outcomes, count), place)
  const chance = threshold === null || positive === null ? null : thresholdFor(outcomes, place, threshold)
  return {
    rows: outcomes.length,
    estimates,
    clinical: positive === null ? null : clinicalOf(outcomes, place, chance),
    thresholds: positive === null ? [] : thresholdTable(outcomes, place),
    decision: positive === null ? [] : decisionCurve(outcomes, place),
    answers: answers === null || answers.length === 2 ? [] : answerFigures(outcomes, answers),
  }
}

/** A share with its interval: `76.6% (71.4% to 81.1%)`; `-` where there is none. */
export const shown = (one: Estimate | null, show: (value: number) => string = percent): string =>
  one === null
    ? '-'
    : show(one.value) + (one.low === null || one.high === null ? '' : ` (${show(one.low)} to ${show(one.high)})`)

const three = (value: number) => value.toFixed(3)
const two = (value: number) => value.toFixed(2)

/** Every figure by its name, with its interval. */
export function estimateRows(estimates: Estimates): readonly (readonly [string, string])[] {
  if (!('accuracy' in estimates)) {
    const { rmse, mae, r2 } = estimates
    return [
      ['root mean squared error', shown(rmse, significant)],
      ['mean absolute error', shown(mae, significant)],
      ['R²', shown(r2, two)],
    ]
  }
  const { accuracy, balancedAccuracy, rocAuc, logLoss, brier, calibration } = estimates
  return [
    ['accuracy', shown(accuracy)],
    ['balanced accuracy', shown(balancedAccuracy)],
    ['area under the ROC curve', shown(rocAuc, two)],
    ['log loss', shown(logLoss, three)],
    ['Brier score', shown(brier, three)],
    ...(calibration === null
      ? []
      : [
          ['calibration slope', calibration.slope?.toFixed(2) ?? '-'] as const,
          ['calibration in the large', calibration.intercept?.toFixed(2) ?? '-'] as const,
        ]),
  ]
}

/** The figures of an operating point in words. */
export function clinicalRows(clinical: Clinical): readonly (readonly [string, string])[] {
  const { sensitivity, specificity, ppv, npv } = clinical
  return [
    ['sensitivity', shown(sensitivity)],
    ['specificity', shown(specificity)],
    ['positive predictive value', shown(ppv)],
    ['negative predictive value', shown(npv)],
  ]
}

/** What is called positive, in words. */
export const operatingPoint = ({ threshold }: Clinical, answer: string): string =>
  threshold === null
    ? `${JSON.stringify(answer)} where the model answers it`
    : `${JSON.stringify(answer)} from a chance of ${percent(threshold)} on`

/** The thresholds as a table; its first row is the head. */
export function thresholdRows(thresholds: readonly Clinical[]): readonly (readonly string[])[] {
  return [
    ['from a chance of', 'sensitivity', 'specificity', 'positive predictive value', 'negative predictive value'],
    ...thresholds.map(({ threshold, sensitivity, specificity, ppv, npv }) => [
      percent(threshold ?? 0),
      ...[sensitivity, specificity, ppv, npv].map((one) => shown(one)),
    ]),
  ]
}

/** The decision curve as a table. */
export function decisionRows(decision: readonly NetBenefit[]): readonly (readonly string[])[] {
  return [
    ['acting from a chance of', 'net benefit of the model', 'of acting on all'],
    ...decision
      .filter((_, i) => i % 2 === 1)
      .map(({ threshold, model, all }) => [percent(threshold), three(model), three(all)]),
  ]
}

/** Precision, recall and area of every answer as a table. */
export function answerRows(
  answers: readonly AnswerFigures[],
  labels: readonly string[],
): readonly (readonly string[])[] {
  return [
    ['answer', 'precision', 'recall', 'area under its ROC curve'],
    ...answers.map(({ precision, recall, rocAuc }, i) => [
      at(labels, i),
      shown(precision),
      shown(recall),
      shown(rocAuc, two),
    ]),
  ]
}
