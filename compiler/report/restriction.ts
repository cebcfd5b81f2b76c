import type { Table } from '../table.ts'
import type { HeldOut } from './figures.ts'

/** What public cuts cost: the recipe on rows not seen, with and without them, over the same parts. */
export interface Restriction {
  readonly cuts: number
  /** Accuracy, or R². */
  readonly score: number
  readonly freeScore: number
  /** The standard error of the free score over the rows. */
  readonly error: number
}

/** Source of the standard error: Breiman et al. 1984, §3.4, as for pruning. */
export function restrictionOf({ target }: Table, cuts: number, own: HeldOut, free: HeldOut): Restriction {
  const losses = ({ outcomes }: HeldOut) =>
    outcomes.map(({ truth, given }) => (target.kind === 'classes' ? Number(truth !== given) : (truth - given) ** 2))
  const truths = free.outcomes.map(({ truth }) => truth)
  // The loss of a regression is a squared error: over the variance of what is to be told, it is 1 - R².
  const unit = target.kind === 'classes' ? 1 : meanOf(truths.map((truth) => (truth - meanOf(truths)) ** 2))
  const [loss, freeLosses] = [meanOf(losses(own)), losses(free)]
  const freeLoss = meanOf(freeLosses)
  const variance = meanOf(freeLosses.map((one) => (one - freeLoss) ** 2))
  return {
    cuts,
    score: 1 - loss / unit,
    freeScore: 1 - freeLoss / unit,
    error: Math.sqrt(variance / freeLosses.length) / unit,
  }
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

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
