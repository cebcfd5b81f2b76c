import { at } from 'emp-compile-runtime/internal/at'
import { foldsOf, mostFolds } from '../../folds.ts'
import { featuresOf, type Points, type PointsEvidence } from '../../points.ts'
import { allRows, type Codes, type Table } from '../../table.ts'
import type { OnPart } from '../../watch.ts'
import { classWeights } from '../train.ts'
import { type Compared, compareTrials, type FitPath } from './choose.ts'
import { type CodedColumn, type PlacedColumn, pairColumns, placeColumns, takeRows } from './coded.ts'
import { fittedScores, type PointsFit } from './fit.ts'
import { logisticPointsLoss, type PointsLoss, softmaxPointsLoss, squaredPointsLoss } from './loss.ts'
import { type AdditiveOptions, checkAdditiveOptions, sumWidths } from './options.ts'
import { choosePairs } from './pairs.ts'
import { fitPenalised } from './penalised.ts'
import { roundFit } from './round.ts'
import { boostStumps } from './stumps.ts'

/** Strengths of the penalty that are compared, from the strongest. */
const strengths: readonly number[] = [64, 32, 16, 8, 4, 2, 1, 0.5, 0.25, 0.125, 0.0625, 0.03125]
/** Rounds that are compared, in stumps per column. */
const passes: readonly number[] = [1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 130]
/** What is taken where there are too few rows to compare by. */
const [plainStrength, plainPasses, plainWidth] = [4, 10, 255]
/** The strength at which columns are fitted to see what pairs would add. */
const strengthForPairs = 2

/**
 * Trains points by a whole recipe: places the columns on their public cuts, chooses pairs, penalty or rounds, and the
 * width of the sums as the options say, fits, and rounds. Deterministic.
 *
 * @param rows the rows to train on; all by default.
 * @throws {CompileError} `bad-option`
 */
export function trainPoints(table: Table, options: AdditiveOptions, rows?: Uint32Array, onPart?: OnPart): Points {
  checkAdditiveOptions(options, table)
  const all = rows ?? allRows(table)
  const own = table.weights === null ? all : all.filter((row) => table.weights?.[row] !== 0)
  const placed = placeColumns(table, options.cuts)
  const mains = placed.map((column) => takeRows(column, own))
  const { lossOf, scale } = targetOf(table, options, own)
  const loss = lossOf(Uint32Array.from(own, (_, i) => i))
  const pairs = pairsOf(options, placed, mains, loss)
  const columns = [...mains, ...pairs.map(([first, second]) => pairColumns(at(mains, first), at(mains, second)))]
  const { value, width, evidence } = settle(table, options, own, columns, lossOf, onPart)
  let fit: PointsFit | undefined
  for (const next of followed(options.fit, pathTo(options, columns.length, value))(columns, loss)) fit = next
  if (fit === undefined) throw new TypeError('a path has no step')
  const rounded = roundFit(columns, fit, fittedScores(columns, fit, loss.rows), loss.weights, width)
  const tableOf = (c: number) => {
    const { positions } = at(columns, c)
    return Array.from({ length: positions }, (_, j) =>
      rounded.base.map((_, k) => at(at(rounded.tables, c), k * positions + j)),
    )
  }
  const { target } = table
  return {
    family: 'additive',
    missingValues: table.source.missingValues,
    columns: placed.map(({ column, cuts }, c) => ({ column, cuts, points: tableOf(c) })),
    pairs: pairs.map((pair, i) => ({ columns: pair, points: tableOf(placed.length + i) })),
    features: featuresOf(placed.map(({ column }) => column)),
    answers: target.kind === 'classes' ? target.answers : null,
    base: rounded.base,
    unit: rounded.unit / scale,
    link: target.kind === 'number' ? 'identity' : target.answers.length === 2 ? 'logistic' : 'softmax',
    classes: null,
    evidence: { ...evidence, rows: mains.map(({ codes, positions }) => rowsPerPosition(codes, positions)) },
  }
}

function rowsPerPosition(codes: Codes, positions: number): number[] {
  const counts = new Array<number>(positions).fill(0)
  for (const code of codes) counts[code] = at(counts, code) + 1
  return counts
}

/** The loss of some of `own`, by their places in it, and the spread by which its scores were divided. */
function targetOf(
  { target, weights }: Table,
  options: AdditiveOptions,
  own: Uint32Array,
): { readonly lossOf: (rows: Uint32Array) => PointsLoss; readonly scale: number } {
  const sampleWeight = (row: number) => (weights === null ? 1 : at(weights, row))
  if (target.kind === 'number') {
    const { minimum, step } = target.grid
    const values = Float64Array.from(own, (row) => minimum + step * at(target.cells, row))
    const own1 = Float64Array.from(own, sampleWeight)
    const total = own1.reduce((sum, weight) => sum + weight, 0)
    const mean = values.reduce((sum, value, i) => sum + at(own1, i) * value, 0) / total
    const squares = values.reduce((sum, value, i) => sum + at(own1, i) * (value - mean) ** 2, 0)
    const spread = Math.sqrt(squares / total)
    const scale = spread > 0 ? spread : step
    const scaled = values.map((value) => value / scale)
    return {
      lossOf: (rows) =>
        squaredPointsLoss(
          Float64Array.from(rows, (row) => at(scaled, row)),
          Float64Array.from(rows, (row) => at(own1, row)),
        ),
      scale,
    }
  }
  const factors = classWeights(target, options.classWeight, own)
  const both = Float64Array.from(
    own,
    (row) => sampleWeight(row) * (factors === null ? 1 : at(factors, at(target.classes, row))),
  )
  return {
    lossOf: (rows) => {
      const classes = Int32Array.from(rows, (row) => at(target.classes, at(own, row)))
      const weightsOf = Float64Array.from(rows, (row) => at(both, row))
      return target.answers.length === 2
        ? logisticPointsLoss(Uint8Array.from(classes), weightsOf)
        : softmaxPointsLoss(classes, target.answers.length, weightsOf)
    },
    scale: 1,
  }
}

function pairsOf(
  { pairs }: AdditiveOptions,
  placed: readonly PlacedColumn[],
  mains: readonly CodedColumn[],
  loss: PointsLoss,
): readonly (readonly [number, number])[] {
  if (typeof pairs !== 'number') {
    const place = (name: string) => placed.findIndex(({ column }) => column.name === name)
    return pairs
      .map(([first, second]) => [place(first), place(second)] as const)
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
      .toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
  }
  if (pairs === 0) return []
  const { value: fit } = fitPenalised(mains, loss, [strengthForPairs]).next()
  return fit === undefined ? [] : choosePairs(mains, loss, fit, pairs)
}

/** The steps that a path takes to a value: penalties ease off, so that every fit starts near its end. */
function pathTo(options: AdditiveOptions, columns: number, value: number): number[] {
  if (options.fit === 'stumps') return [value]
  return [...pathOf(options, columns).filter((strength) => strength > value), value]
}

function pathOf({ fit }: AdditiveOptions, columns: number): readonly number[] {
  return fit === 'stumps' ? passes.map((pass) => pass * columns) : strengths
}

function followed(fit: AdditiveOptions['fit'], values: readonly number[]) {
  return (columns: readonly CodedColumn[], loss: PointsLoss) =>
    fit === 'stumps' ? boostStumps(columns, loss, values) : fitPenalised(columns, loss, values)
}

interface Settled {
  readonly value: number
  readonly width: number
  readonly evidence: Omit<PointsEvidence, 'rows'>
}

/** What the options leave open is chosen by cross-validation, if there are rows for it. */
function settle(
  table: Table,
  options: AdditiveOptions,
  own: Uint32Array,
  columns: readonly CodedColumn[],
  lossOf: (rows: Uint32Array) => PointsLoss,
  onPart?: OnPart,
): Settled {
  const given = options.fit === 'stumps' ? options.rounds : options.penalty
  const plain = options.fit === 'stumps' ? plainPasses * columns.length : plainStrength
  const folds = Math.min(options.folds, mostFolds(table, own))
  const nothing = { path: [], chosen: null, widths: [] }
  if ((given !== null && options.points !== null) || folds < 2) {
    return { value: given ?? plain, width: options.points ?? plainWidth, evidence: nothing }
  }
  const values = given === null ? pathOf(options, columns.length) : [given]
  const widths = options.points === null ? sumWidths : [options.points]
  const path: FitPath = followed(options.fit, values)
  const compared = compareTrials(
    columns,
    lossOf,
    foldsOf(table, own, folds, options.seed) ?? new Int32Array(own.length),
    values,
    path,
    widths,
    onPart,
  )
  const chosenOf = ({ steps, chosen }: Compared) => at(steps, chosen).value
  return {
    value: chosenOf(compared.path),
    width: chosenOf(compared.widths),
    evidence: { path: compared.path.steps, chosen: compared.path.chosen, widths: compared.widths.steps },
  }
}
