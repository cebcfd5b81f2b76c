import { at } from 'emp-compile-runtime/internal/at'
import type { Column, Feature } from 'emp-compile-runtime/internal/contract'
import { cellCount, gridValue } from 'emp-compile-runtime/internal/grid'
import { logisticLink } from 'emp-compile-runtime/internal/schemes/link'
import { type Meaning, openSums, type SumClass } from 'emp-compile-runtime/internal/schemes/meaning'
import type { Opened } from 'emp-compile-runtime/internal/schemes/scheme'

export type { SumClass } from 'emp-compile-runtime/internal/schemes/meaning'

/** What a sum says: itself, the chance of the second answer, the chances of all answers, or a power of e. */
export type PointsLink = 'identity' | 'logistic' | 'softmax' | 'exponential'

/** The points of one column: `points[j][k]` are added to output k for a record at position j of it. */
export interface PointsColumn {
  /** Where a number may be missing, its cell lies below the range. */
  readonly column: Column
  /** Of a column of numbers, ascending cells: a record's position is the number of them below its cell. Else none. */
  readonly cuts: readonly number[]
  readonly points: readonly (readonly number[])[]
}

/** More points for two columns together: for positions i and j of them, those of place `i * n + j`, n the second's positions. */
export interface PointsPair {
  /** Places of two different columns, ascending. */
  readonly columns: readonly [number, number]
  readonly points: readonly (readonly number[])[]
}

/** What training leaves for the report. */
export interface PointsEvidence {
  /** Training rows at every position of every column. */
  readonly rows: readonly (readonly number[])[]
  /** The steps of the recipe that were compared on rows held out, from the simplest; none where nothing was chosen. */
  readonly path: readonly PointsStep[]
  /** The place of the chosen step in `path`; null where nothing was chosen. */
  readonly chosen: number | null
  /** The widest sums that were tried, from the narrowest, with their losses. */
  readonly widths: readonly PointsStep[]
}

export interface PointsStep {
  /** A penalty's strength, a number of rounds, or the largest minus the smallest sum. */
  readonly value: number
  /** The mean loss of rows held out: of answers the negative logarithm of the chance, of numbers half the squared error. */
  readonly loss: number
  /** How much the loss exceeds the least one. */
  readonly excess: number
  /** The standard error by which the excess is judged. */
  readonly error: number
}

/** A sum of integer points, one per column by the interval or level of its value. It knows nothing of cryptography. */
export interface Points {
  readonly family: 'additive'
  /** The texts that stand for a missing value where records are written as text. */
  readonly missingValues: readonly string[]
  readonly columns: readonly PointsColumn[]
  readonly pairs: readonly PointsPair[]
  /** What the cells of a record are: one per column of numbers, one per level of a column of texts, by column. */
  readonly features: readonly Feature[]
  /** The different answers, two of `logistic` and one per output of `softmax`; null if the answer is a number. */
  readonly answers: readonly string[] | null
  /** One integer per output. */
  readonly base: readonly number[]
  /** The score is the sum divided by this: above 0. */
  readonly unit: number
  readonly link: PointsLink
  /** Ranges of the sum that have a name, ascending; null where the answer follows from the link. */
  readonly classes: readonly SumClass[] | null
  readonly evidence: PointsEvidence | null
}

export function positionCount({ column, cuts }: Pick<PointsColumn, 'column' | 'cuts'>): number {
  if (column.kind === 'number') return cuts.length + 1
  return column.levels.length + (column.missing === 'never' ? 0 : 1)
}

/** One feature per column of numbers and one per level of a column of texts. */
export function featuresOf(columns: readonly Column[]): Feature[] {
  return columns.flatMap((column): Feature[] =>
    column.kind === 'number'
      ? [{ column: column.name }]
      : column.levels.map((level) => ({ column: column.name, level })),
  )
}

/**
 * The position of a record in one column: of numbers, how many cuts lie below the cell; of texts, 0 for none if that is
 * admitted, then the place of the level.
 *
 * @param cells those of the column's features.
 * @throws {RangeError} for cells that no record has.
 */
export function positionOf({ column, cuts }: Pick<PointsColumn, 'column' | 'cuts'>, cells: readonly number[]): number {
  if (column.kind === 'number') {
    const cell = at(cells, 0)
    if (!(Number.isInteger(cell) && cell >= 0 && cell < cellCount(column)) || cells.length !== 1) {
      throw new RangeError(`${cell} is no cell of the column ${JSON.stringify(column.name)}`)
    }
    return cuts.filter((cut) => cut < cell).length
  }
  const levels = cells.flatMap((cell, level) => (cell === 1 ? [level] : []))
  const isOne =
    cells.length === column.levels.length && levels.length + cells.filter((cell) => cell === 0).length === cells.length
  if (!isOne || levels.length > 1 || (levels.length === 0 && column.missing === 'never')) {
    throw new RangeError(`the cells of the column ${JSON.stringify(column.name)} are of no level`)
  }
  return levels.length === 0 ? 0 : at(levels, 0) + (column.missing === 'never' ? 0 : 1)
}

/** The position of a record in every column. */
export function positionsOf(model: Pick<Points, 'columns' | 'features'>, cells: readonly number[]): number[] {
  return model.columns.map((one) =>
    positionOf(
      one,
      cells.filter((_, i) => at(model.features, i).column === one.column.name),
    ),
  )
}

/**
 * The sums of a record, one per output: base and points, one addition at a time. The oracle for everything else.
 *
 * @param cells by position of the feature.
 * @throws {RangeError} for cells that no record has.
 */
export function predictPoints(model: Points, cells: readonly number[]): number[] {
  const positions = positionsOf(model, cells)
  return model.base.map((base, k) => {
    let sum = base
    for (const [c, { points }] of model.columns.entries()) sum += at(at(points, at(positions, c)), k)
    for (const {
      columns: [first, second],
      points,
    } of model.pairs) {
      const place = at(positions, first) * positionCount(at(model.columns, second)) + at(positions, second)
      sum += at(at(points, place), k)
    }
    return sum
  })
}

/** What the sums of a model mean: by its classes, if it has them, else by its link. */
export function meaningOf({ link, unit, classes }: Pick<Points, 'link' | 'unit' | 'classes'>): Meaning {
  if (classes !== null) return { kind: 'classes', classes }
  const scale = { base: 0, unit }
  return link === 'logistic' ? logisticLink(scale) : { kind: link, ...scale }
}

/** All that a model may answer: the names of its classes, if it has them, else its answers; null for numbers. */
export function answersOfPoints({ answers, classes }: Pick<Points, 'answers' | 'classes'>): readonly string[] | null {
  return classes === null ? answers : classes.map(({ label }) => label)
}

/** What sums mean to a client. */
export function answerOfSums(
  model: Pick<Points, 'link' | 'unit' | 'classes' | 'answers'>,
  sums: readonly number[],
): Opened {
  return openSums({ meaning: meaningOf(model), answers: answersOfPoints(model) }, sums)
}

/** What a model answers. @param cells one per feature. */
export function answerOfPoints(model: Points, cells: readonly number[]): Opened {
  return answerOfSums(model, predictPoints(model, cells))
}

/** The smallest and the largest sum of an output, as if every combination of positions could occur. */
export function sumRange(model: Pick<Points, 'base' | 'columns' | 'pairs'>, output: number): readonly [number, number] {
  let [low, high] = [at(model.base, output), at(model.base, output)]
  for (const { points } of [...model.columns, ...model.pairs]) {
    const own = points.map((all) => at(all, output))
    low += least(own)
    high += largest(own)
  }
  return [low, high]
}

/** The largest minus the smallest possible sum, of the output where that is most. */
export function sumWidth(model: Pick<Points, 'base' | 'columns' | 'pairs'>): number {
  return largest(
    model.base.map((_, k) => {
      const [low, high] = sumRange(model, k)
      return high - low
    }),
  )
}

const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
const largest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)

/** A position in words: `up to 44.5`, `above 44.5, up to 52.5`, `above 52.5`, `missing`, `"red"`. */
export function describePosition(column: Column, cuts: readonly number[], position: number): string {
  const hasMissing = column.missing !== 'never'
  if (column.kind === 'text') {
    if (hasMissing && position === 0) return 'missing'
    return JSON.stringify(at(column.levels, position - (hasMissing ? 1 : 0)))
  }
  if (hasMissing && position === 0) return 'missing'
  const threshold = (cut: number) => Number(gridValue(column.grid, cut - (hasMissing ? 1 : 0) + 0.5).toPrecision(12))
  const first = hasMissing ? 1 : 0
  const below = position > first ? threshold(at(cuts, position - 1)) : null
  const above = position < cuts.length ? threshold(at(cuts, position)) : null
  if (below === null) return above === null ? 'any' : `up to ${above}`
  return above === null ? `above ${below}` : `above ${below}, up to ${above}`
}
