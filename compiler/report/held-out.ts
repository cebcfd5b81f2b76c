import { at } from 'emp-compile-runtime/internal/at'
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
  /** The parts whose rows are pooled, in the order of `outcomes`. */
  readonly parts: readonly HeldOutPart[]
}

/** Some rows, a model that has not seen them, and what it gave for them. */
export interface HeldOutPart {
  readonly rows: Uint32Array
  readonly model: Model
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
  /** Conditions that figures are wanted apart by. */
  readonly by?: readonly string[]
  /** Hold each row out once only: intervals are for the models that were tried. */
  readonly isOnce?: boolean
}

/** With more rows, a fifth is held out once: repeating would take minutes and tell no more. */
const mostValidatedRows = 20_000

/** All parts that were held out, by repeat. */
export interface HeldOutRuns {
  /** Null for a single held-out part. */
  readonly folds: number | null
  readonly runs: readonly (readonly HeldOutPart[])[]
  /** Parts of another deal of the rows, for the intervals; none where each row was held out once. */
  readonly again: readonly HeldOutPart[]
}

/** Up to so many rows a second deal of trees has all its folds: in it, measuring takes twice the time. */
const mostDealtAgain = 2_000
/** Else it has so many. */
const foldsAgain = 3

/**
 * Follows a recipe on all parts of the rows but one, in turn. Which rows are held out together is decided by the target, the
 * groups and the seed alone: two recipes for the same rows have the same parts.
 *
 * @returns null where there is no row to hold out.
 */
export function heldOutRuns(
  table: Table,
  refit: (rows: Uint32Array) => Model | null,
  { folds, repeats, seed, testSize, isOnce = false }: MeasureOptions,
): HeldOutRuns | null {
  const rows = allRows(table)
  const weigh = (some: Uint32Array) => table.weights === null || some.some((row) => table.weights?.[row] !== 0)
  const partOf = (others: Uint32Array, left: Uint32Array): HeldOutPart[] => {
    const model = left.length > 0 && weigh(others) && weigh(left) ? refit(others) : null
    return model === null ? [] : [{ rows: left, model, outcomes: outcomesOf(table, model, left) }]
  }
  if (testSize !== null || table.rows > mostValidatedRows) {
    const split = splitOf(table, table.rows, testSize ?? 0.2, seededRandom(seed))
    const parts = partOf(split.training, split.heldOut)
    return parts.length === 0 ? null : { folds: null, runs: [parts], again: [] }
  }
  const units = mostFolds(table, rows)
  const most = Math.min(folds, units)
  if (most < 2) return null
  const deal = (repeat: number, folds = most, measured = folds) => {
    const foldOf = foldsOf(table, rows, folds, seed + repeat)
    return Array.from({ length: measured }, (_, fold) =>
      partOf(
        rows.filter((row) => foldOf?.[row] !== fold),
        rows.filter((row) => foldOf?.[row] === fold),
      ),
    ).flat()
  }
  const runs = Array.from({ length: repeats }, (_, repeat) => deal(repeat))
  const [first] = runs[0] ?? []
  if (first === undefined) return null
  // Trees are quick to grow, and change most.
  const isWhole = first.model.family === 'tree' && table.rows <= mostDealtAgain
  // One row or group to each fold can be dealt in one way only: then two are held out together.
  const second = most === units ? Math.max(2, Math.ceil(most / 2)) : most
  const known = second === most ? runs[1] : undefined
  const again = isOnce ? [] : (known ?? deal(1, second, isWhole ? second : Math.min(second, foldsAgain)))
  return { folds: most, runs, again }
}

/** @returns null where there is no row to hold out. */
export function heldOutFigures(
  table: Table,
  refit: (rows: Uint32Array) => Model | null,
  options: MeasureOptions,
  positive = 1,
): HeldOut | null {
  const held = heldOutRuns(table, refit, options)
  return held === null ? null : figuresOfRuns(table, held, positive)
}

/** Whether everybody is told the same. */
const isConstant = (outcomes: readonly RowOutcome[]) =>
  outcomes.every(
    ({ given, chances }) => given === outcomes[0]?.given && String(chances) === String(outcomes[0].chances),
  )

/** The figures of what was held out; there is at least one part. */
export function figuresOfRuns(table: Table, { folds, runs, again }: HeldOutRuns, positive = 1): HeldOut {
  const answers = answersIn(table)
  const [first = []] = runs
  const parts = runs.flat().map(({ outcomes }) => outcomes)
  const outcomes = heldOutTwice(first, again)
  const pooled = metricsOf(outcomes, answers)
  const own = estimatesOf(outcomes, answers, pooled, positive)
  const common = { folds, repeats: runs.length, outcomes, parts: first, pooled }
  if (folds === null) return { ...common, estimates: own, spreads: {} }
  const spreads = spreadsOf(parts.map((part) => metricsOf(part, answers)))
  return { ...common, estimates: overParts(own, parts, spreads.rocAuc), spreads }
}

/** The outcomes of parts, each with what the row was given in another deal. */
function heldOutTwice(parts: readonly HeldOutPart[], again: readonly HeldOutPart[]): RowOutcome[] {
  const second = new Map(
    again.flatMap(({ rows, outcomes }, part) =>
      Array.from(rows, (row, i) => [row, { part, outcome: at(outcomes, i) }] as const),
    ),
  )
  return parts.flatMap(({ rows, outcomes }, part) =>
    outcomes.map((outcome, i) => {
      const other = second.get(at(rows, i))
      if (other === undefined) return outcome
      const { given, chances } = other.outcome
      return { ...outcome, again: { given, chances, parts: [part, other.part] as const } }
    }),
  )
}

/** With the area under the ROC curve as the mean over parts; 0.5 where every part has no chances but one. */
function overParts(
  estimates: Estimates,
  parts: readonly (readonly RowOutcome[])[],
  areas: Spread | undefined,
): Estimates {
  if (!('rocAuc' in estimates) || estimates.rocAuc === null || areas === undefined) return estimates
  if (parts.every(isConstant)) return { ...estimates, rocAuc: { value: 0.5, low: null, high: null } }
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
