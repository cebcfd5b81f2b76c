import { at } from 'emp-compile-runtime/internal/at'
import { type RowOutcome, totalWeight } from './outcome.ts'

/**
 * What the choice of the model adds to the variance of a figure of cross-validation. Rows that are independent, judged by one
 * given model, have the variance of a sample; but each fold has another model than the one that is told, and another deal of
 * the rows to folds would have had others again. Rows that were held out twice, in two deals, tell how much that matters:
 *
 * - the draw: by how much the means of whole folds differ between the two models of each row, beyond what a sample of such
 *   rows differs by itself. The model that is told is one such draw beside the mean of the folds'.
 * - the deal: half the mean square of what a row's own value differs by, over the number of rows.
 *
 * Where only some folds were dealt again, they are too few to tell the draw: then it is taken as twice the deal, which it is
 * about in simulated tables of trees. The covariance of rows in one fold is that of Bates, Hastie and Tibshirani,
 * "Cross-validation: what does it estimate and how well does it do it?", JASA 119, 2024; the parts of variance are those of
 * a random effect of the fold (Searle, Casella, McCulloch, "Variance Components", 1992). `bench/shares.ts` tells how often
 * such intervals hold the truth.
 *
 * @param valuesOf what each outcome adds to the figure, which is their mean by weight, to first order.
 * @returns 0 where no row was held out twice.
 */
export function varianceOfModels(
  outcomes: readonly RowOutcome[],
  valuesOf: (outcomes: readonly RowOutcome[]) => readonly number[],
): number {
  const twice = outcomes.filter(({ again }) => again !== undefined)
  if (twice.length === 0) return 0
  const [first, second] = [valuesOf(twice), valuesOf(twice.map(judgedAgain))]
  return varianceOfMoves(
    outcomes,
    twice,
    first.map((value, i) => at(second, i) - value),
  )
}

/** An outcome as the other model had it. */
export const judgedAgain = (one: RowOutcome): RowOutcome => ({ ...one, ...one.again })

/** An outcome without what another model had. */
export function judgedOnce({ again: _, ...one }: RowOutcome): RowOutcome {
  return one
}

/**
 * The same by what each row's value moves.
 *
 * @param twice those of the outcomes that were held out twice. @param moves of these.
 */
export function varianceOfMoves(
  outcomes: readonly RowOutcome[],
  twice: readonly RowOutcome[],
  moves: readonly number[],
): number {
  const all = totalWeight(outcomes)
  const own = twice.flatMap((outcome, i) => ((outcome.weight ?? 1) > 0 ? [{ outcome, move: at(moves, i) }] : []))
  const judged = totalWeight(own.map(({ outcome }) => outcome))
  if (judged === 0) return 0
  const deal = sum(unitsOf(own).map(({ move }) => move ** 2)) / (2 * judged * all)
  const isWhole = own.length === outcomes.filter(({ weight = 1 }) => weight > 0).length
  return deal + (isWhole ? Math.max(0, drawOf(own)) : drawToDeal * deal)
}

const drawToDeal = 2

interface Moved {
  readonly outcome: RowOutcome
  readonly move: number
}

/** The variance of the mean of a fold that is its model's, over the folds of both deals. */
function drawOf(moved: readonly Moved[]): number {
  let [squares, weights] = [0, 0]
  for (const deal of [0, 1] as const) {
    for (const own of groupsBy(moved, ({ outcome }) => outcome.again?.parts[deal])) {
      const units = unitsOf(own)
      if (units.length < 2) continue
      squares += sum(units.map(({ move }) => move)) ** 2 - samplingOf(units)
      weights += totalWeight(own.map(({ outcome }) => outcome)) ** 2
    }
  }
  return weights === 0 ? 0 : squares / weights
}

interface Unit {
  readonly truth: number
  readonly move: number
}

/** The variance of the sum of units that are drawn at random; of answers within each, as folds have them all alike. */
function samplingOf(units: readonly Unit[]): number {
  const around = (some: readonly Unit[]) => {
    const mean = sum(some.map(({ move }) => move)) / some.length
    return sum(some.map(({ move }) => (move - mean) ** 2)) / (some.length - 1)
  }
  const strata = groupsBy(units, ({ truth }) => truth)
  return sum(strata.map((own) => own.length * around(own.length === 1 ? units : own)))
}

/** Rows, or groups of rows that stand together, by what their weighted values move. */
function unitsOf(moved: readonly Moved[]): Unit[] {
  const unit = ({ outcome, move }: Moved): Unit => ({
    // Numbers are not dealt by answer.
    truth: outcome.chances.length === 0 ? 0 : outcome.truth,
    move: (outcome.weight ?? 1) * move,
  })
  if (moved.every(({ outcome }) => outcome.group === undefined)) return moved.map(unit)
  return groupsBy(moved, ({ outcome }) => outcome.group).map((own) => {
    const units = own.map(unit)
    return { truth: at(units, 0).truth, move: sum(units.map(({ move }) => move)) }
  })
}

function groupsBy<T>(values: readonly T[], keyOf: (value: T) => unknown): T[][] {
  const groups = new Map<unknown, T[]>()
  for (const value of values) {
    const own = groups.get(keyOf(value))
    if (own === undefined) groups.set(keyOf(value), [value])
    else own.push(value)
  }
  return [...groups.values()]
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0)
