import { badOption } from '../../errors.ts'
import type { Table } from '../../table.ts'
import { type ClassWeight, checkClassWeight } from '../options.ts'

/** Two columns whose combinations have points of their own. */
export type NamedPair = readonly [first: string, second: string]

/** How points are trained. */
export interface AdditiveOptions {
  /** Public cuts of a column at most, that of missing values among them. From 1 to 1024. */
  readonly cuts: number
  /** The largest minus the smallest possible sum, at most; null to choose one of {@link sumWidths}. From 1 to 2^20. */
  readonly points: number | null
  /** Points by penalised likelihood, or by boosted stumps. */
  readonly fit: 'penalised' | 'stumps'
  /** The strength of the penalty of `penalised`, above 0; null to choose it. */
  readonly penalty: number | null
  /** Stumps of `stumps`, each of one column, in turn; null to choose how many. */
  readonly rounds: number | null
  /** Pairs of columns with points of their own: so many, chosen from the data, or these. Not of `stumps`. */
  readonly pairs: number | readonly NamedPair[]
  /** How much the rows of an answer count: all the same, inversely to their frequency, or as given. */
  readonly classWeight: ClassWeight | null
  /** Folds by which penalty, rounds and points are chosen. At least 2. */
  readonly folds: number
  readonly seed: number
}

/** What `points` is chosen from. */
export const sumWidths: readonly number[] = [63, 255, 4095]

export const defaultAdditiveOptions: AdditiveOptions = {
  cuts: 16,
  points: null,
  fit: 'penalised',
  penalty: null,
  rounds: null,
  pairs: 0,
  classWeight: null,
  folds: 5,
  seed: 0,
}

const mostCuts = 1024
const mostPoints = 2 ** 20
const mostRounds = 1_000_000
const mostPairs = 100

/** @throws {CompileError} `bad-option` */
export function checkAdditiveOptions(
  options: AdditiveOptions,
  { target, columns }: Pick<Table, 'target' | 'columns'>,
): void {
  const { cuts, points, fit, penalty, rounds, pairs, classWeight, folds, seed } = options
  const within = (value: number, low: number, high: number) => Number.isInteger(value) && value >= low && value <= high
  if (!within(cuts, 1, mostCuts)) throw badOption('cuts', cuts, `a whole number from 1 to ${mostCuts}`)
  if (points !== null && !within(points, 1, mostPoints)) {
    throw badOption('points', points, `a whole number from 1 to ${mostPoints}, such as ${sumWidths.join(', ')}`)
  }
  if (fit !== 'penalised' && fit !== 'stumps') throw badOption('fit', fit, 'penalised or stumps')
  if (penalty !== null && !(penalty > 0 && penalty <= 1e6 && fit === 'penalised')) {
    throw badOption('penalty', penalty, 'a number above 0 and up to 1000000, with ⸨fit⸩ penalised')
  }
  if (rounds !== null && !(within(rounds, 0, mostRounds) && fit === 'stumps')) {
    throw badOption('rounds', rounds, `a whole number from 0 to ${mostRounds}, with ⸨fit⸩ stumps`)
  }
  if (!within(folds, 2, Number.MAX_SAFE_INTEGER)) throw badOption('folds', folds, 'a whole number of at least 2')
  if (!within(seed, 0, Number.MAX_SAFE_INTEGER)) throw badOption('seed', seed, 'a whole number of at least 0')
  if (classWeight !== null) checkClassWeight(classWeight, target)
  if (fit === 'stumps' && pairs !== 0) throw badOption('pairs', pairs, 'nothing with ⸨fit⸩ stumps')
  const names = columns.map(({ column }) => column.name)
  const possible = (names.length * (names.length - 1)) / 2
  if (typeof pairs === 'number') {
    const most = Math.min(possible, mostPairs)
    if (!within(pairs, 0, most))
      throw badOption('pairs', pairs, `at most ${most} of these columns, or two names as in age:chol`)
    return
  }
  checkNamedPairs(pairs, names)
}

function checkNamedPairs(pairs: readonly NamedPair[], names: readonly string[]): void {
  const seen = new Set<string>()
  for (const pair of pairs) {
    const written = pair.join(':')
    const stray = pair.find((name) => !names.includes(name))
    if (stray !== undefined) {
      throw badOption(
        '--pairs',
        written,
        `columns of the table, which has ${names.map((name) => JSON.stringify(name)).join(', ')}`,
      )
    }
    if (pair[0] === pair[1]) throw badOption('pairs', written, 'two different columns')
    const key = JSON.stringify([...pair].sort())
    if (seen.has(key)) throw badOption('pairs', written, 'every pair once')
    seen.add(key)
  }
}
