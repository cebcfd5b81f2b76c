import { at } from 'emp-compile-runtime/internal/at'
import type { RowOutcome } from './outcome.ts'

/**
 * Whether chances are what happens (Van Calster et al., "A calibration hierarchy for risk models was defined", Journal of
 * Clinical Epidemiology 74, 2016).
 */
export interface Calibration {
  /** Of a logistic regression of the outcome on the logit of its chance: 1 is right, below 1 the chances are too extreme. */
  readonly slope: number | null
  /** Of the same with the slope held at 1, in the large: 0 is right, above 0 it happens more often than is said. */
  readonly intercept: number | null
}

const mostSteps = 100

/**
 * The slope and the intercept; null where the rows do not determine it: one answer absent, chances that are all alike (no
 * slope), or chances that divide the answers without an exception. Chances are clipped as for the log loss.
 *
 * @param positive the position of the answer whose chances they are.
 */
export function calibrationOf(outcomes: readonly RowOutcome[], positive: number): Calibration {
  const rows = outcomes.flatMap(({ truth, chances, weight = 1 }) => {
    const chance = Math.min(Math.max(at(chances, positive), Number.EPSILON), 1 - Number.EPSILON)
    return weight === 0 ? [] : [{ y: Number(truth === positive), logit: Math.log(chance / (1 - chance)), weight }]
  })
  const isMixed = new Set(rows.map(({ y }) => y)).size === 2
  if (!isMixed) return { slope: null, intercept: null }
  const hasSlope = new Set(rows.map(({ logit }) => logit)).size > 1
  return { slope: hasSlope ? recalibrate(rows, true)[1] : null, intercept: recalibrate(rows, false)[0] }
}

interface Row {
  readonly y: number
  readonly logit: number
  readonly weight: number
}

/** By Newton's method, with halved steps where the likelihood would fall. @returns intercept and slope; null without an end. */
function recalibrate(rows: readonly Row[], withSlope: boolean): readonly [number | null, number | null] {
  let [intercept, slope] = withSlope ? [0, 0] : [0, 1]
  let reached = likelihood(rows, intercept, slope)
  for (let step = 0; step < mostSteps; step++) {
    const [toIntercept, toSlope] = newtonStep(rows, intercept, slope, withSlope)
    if (!Number.isFinite(toIntercept) || !Number.isFinite(toSlope) || Math.abs(slope) > 1e4) return [null, null]
    let part = 1
    let next = likelihood(rows, intercept + toIntercept, slope + toSlope)
    for (; next < reached - 1e-9 * Math.abs(reached) && part > 1e-6; part /= 2)
      next = likelihood(rows, intercept + (part / 2) * toIntercept, slope + (part / 2) * toSlope)
    intercept += part * toIntercept
    slope += part * toSlope
    reached = next
    if (
      Math.abs(toIntercept) <= 1e-13 * (1 + Math.abs(intercept)) &&
      Math.abs(toSlope) <= 1e-13 * (1 + Math.abs(slope))
    )
      return [intercept, slope]
  }
  return [null, null]
}

function newtonStep(rows: readonly Row[], intercept: number, slope: number, withSlope: boolean): [number, number] {
  let [g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0]
  for (const { y, logit, weight } of rows) {
    const chance = 1 / (1 + Math.exp(-(intercept + slope * logit)))
    const [error, curve] = [weight * (y - chance), weight * chance * (1 - chance)]
    g0 += error
    g1 += error * logit
    h00 += curve
    h01 += curve * logit
    h11 += curve * logit * logit
  }
  if (!withSlope) return [g0 / h00, 0]
  const determinant = h00 * h11 - h01 * h01
  return [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant]
}

function likelihood(rows: readonly Row[], intercept: number, slope: number): number {
  return rows.reduce((sum, { y, logit, weight }) => {
    const eta = intercept + slope * logit
    const signed = y === 1 ? eta : -eta
    return sum - weight * (signed > 0 ? Math.log1p(Math.exp(-signed)) : Math.log1p(Math.exp(signed)) - signed)
  }, 0)
}
