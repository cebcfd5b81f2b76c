import { foldsOf, mostFolds, type Spread, seededRandom, splitOf, spread } from '../folds.ts'
import type { Model } from '../model.ts'
import { allRows, type Table } from '../table.ts'
import { type Estimate, type Estimates, estimatesOf } from './estimates.ts'
import { answersIn, type Metrics, metricsOf, outcomesOf, type RowOutcome } from './outcome.ts'

/** Figures on rows that the models have not seen; every one of them followed the whole recipe, pruning included. */
export interface HeldOut {
  /** Null for a single held-out part. */
  readonly folds: number | null
  readonly repeats: number
  /** All rows held out, once each: the first repeat. */
  readonly pooled: Metrics
  /**
   * The figures to quote, with 95 % intervals over the pooled rows. The area under the ROC curve is the mean over the parts,
   * as chances of different models do not compare, with DeLong's standard error over the pooled rows.
   */
  readonly estimates: Estimates
  /** Every number of the metrics over the parts where it is defined, by its name. */
  readonly spreads: Readonly<Record<string, Spread>>
  /** For each pooled row its true and its given answer: positions, or numbers; and the chances of the answers. */
  readonly outcomes: readonly RowOutcome[]
}

/** How the figures are measured. */
export interface MeasureOptions {
  readonly folds: number
  readonly repeats: number
  readonly seed: number
  /** A share of the rows to hold out instead of cross-validation; null for cross-validation. */
  readonly testSize: number | null
  /** The answer that figures are about; by default that of the schema, or chosen. */
  readonly positive?: string | null
  /** As it is written in the option. */
  readonly threshold?: string | null
}

/** With more rows, a fifth is held out once: repeating would take minutes and tell no more. */
const mostValidatedRows = 20_000

/** @returns null where there is no row to hold out. */
export function heldOutFigures(
  table: Table,
  refit: (rows: Uint32Array) => Model | null,
  { folds, repeats, seed, testSize }: MeasureOptions,
  positive = 1,
): HeldOut | null {
  const rows = allRows(table)
  const answers = answersIn(table)
  const weigh = (some: Uint32Array) => table.weights === null || some.some((row) => table.weights?.[row] !== 0)
  if (testSize !== null || table.rows > mostValidatedRows) {
    const split = splitOf(table, table.rows, testSize ?? 0.2, seededRandom(seed))
    if (!weigh(split.heldOut) || !weigh(split.training) || split.heldOut.length === 0) return null
    const inner = refit(split.training)
    if (inner === null) return null
    const outcomes = outcomesOf(table, inner, split.heldOut)
    const pooled = metricsOf(outcomes, answers)
    const estimates = estimatesOf(outcomes, answers, pooled, positive)
    return { folds: null, repeats: 1, outcomes, pooled, estimates, spreads: {} }
  }
  const most = Math.min(folds, mostFolds(table, rows))
  const runs = Array.from({ length: repeats }, (_, repeat) => {
    const foldOf = most < 2 ? null : foldsOf(table, rows, most, seed + repeat)
    return Array.from({ length: foldOf === null ? 0 : most }, (_, fold) => {
      const [others, left] = [
        rows.filter((row) => foldOf?.[row] !== fold),
        rows.filter((row) => foldOf?.[row] === fold),
      ]
      const inner = weigh(others) && weigh(left) ? refit(others) : null
      return inner === null ? [] : outcomesOf(table, inner, left)
    }).filter((outcomes) => outcomes.length > 0)
  })
  const [first = []] = runs
  if (first.length === 0) return null
  const parts = runs.flat()
  const outcomes = first.flat()
  const pooled = metricsOf(outcomes, answers)
  const spreads = spreadsOf(parts.map((part) => metricsOf(part, answers)))
  const estimates = overParts(estimatesOf(outcomes, answers, pooled, positive), parts, spreads.rocAuc)
  return { folds: most, repeats, outcomes, pooled, estimates, spreads }
}

/** With the area under the ROC curve as the mean over parts; 0.5 where every part has no chances but one. */
function overParts(
  estimates: Estimates,
  parts: readonly (readonly RowOutcome[])[],
  areas: Spread | undefined,
): Estimates {
  if (!('rocAuc' in estimates) || estimates.rocAuc === null || areas === undefined) return estimates
  const isConstant = parts.every((part) => part.every(({ chances }) => String(chances) === String(part[0]?.chances)))
  if (isConstant) return { ...estimates, rocAuc: { value: 0.5, low: null, high: null } }
  return { ...estimates, rocAuc: moved(estimates.rocAuc, areas.mean) }
}

/** An interval around another value, cut off at 0 and 1. */
function moved({ value, low, high }: Estimate, to: number): Estimate {
  if (low === null || high === null) return { value: to, low, high }
  // The half that was not cut off.
  const half = Math.max(value - low, high - value)
  return { value: to, low: Math.max(0, to - half), high: Math.min(1, to + half) }
}

function spreadsOf(parts: readonly Metrics[]): Record<string, Spread> {
  const names = Object.keys(parts[0] ?? {}).filter((name) => !['rows', 'confusion'].includes(name))
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = parts.map((part) => (part as unknown as Record<string, number | null>)[name] ?? null)
      const defined = values.filter((value) => value !== null)
      return defined.length === 0 ? [] : [[name, spread(defined)] as const]
    }),
  )
}
