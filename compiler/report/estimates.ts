import { at } from 'emp-compile-runtime/internal/at'
import { aucInterval } from './area.ts'
import { type Calibration, calibrationOf } from './calibration.ts'
import { type ConfidenceInterval, normal95, wilsonInterval } from './metrics.ts'
import type { RowOutcome } from './outcome.ts'

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
 * What rows weigh, and whose they are: null where each weighs 1 and stands alone; and how many times as wide intervals are
 * as those of a single model.
 */
export interface RowDesign {
  readonly weights: Float64Array | null
  readonly groups: Int32Array | null
  readonly widening: number
}

/**
 * How many times as wide intervals of cross-validation are. Folds share most of their rows, and each judges another model
 * than the one that is told, so that intervals of independent rows are too narrow (Bates, Hastie and Tibshirani,
 * "Cross-validation: what does it estimate and how well does it do it?", JASA 119, 2024). With this factor the interval of
 * the accuracy holds it in 89 to 99 % of the simulated tables of `bench/shares.ts`; without it in 80 to 95 %.
 */
export const foldsWidening = 1.3

/**
 * Figures with 95 % intervals over rows. Shares have Wilson's interval; the area under the ROC curve DeLong's; losses their
 * mean ± 1.96 standard errors; the balanced accuracy that of the shares it is made of (Zou and Donner, "Construction of
 * confidence limits about effect measures", Statistics in Medicine 27, 2008); R² by the delta method.
 *
 * Where rows are weighted, a share stands on Kish's effective number of rows, (sum w)² / sum w², and standard errors are
 * linearised: of sum w (x - mean) / sum w. Where rows belong to groups, groups take the place of rows in them.
 *
 * Without `widening` the intervals are for the models that gave the outcomes: how another sample would change the models is
 * not in them.
 *
 * @param answers their number; null for numbers.
 * @param positive the position of the answer that chances and calibration are of, where there are two.
 * @param widening how many times as wide the intervals are.
 * @throws RangeError if there is no row.
 */
export function estimatesOf(
  outcomes: readonly RowOutcome[],
  answers: number | null,
  metrics: ClassificationLike | RegressionLike,
  positive = 1,
  widening = 1,
): Estimates {
  const design = designOf(outcomes, widening)
  return answers === null
    ? numberEstimates(outcomes, metrics as RegressionLike, design)
    : classEstimates(outcomes, answers, metrics as ClassificationLike, design, positive)
}

export const designOf = (outcomes: readonly RowOutcome[], widening = 1): RowDesign => ({
  widening,
  weights: outcomes.some(({ weight }) => weight !== undefined)
    ? Float64Array.from(outcomes, ({ weight = 1 }) => weight)
    : null,
  groups: outcomes.some(({ group }) => group !== undefined)
    ? Int32Array.from(outcomes, ({ group = 0 }) => group)
    : null,
})

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
  return {
    accuracy: { value: metrics.accuracy, ...shareInterval(right, design) },
    balancedAccuracy: { value: metrics.balancedAccuracy, ...balancedInterval(outcomes, right, design) },
    rocAuc: aucEstimate(outcomes, answers, metrics.rocAuc, design, positive),
    logLoss: { value: metrics.logLoss, ...lossInterval(metrics.logLoss, logLosses, design) },
    brier: { value: metrics.brier, ...lossInterval(metrics.brier, squares, design) },
    calibration: answers === 2 ? calibrationOf(outcomes, positive) : null,
  }
}

/** What each row loses; the means are the metrics. */
export function rowLosses(outcomes: readonly RowOutcome[], answers: number) {
  const right = outcomes.map(({ truth, given }) => Number(truth === given))
  const logLosses = outcomes.map(({ truth, chances }) => {
    const clipped = chances.map((chance) => Math.min(Math.max(chance, Number.EPSILON), 1 - Number.EPSILON))
    return -Math.log(at(clipped, truth) / clipped.reduce((sum, chance) => sum + chance, 0))
  })
  const squares = outcomes.map(({ truth, chances }) => {
    const errors = chances.map((chance, i) => (Number(i === truth) - chance) ** 2)
    return answers === 2 ? at(errors, 1) : errors.reduce((sum, error) => sum + error, 0)
  })
  return { right, logLosses, squares }
}

function numberEstimates(outcomes: readonly RowOutcome[], metrics: RegressionLike, design: RowDesign): NumberEstimates {
  const errors = outcomes.map(({ truth, given }) => truth - given)
  const squares = errors.map((error) => error ** 2)
  const { rmse, mae, r2 } = metrics
  const around = lossInterval(rmse ** 2, squares, design)
  const root = (value: number | null) => (value === null ? null : Math.sqrt(Math.max(0, value)))
  return {
    rmse: { value: rmse, low: root(around.low), high: root(around.high) },
    mae: { value: mae, ...lossInterval(mae, errors.map(Math.abs), design) },
    r2: r2 === null ? null : { value: r2, ...explainedInterval(r2, outcomes, squares, design) },
  }
}

/** Of the area under the ROC curve by chances of one answer; of several answers the mean of theirs, without an interval. */
function aucEstimate(
  outcomes: readonly RowOutcome[],
  answers: number,
  pooled: number | null,
  { weights, groups, widening }: RowDesign,
  positive: number,
): Estimate | null {
  if (pooled === null) return null
  const [first] = outcomes
  if (outcomes.every(({ chances }) => chances.every((chance, i) => chance === first?.chances[i])))
    return { value: 0.5, low: null, high: null }
  if (answers !== 2) return { value: pooled, low: null, high: null }
  const truth = Int32Array.from(outcomes, (one) => Number(one.truth === positive))
  const scores = Float64Array.from(outcomes, ({ chances }) => at(chances, positive))
  const interval = aucInterval(truth, scores, weights, groups)
  if (interval === null) return { value: pooled, low: null, high: null }
  const half = normal95 * widening * interval.standardError
  return { value: pooled, low: Math.max(0, pooled - half), high: Math.min(1, pooled + half) }
}

/** A share, and its interval by Wilson. @param hits 1 where a row counts for it, else 0. */
export function shareOf(hits: readonly number[], outcomes: readonly RowOutcome[], widening = 1): Estimate | null {
  if (outcomes.length === 0) return null
  const design = designOf(outcomes, widening)
  const { weights } = design
  const all = weights === null ? hits.length : sumOf(weights)
  if (all === 0) return null
  const value = hits.reduce((sum, hit, i) => sum + hit * (weights?.[i] ?? 1), 0) / all
  return { value, ...shareInterval(hits, design) }
}

function shareInterval(hits: readonly number[], { weights, groups, widening }: RowDesign): ConfidenceInterval {
  const weightOf = (i: number) => weights?.[i] ?? 1
  const all = hits.reduce((sum, _, i) => sum + weightOf(i), 0)
  const share = hits.reduce((sum, hit, i) => sum + hit * weightOf(i), 0) / all
  const rows = weights === null ? hits.length : all ** 2 / hits.reduce((sum, _, i) => sum + weightOf(i) ** 2, 0)
  const within = (rows: number) => {
    const n = rows / widening ** 2
    return wilsonInterval(Math.min(n, share * n), n)
  }
  if (groups === null) return within(rows)
  const variance = varianceOfMean(hits, share, { weights, groups, widening })
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
  { weights, groups, widening }: RowDesign,
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
    return { value, ...shareInterval(hits, { weights: ownWeights, groups: ownGroups, widening }) }
  })
  const mean = parts.reduce((sum, { value }) => sum + value, 0) / parts.length
  const length = (distances: readonly number[]) =>
    Math.sqrt(distances.reduce((sum, d) => sum + d ** 2, 0)) / parts.length
  return {
    low: Math.max(0, mean - length(parts.map(({ value, low }) => value - low))),
    high: Math.min(1, mean + length(parts.map(({ value, high }) => high - value))),
  }
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
function lossInterval(mean: number, losses: readonly number[], design: RowDesign): Pick<Estimate, 'low' | 'high'> {
  const variance = varianceOfMean(losses, mean, design)
  if (variance === null) return { low: null, high: null }
  const half = normal95 * design.widening * Math.sqrt(variance)
  return { low: Math.max(0, mean - half), high: mean + half }
}

function explainedInterval(
  r2: number,
  outcomes: readonly RowOutcome[],
  squares: readonly number[],
  design: RowDesign,
): Pick<Estimate, 'low' | 'high'> {
  const added = addedToExplained(r2, outcomes, squares, design)
  const variance = varianceOfMean(added, 0, design)
  if (variance === null) return { low: null, high: null }
  const half = normal95 * design.widening * Math.sqrt(variance)
  return { low: r2 - half, high: Math.min(1, r2 + half) }
}

/** What each row adds to R² to first order: its own share of squares left, less what it adds to the spread. */
export function addedToExplained(
  r2: number,
  outcomes: readonly RowOutcome[],
  squares: readonly number[],
  design: RowDesign,
): number[] {
  const weightOf = (i: number) => design.weights?.[i] ?? 1
  const all = outcomes.reduce((sum, _, i) => sum + weightOf(i), 0)
  const mean = outcomes.reduce((sum, { truth }, i) => sum + weightOf(i) * truth, 0) / all
  const spreads = outcomes.map(({ truth }) => (truth - mean) ** 2)
  const spread = spreads.reduce((sum, value, i) => sum + weightOf(i) * value, 0) / all
  return squares.map((square, i) => (at(spreads, i) * (1 - r2) - square) / spread)
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
