/** What each row adds to a figure, to first order. */
import { at } from 'emp-compile-runtime/internal/at'
import type { RowOutcome } from './outcome.ts'

/** What rows weigh, and whose they are: null where each weighs 1 and stands alone. */
export interface RowDesign {
  readonly weights: Float64Array | null
  readonly groups: Int32Array | null
}

export const designOf = (outcomes: readonly RowOutcome[]): RowDesign => ({
  weights: outcomes.some(({ weight }) => weight !== undefined)
    ? Float64Array.from(outcomes, ({ weight = 1 }) => weight)
    : null,
  groups: outcomes.some(({ group }) => group !== undefined)
    ? Int32Array.from(outcomes, ({ group = 0 }) => group)
    : null,
})

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

/** What each row adds to the mean over answers of how often those are given rightly. */
export function recallValues(outcomes: readonly RowOutcome[]): number[] {
  const rows = new Map<number, number>()
  for (const { truth, weight = 1 } of outcomes) rows.set(truth, (rows.get(truth) ?? 0) + weight)
  const present = [...rows.values()].filter((weight) => weight > 0)
  const all = present.reduce((sum, weight) => sum + weight, 0)
  return outcomes.map(({ truth, given }) => {
    const own = rows.get(truth) ?? 0
    return truth !== given || own === 0 ? 0 : all / (present.length * own)
  })
}

/** What each row adds to R² to first order: its own share of squares left, less what it adds to the spread. */
export function addedToExplained(
  r2: number,
  outcomes: readonly RowOutcome[],
  squares: readonly number[],
  design: RowDesign,
): number[] {
  const mean = meanOfTruth(outcomes, design)
  const spread = spreadOfTruth(outcomes, design)
  return squares.map((square, i) => ((at(outcomes, i).truth - mean) ** 2 * (1 - r2) - square) / spread)
}

const meanOfTruth = (outcomes: readonly RowOutcome[], { weights }: RowDesign) =>
  outcomes.reduce((sum, { truth }, i) => sum + (weights?.[i] ?? 1) * truth, 0) /
  (weights === null ? outcomes.length : weights.reduce((sum, weight) => sum + weight, 0))

/** The variance of what is true, over the rows as they are. */
export function spreadOfTruth(outcomes: readonly RowOutcome[], design: RowDesign): number {
  const mean = meanOfTruth(outcomes, design)
  const { weights } = design
  const squares = outcomes.reduce((sum, { truth }, i) => sum + (weights?.[i] ?? 1) * (truth - mean) ** 2, 0)
  return squares / (weights === null ? outcomes.length : weights.reduce((sum, weight) => sum + weight, 0))
}
