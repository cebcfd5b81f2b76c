import { at } from 'emp-compile-runtime/internal/at'
import { aucParts, spreadOfArea } from './area.ts'
import { areaValues } from './area-estimate.ts'
import { type Estimate, varianceOfMean } from './estimates.ts'
import type { HeldOut } from './held-out.ts'
import { judgedAgain, judgedOnce, varianceOfMoves } from './instability.ts'
import { normal95 } from './metrics.ts'
import type { RowOutcome } from './outcome.ts'
import { addedToExplained, designOf, type RowDesign, recallValues, rowLosses, spreadOfTruth } from './row-values.ts'

/** By how much the figures of a second recipe exceed those of a first one, on the same rows. */
export interface Differences {
  readonly [figure: string]: Estimate | null
}

/**
 * Paired differences with 95 % intervals: each figure is to first order a mean over rows, so the difference of two is the
 * mean of what each row adds to one more than to the other; that of areas under the ROC curve is by DeLong, DeLong and
 * Clarke-Pearson (1988). As rows are the same, what makes both recipes right or wrong cancels out. Of rows that were held out
 * twice, the intervals hold what the choice of the two models adds.
 *
 * @param answers their number; null for numbers.
 * @param positive the position of the answer that chances are of, where there are two.
 */
export function differencesOf(
  first: Pick<HeldOut, 'outcomes' | 'estimates'>,
  second: Pick<HeldOut, 'outcomes' | 'estimates'>,
  answers: number | null,
  positive = 1,
): Differences {
  const both = [first.outcomes, second.outcomes] as const
  requireSame(...both)
  const design = designOf(first.outcomes)
  const own = both.map((outcomes, i) =>
    answers === null
      ? influencesOnNumbers(outcomes, at([first, second], i).estimates as unknown as Figures, design)
      : influencesOnAnswers(outcomes, answers, design),
  )
  const [a = {}, b = {}] = own
  const ofModels = (name: string) => varianceOfBoth(both, valuesFor(name, [first, second], answers, positive))
  const moved = Object.entries(a).map(([name, influence]): [string, Estimate | null] => {
    const added = influence.map((one, row) => at(b[name] ?? [], row) - one)
    const error = Math.sqrt((varianceOfMean(added, 0, design) ?? Number.NaN) + ofModels(name))
    return [name, around(valueIn(second, name), valueIn(first, name), error)]
  })
  if (answers === null) return Object.fromEntries(moved)
  const area = Math.hypot(areaError(both, answers, positive, design), Math.sqrt(ofModels('rocAuc')))
  const rocAuc = around(valueIn(second, 'rocAuc'), valueIn(first, 'rocAuc'), area)
  return Object.fromEntries([...moved.slice(0, 2), ['rocAuc', rocAuc] as const, ...moved.slice(2)])
}

type Outcomes = readonly RowOutcome[]

/** What the choice of the two models adds to the variance of a difference, by rows that both held out twice. */
function varianceOfBoth(
  [first, second]: readonly [Outcomes, Outcomes],
  valuesOf: (outcomes: Outcomes, recipe: 0 | 1) => readonly number[],
): number {
  const isTwice = (row: number) => first[row]?.again !== undefined && second[row]?.again !== undefined
  const twice = (outcomes: Outcomes) => outcomes.filter((_, row) => isTwice(row))
  if (twice(first).length === 0) return 0
  const moves = ([first, second] as const).map((outcomes, recipe) => {
    const own = twice(outcomes)
    const [before, after] = [own, own.map(judgedAgain)].map((some) => valuesOf(some, recipe as 0 | 1))
    return (before ?? []).map((value, row) => at(after ?? [], row) - value)
  })
  const [ofFirst = [], ofSecond = []] = moves
  // Where one recipe had fewer folds again, neither has more.
  const judged = first.map((outcome, row) => (isTwice(row) ? outcome : judgedOnce(outcome)))
  return varianceOfMoves(
    judged,
    twice(first),
    ofFirst.map((move, row) => at(ofSecond, row) - move),
  )
}

/** What each row adds to a figure by either recipe, to first order. */
function valuesFor(
  name: string,
  recipes: readonly [Pick<HeldOut, 'outcomes' | 'estimates'>, Pick<HeldOut, 'outcomes' | 'estimates'>],
  answers: number | null,
  positive: number,
): (outcomes: Outcomes, recipe: 0 | 1) => readonly number[] {
  const errors = (outcomes: Outcomes) => outcomes.map(({ truth, given }) => truth - given)
  const spread = answers === null ? spreadOfTruth(recipes[0].outcomes, designOf(recipes[0].outcomes)) : 1
  const values: Readonly<Record<string, (outcomes: Outcomes, recipe: 0 | 1) => readonly number[]>> = {
    accuracy: (outcomes) => rowLosses(outcomes, answers ?? 0).right,
    balancedAccuracy: recallValues,
    rocAuc: (outcomes) => areaValues(outcomes, positive),
    logLoss: (outcomes) => rowLosses(outcomes, answers ?? 0).logLosses,
    brier: (outcomes) => rowLosses(outcomes, answers ?? 0).squares,
    rmse: (outcomes, recipe) => {
      const root = valueIn(at(recipes, recipe), 'rmse') ?? 0
      return errors(outcomes).map((error) => (root === 0 ? 0 : error ** 2 / (2 * root)))
    },
    mae: (outcomes) => errors(outcomes).map(Math.abs),
    r2: (outcomes) => errors(outcomes).map((error) => -(error ** 2) / spread),
  }
  const own = values[name]
  if (own === undefined) throw new TypeError(`${name} is no figure`)
  return own
}

type Figures = Readonly<Record<string, Estimate | null>>

const valueIn = ({ estimates }: Pick<HeldOut, 'estimates'>, name: string): number | null =>
  (estimates as unknown as Figures)[name]?.value ?? null

function around(second: number | null, first: number | null, error: number): Estimate | null {
  if (second === null || first === null) return null
  const value = second - first
  if (!Number.isFinite(error)) return { value, low: null, high: null }
  return { value, low: value - normal95 * error, high: value + normal95 * error }
}

/** How many rows only one of the two answers rightly. */
export function rightAlone(
  first: readonly RowOutcome[],
  second: readonly RowOutcome[],
): { readonly first: number; readonly second: number } {
  requireSame(first, second)
  const isRight = ({ truth, given }: RowOutcome) => truth === given
  const alone = (some: readonly RowOutcome[], others: readonly RowOutcome[]) =>
    some.filter((one, i) => isRight(one) && !isRight(at(others, i))).length
  return { first: alone(first, second), second: alone(second, first) }
}

/** By how much each row moves a figure; the weighted means are 0. */
type Influences = Readonly<Record<string, readonly number[]>>

function influencesOnAnswers(outcomes: readonly RowOutcome[], answers: number, { weights }: RowDesign): Influences {
  const weightOf = (i: number) => weights?.[i] ?? 1
  const sumOver = (some: (one: RowOutcome) => boolean, values: readonly number[]) =>
    outcomes.reduce((sum, one, i) => (some(one) ? sum + weightOf(i) * at(values, i) : sum), 0)
  const { right, logLosses, squares } = rowLosses(outcomes, answers)
  const ones = outcomes.map(() => 1)
  const all = sumOver(() => true, ones)
  const centred = (values: readonly number[]) => {
    const mean = sumOver(() => true, values) / all
    return values.map((value) => value - mean)
  }
  const shares = new Map(
    [...new Set(outcomes.map(({ truth }) => truth))].flatMap((truth) => {
      const rows = sumOver((one) => one.truth === truth, ones)
      return rows === 0 ? [] : [[truth, { rows, recall: sumOver((one) => one.truth === truth, right) / rows }] as const]
    }),
  )
  const balanced = outcomes.map(({ truth }, i) => {
    const own = shares.get(truth)
    return own === undefined ? 0 : (all / (shares.size * own.rows)) * (at(right, i) - own.recall)
  })
  return {
    accuracy: centred(right),
    balancedAccuracy: balanced,
    logLoss: centred(logLosses),
    brier: centred(squares),
  }
}

function influencesOnNumbers(
  outcomes: readonly RowOutcome[],
  { rmse, mae, r2 }: Figures,
  design: RowDesign,
): Influences {
  const errors = outcomes.map(({ truth, given }) => truth - given)
  const squares = errors.map((error) => error ** 2)
  const [root, mean] = [rmse?.value ?? 0, mae?.value ?? 0]
  return {
    rmse: squares.map((square) => (root === 0 ? 0 : (square - root ** 2) / (2 * root))),
    mae: errors.map((error) => Math.abs(error) - mean),
    ...(r2 == null ? {} : { r2: addedToExplained(r2.value, outcomes, squares, design) }),
  }
}

/** The standard error of the difference of two areas; NaN where there is none. */
function areaError(
  both: readonly [readonly RowOutcome[], readonly RowOutcome[]],
  answers: number,
  positive: number,
  { weights, groups }: RowDesign,
): number {
  if (answers !== 2) return Number.NaN
  const [a, b] = both.map((outcomes) => {
    const truth = Int32Array.from(outcomes, (one) => Number(one.truth === positive))
    const scores = Float64Array.from(outcomes, ({ chances }) => at(chances, positive))
    return aucParts(truth, scores, weights)
  })
  if (a == null || b == null) return Number.NaN
  const minus = (these: ReadonlyMap<number, number>, those: ReadonlyMap<number, number>) =>
    new Map([...these].map(([row, part]) => [row, part - (those.get(row) ?? 0)]))
  return spreadOfArea(
    { positives: minus(b.positives, a.positives), negatives: minus(b.negatives, a.negatives) },
    groups,
  )
}

/** @throws RangeError if the rows are not the same ones. */
function requireSame(first: readonly RowOutcome[], second: readonly RowOutcome[]): void {
  const isSame = first.every(({ truth, weight, group }, i) => {
    const other = second[i]
    return other?.truth === truth && other.weight === weight && other.group === group
  })
  if (first.length !== second.length || !isSame) throw new RangeError('the rows are not the same ones')
}
