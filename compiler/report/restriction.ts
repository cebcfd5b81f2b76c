import type { Table } from '../table.ts'
import type { RowOutcome } from './outcome.ts'

/** What public cuts cost: the recipe on rows not seen, with and without them, over the same parts. */
export interface Restriction {
  readonly cuts: number
  /** Accuracy, or R². */
  readonly score: number
  readonly freeScore: number
  /** The standard error of the free score over the rows. */
  readonly error: number
}

interface HeldOutRows {
  readonly outcomes: readonly RowOutcome[]
}

/** Source of the standard error: Breiman et al. 1984, §3.4, as for pruning. */
export function restrictionOf({ target }: Table, cuts: number, own: HeldOutRows, free: HeldOutRows): Restriction {
  const losses = ({ outcomes }: HeldOutRows) =>
    outcomes.map(({ truth, given, weight = 1 }) => ({
      value: target.kind === 'classes' ? Number(truth !== given) : (truth - given) ** 2,
      weight,
    }))
  const truths = free.outcomes.map(({ truth, weight = 1 }) => ({ value: truth, weight }))
  // The loss of a regression is a squared error: over the variance of what is to be told, it is 1 - R².
  const unit = target.kind === 'classes' ? 1 : varianceOf(truths)
  const [loss, freeLosses] = [meanOf(losses(own)), losses(free)]
  return {
    cuts,
    score: 1 - loss / unit,
    freeScore: 1 - meanOf(freeLosses) / unit,
    error: Math.sqrt(varianceOf(freeLosses) / freeLosses.length) / unit,
  }
}

interface Weighed {
  readonly value: number
  readonly weight: number
}

const meanOf = (values: readonly Weighed[]) =>
  values.reduce((sum, { value, weight }) => sum + weight * value, 0) /
  values.reduce((sum, { weight }) => sum + weight, 0)

function varianceOf(values: readonly Weighed[]): number {
  const mean = meanOf(values)
  return meanOf(values.map(({ value, weight }) => ({ value: (value - mean) ** 2, weight })))
}

/** In a sentence: what the restriction costs, in standard errors. */
export function describeRestriction({ cuts, score, freeScore, error }: Restriction, task: string): string {
  const show = (value: number) =>
    task === 'classification' ? `${(100 * value).toFixed(1)}%` : `R² ${value.toFixed(3)}`
  const points = task === 'classification' ? `${(100 * error).toFixed(1)} points` : error.toFixed(3)
  const difference = freeScore - score
  const verdict =
    difference <= 0
      ? 'no loss'
      : difference <= error
        ? 'a loss within one standard error'
        : 'a loss beyond one standard error'
  return (
    `at most ${cuts} for each feature, fixed before training: ${show(score)} on rows not seen, ${show(freeScore)} with any ` +
    `cut, over the same parts: ${verdict} (${points})`
  )
}
