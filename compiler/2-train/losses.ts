import { at } from 'emp-compile-runtime/internal/at'
import { greatest } from './shrinkage.ts'

/** By what loss on rows not seen a tree is pruned. Of numbers it is the squared error. */
export const pruneLosses = ['brier', 'log-loss', 'error'] as const
export type PruneLoss = (typeof pruneLosses)[number]

/** Chances below this count as this much, as in the figures. */
const leastChance = 1e-15

/**
 * What a row loses by the chances that it was told.
 *
 * @param chances those of `answers` answers, from a position on.
 */
export function lossOfChances(
  by: PruneLoss,
  chances: Float64Array,
  from: number,
  answers: number,
  truth: number,
): number {
  switch (by) {
    case 'error':
      return greatest(chances, from, answers) === truth ? 0 : 1
    case 'log-loss':
      return -Math.log(Math.max(leastChance, at(chances, from + truth)))
    case 'brier': {
      let sum = 0
      for (let i = 0; i < answers; i++) sum += ((chances[from + i] as number) - (i === truth ? 1 : 0)) ** 2
      return sum
    }
    default:
      return by satisfies never
  }
}

/** What rows lose at every step of pruning: weighted sums, and squares around the mean. */
export class LossSums {
  readonly weights: Float64Array
  readonly sums: Float64Array
  readonly squares: Float64Array

  constructor(steps: number) {
    this.weights = new Float64Array(steps)
    this.sums = new Float64Array(steps)
    this.squares = new Float64Array(steps)
  }

  /**
   * Adds rows of so much weight that lose the same at the steps from one to another, which is not among them. Squares are
   * summed around the mean so far, so that equal losses have no spread by rounding.
   */
  add(from: number, to: number, weight: number, loss: number): void {
    if (weight === 0) return
    const { weights, sums, squares } = this
    for (let step = from; step < to; step++) {
      const [all, sum] = [weights[step] as number, sums[step] as number]
      const before = all === 0 ? loss : sum / all
      weights[step] = all + weight
      sums[step] = sum + weight * loss
      const after = (sum + weight * loss) / (all + weight)
      squares[step] = (squares[step] as number) + weight * (loss - before) * (loss - after)
    }
  }

  /** The mean at a step, and its standard error over so many rows. */
  at(step: number, rows: number): { readonly loss: number; readonly error: number } {
    const weight = at(this.weights, step)
    const loss = at(this.sums, step) / weight
    return { loss, error: Math.sqrt(Math.max(0, at(this.squares, step) / weight) / rows) }
  }
}
