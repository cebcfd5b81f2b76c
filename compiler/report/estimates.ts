import { at } from 'emp-compile-runtime/internal/at'
import { areaEstimate } from './area-estimate.ts'
import { type Calibration, calibrationOf } from './calibration.ts'
import { varianceOfModels } from './instability.ts'
import { type ConfidenceInterval, normal95, wilsonInterval } from './metrics.ts'
import type { RowOutcome } from './outcome.ts'
import { addedToExplained, designOf, type RowDesign, recallValues, rowLosses, spreadOfTruth } from './row-values.ts'

/** A figure with its 95 % interval; null where none can be given. */
export interface Estimate {
  readonly value: number
  readonly low: number | null
  readonly high: number | null
}

/** How well answers and their chances are told, on rows that a model has not seen. */
export interface ClassEstimates {
  readonly accuracy: Estimate
  readonly balancedAccuracy: Estimate
  /** Null where an answer is absent. 0.5 without an interval where all chances are alike. */
  readonly rocAuc: Estimate | null
  readonly logLoss: Estimate
  readonly brier: Estimate
  /** Of two answers. */
  readonly calibration: Calibration | null
}

/** How well numbers are told, in the target's unit. */
export interface NumberEstimates {
  readonly rmse: Estimate
  readonly mae: Estimate
  /** Null where all numbers are the same. */
  readonly r2: Estimate | null
}

export type Estimates = ClassEstimates | NumberEstimates

/**
 * Figures with 95 % intervals over rows. Shares have Wilson's interval; the area under the ROC curve DeLong's; losses their
 * mean ± 1.96 standard errors; the balanced accuracy that of the shares it is made of (Zou and Donner, "Construction of
 * confidence limits about effect measures", Statistics in Medicine 27, 2008); R² by the delta method.
 *
 * Where rows are weighted, a share stands on Kish's effective number of rows, (sum w)² / sum w², and standard errors are
 * linearised: of sum w (x - mean) / sum w. Where rows belong to groups, groups take the place of rows in them.
 *
 * Of rows that were held out twice, intervals also hold what the choice of the model adds ({@link varianceOfModels}). Of
 * others they are for the models that gave the outcomes.
 *
 * @param answers their number; null for numbers.
 * @param positive the position of the answer that chances and calibration are of, where there are two.
 * @throws RangeError if there is no row.
 */
export function estimatesOf(
  outcomes: readonly RowOutcome[],
  answers: number | null,
  metrics: ClassificationLike | RegressionLike,
  positive = 1,
): Estimates {
  const design = designOf(outcomes)
  return answers === null
    ? numberEstimates(outcomes, metrics as RegressionLike, design)
    : classEstimates(outcomes, answers, metrics as ClassificationLike, design, positive)
}

/** The figures without intervals, as they were measured. */
interface ClassificationLike {
  readonly accuracy: number
  readonly balancedAccuracy: number
  readonly rocAuc: number | null
  readonly logLoss: number
  readonly brier: number
}
interface RegressionLike {
  readonly rmse: number
  readonly mae: number
  readonly r2: number | null
}

function classEstimates(
  outcomes: readonly RowOutcome[],
  answers: number,
  metrics: ClassificationLike,
  design: RowDesign,
  positive: number,
): ClassEstimates {
  const { right, logLosses, squares } = rowLosses(outcomes, answers)
  const ofModels = (name: 'right' | 'logLosses' | 'squares') =>
    varianceOfModels(outcomes, (some) => rowLosses(some, answers)[name])
  return {
    accuracy: { value: metrics.accuracy, ...shareInterval(right, design, ofModels('right')) },
    balancedAccuracy: { value: metrics.balancedAccuracy, ...balancedInterval(outcomes, right, design) },
    rocAuc: aucEstimate(outcomes, answers, metrics.rocAuc, positive),
    logLoss: { value: metrics.logLoss, ...lossInterval(metrics.logLoss, logLosses, design, ofModels('logLosses')) },
    brier: { value: metrics.brier, ...lossInterval(metrics.brier, squares, design, ofModels('squares')) },
    calibration: answers === 2 ? calibrationOf(outcomes, positive) : null,
  }
}

function numberEstimates(outcomes: readonly RowOutcome[], metrics: RegressionLike, design: RowDesign): NumberEstimates {
  const errors = outcomes.map(({ truth, given }) => truth - given)
  const squares = errors.map((error) => error ** 2)
  const { rmse, mae, r2 } = metrics
  const ofModels = (lossOf: (error: number) => number) =>
    varianceOfModels(outcomes, (some) => some.map(({ truth, given }) => lossOf(truth - given)))
  const ofSquares = ofModels((error) => error ** 2)
  const around = lossInterval(rmse ** 2, squares, design, ofSquares)
  const root = (value: number | null) => (value === null ? null : Math.sqrt(Math.max(0, value)))
  return {
    rmse: { value: rmse, low: root(around.low), high: root(around.high) },
    mae: { value: mae, ...lossInterval(mae, errors.map(Math.abs), design, ofModels(Math.abs)) },
    r2: r2 === null ? null : { value: r2, ...explainedInterval(r2, outcomes, squares, design, ofSquares) },
  }
}

/** Of the area under the ROC curve by chances of one answer; of several answers the mean of theirs, without an interval. */
function aucEstimate(
  outcomes: readonly RowOutcome[],
  answers: number,
  pooled: number | null,
  positive: number,
): Estimate | null {
  if (pooled === null) return null
  const [first] = outcomes
  if (outcomes.every(({ chances }) => chances.every((chance, i) => chance === first?.chances[i])))
    return { value: 0.5, low: null, high: null }
  if (answers !== 2) return { value: pooled, low: null, high: null }
  return { low: null, high: null, ...areaEstimate(outcomes, positive), value: pooled }
}

/**
 * A share, and its interval by Wilson.
 *
 * @param hits 1 where a row counts for it, else 0. @param ofModels what the choice of the model adds to its variance.
 */
export function shareOf(hits: readonly number[], outcomes: readonly RowOutcome[], ofModels = 0): Estimate | null {
  if (outcomes.length === 0) return null
  const design = designOf(outcomes)
  const { weights } = design
  const all = weights === null ? hits.length : sumOf(weights)
  if (all === 0) return null
  const value = hits.reduce((sum, hit, i) => sum + hit * (weights?.[i] ?? 1), 0) / all
  return { value, ...shareInterval(hits, design, ofModels) }
}

/** A variance beside that of a sample makes the number of rows smaller that the share stands on. */
function shareInterval(hits: readonly number[], { weights, groups }: RowDesign, ofModels = 0): ConfidenceInterval {
  const weightOf = (i: number) => weights?.[i] ?? 1
  const all = hits.reduce((sum, _, i) => sum + weightOf(i), 0)
  const share = hits.reduce((sum, hit, i) => sum + hit * weightOf(i), 0) / all
  const rows = weights === null ? hits.length : all ** 2 / hits.reduce((sum, _, i) => sum + weightOf(i) ** 2, 0)
  const within = (rows: number) => {
    // The variance of a sample at the interval's middle, which is not 0 where all rows or none count.
    const middle = (share * rows + normal95 ** 2 / 2) / (rows + normal95 ** 2)
    const sample = (middle * (1 - middle)) / rows
    const n = (rows * sample) / (sample + ofModels)
    return wilsonInterval(Math.min(n, share * n), n)
  }
  if (groups === null) return within(rows)
  const variance = varianceOfMean(hits, share, { weights, groups })
  const ofGroups = [
    ...sumsOf(
      hits.map((_, i) => weightOf(i)),
      groups,
    ).values(),
  ]
  const effective = all ** 2 / ofGroups.reduce((sum, weight) => sum + weight ** 2, 0)
  return within(variance === null || variance === 0 ? effective : Math.min(rows, (share * (1 - share)) / variance))
}

/** Of the mean of shares: the distances to the ends of their intervals add up as squares. */
function balancedInterval(
  outcomes: readonly RowOutcome[],
  right: readonly number[],
  { weights, groups }: RowDesign,
): ConfidenceInterval {
  const classes = [...new Set(outcomes.flatMap(({ truth }, i) => (weights?.[i] === 0 ? [] : [truth])))]
  const parts = classes.map((truth) => {
    const own = outcomes.flatMap((one, i) => (one.truth === truth ? [i] : []))
    const hits = own.map((i) => at(right, i))
    const ownWeights = weights === null ? null : Float64Array.from(own, (i) => at(weights, i))
    const ownGroups = groups === null ? null : Int32Array.from(own, (i) => at(groups, i))
    const value =
      hits.reduce((sum, hit, i) => sum + hit * (ownWeights?.[i] ?? 1), 0) /
      (ownWeights === null ? hits.length : sumOf(ownWeights))
    return { value, ...shareInterval(hits, { weights: ownWeights, groups: ownGroups }) }
  })
  const mean = parts.reduce((sum, { value }) => sum + value, 0) / parts.length
  const length = (distances: readonly number[]) =>
    Math.sqrt(distances.reduce((sum, d) => sum + d ** 2, 0)) / parts.length
  const [below, above] = [
    length(parts.map(({ value, low }) => value - low)),
    length(parts.map(({ value, high }) => high - value)),
  ]
  // Both distances grow as the standard error does.
  const sample = ((below + above) / 2 / normal95) ** 2
  const wider = sample === 0 ? 1 : Math.sqrt(1 + varianceOfModels(outcomes, recallValues) / sample)
  return { low: Math.max(0, mean - wider * below), high: Math.min(1, mean + wider * above) }
}

/** A mean over rows, and its interval. @param values one for each outcome. */
export function meanEstimate(values: readonly number[], outcomes: readonly RowOutcome[]): Estimate | null {
  const design = designOf(outcomes)
  const all = outcomes.reduce((sum, { weight = 1 }) => sum + weight, 0)
  if (outcomes.length === 0 || all === 0) return null
  const value = values.reduce((sum, one, i) => sum + one * (outcomes[i]?.weight ?? 1), 0) / all
  const variance = varianceOfMean(values, value, design)
  if (variance === null) return { value, low: null, high: null }
  const half = normal95 * Math.sqrt(variance)
  return { value, low: value - half, high: value + half }
}

/** Of a mean of losses; null for a single row. */
function lossInterval(
  mean: number,
  losses: readonly number[],
  design: RowDesign,
  ofModels: number,
): Pick<Estimate, 'low' | 'high'> {
  const variance = varianceOfMean(losses, mean, design)
  if (variance === null) return { low: null, high: null }
  const half = normal95 * Math.sqrt(variance + ofModels)
  return { low: Math.max(0, mean - half), high: mean + half }
}

function explainedInterval(
  r2: number,
  outcomes: readonly RowOutcome[],
  squares: readonly number[],
  design: RowDesign,
  ofSquares: number,
): Pick<Estimate, 'low' | 'high'> {
  const variance = varianceOfMean(addedToExplained(r2, outcomes, squares, design), 0, design)
  if (variance === null) return { low: null, high: null }
  // Another model moves the squares that are left, not the spread of what is true.
  const half = normal95 * Math.sqrt(variance + ofSquares / spreadOfTruth(outcomes, design) ** 2)
  return { low: r2 - half, high: Math.min(1, r2 + half) }
}

/** The variance of a weighted mean, by the sums of groups if there are some; null for a single row or group. */
export function varianceOfMean(values: readonly number[], mean: number, { weights, groups }: RowDesign): number | null {
  const weightOf = (i: number) => weights?.[i] ?? 1
  const counted = values.flatMap((value, i) => (weightOf(i) > 0 ? [{ value, i }] : []))
  const all = counted.reduce((sum, { i }) => sum + weightOf(i), 0)
  const parts = counted.map(({ value, i }) => weightOf(i) * (value - mean))
  const own =
    groups === null
      ? parts
      : [
          ...sumsOf(
            parts,
            Int32Array.from(counted, ({ i }) => at(groups, i)),
          ).values(),
        ]
  if (own.length < 2) return null
  const squares = own.reduce((sum, part) => sum + part ** 2, 0)
  return (squares / all ** 2) * (own.length / (own.length - 1))
}

function sumsOf(values: readonly number[], groups: Int32Array): Map<number, number> {
  const sums = new Map<number, number>()
  for (const [i, value] of values.entries()) sums.set(at(groups, i), (sums.get(at(groups, i)) ?? 0) + value)
  return sums
}

const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0)
