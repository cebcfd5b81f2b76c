import { at } from 'emp-compile-runtime/internal/at'
import type { NumberColumn, TextColumn } from 'emp-compile-runtime/internal/contract'
import { describeGrid, gridPosition, gridValue } from 'emp-compile-runtime/internal/grid'
import { parseNumber } from '../1-read/grid.ts'
import type { FieldSchema, TableSchema } from '../1-read/schema.ts'
import type { FilePlace } from '../errors.ts'
import type { PointsColumn } from '../points.ts'
import { declaredColumn } from './points-columns.ts'
import {
  malformedPoints,
  pointsGap,
  pointsNotOnGrid,
  pointsOverlap,
  pointsUnknownColumn,
  pointsUnknownLevel,
} from './points-errors.ts'

/** A line of a table of points; what is empty is ''. */
export interface PointsRow {
  readonly place: FilePlace
  /** `line 4`, `points[3]`. */
  readonly where: string
  /** '' for the base. */
  readonly column: string
  readonly from: string
  readonly to: string
  readonly level: string
  readonly points: number
}

/** The level that stands for a missing value, in columns of which it is no level. */
export const missingLevel = 'missing'

/**
 * The columns of a table of points, in the schema's order. An interval holds `from` and, unless another one of the column
 * begins there, `to`; without `from` it begins with the range, without `to` it ends with it.
 *
 * @param rows those of columns, without the base.
 * @throws {CompileError} for a column, level or value that the schema does not have, and values with points twice or never.
 */
export function columnsOfRows(file: string, rows: readonly PointsRow[], schema: TableSchema): PointsColumn[] {
  const names = schema.fields.map(({ name }) => name)
  const stray = rows.find(({ column }) => !names.includes(column))
  if (stray !== undefined) throw pointsUnknownColumn(stray.place, stray.column, names)
  return schema.fields.flatMap((field) => {
    const own = rows.filter(({ column }) => column === field.name)
    return own.length === 0 ? [] : [columnOfRows(file, field, own, schema)]
  })
}

function columnOfRows(file: string, field: FieldSchema, rows: readonly PointsRow[], schema: TableSchema): PointsColumn {
  const isGap = ({ level }: PointsRow) => level === missingLevel && field.enum?.includes(missingLevel) !== true
  const gaps = rows.filter(isGap)
  const [gap, second] = gaps
  if (gap !== undefined && second !== undefined) {
    throw pointsOverlap(second.place, field.name, 'a missing value', gap.where)
  }
  const given = rows.filter((row) => !isGap(row))
  const written = given.flatMap(({ from, to }) => [from, to]).filter((text) => parseNumber(text) !== null)
  const column = declaredColumn(schema, field, written, gap !== undefined)
  const own =
    column.kind === 'text'
      ? { cuts: [], points: levelPoints(file, column, given) }
      : intervalPoints(file, column, given, gap !== undefined)
  return { column, cuts: own.cuts, points: [...(gap === undefined ? [] : [[gap.points]]), ...own.points] }
}

function levelPoints(file: string, { name, levels }: TextColumn, rows: readonly PointsRow[]): number[][] {
  const byLevel = new Map<string, PointsRow>()
  for (const row of rows) {
    if (row.from !== '' || row.to !== '') {
      throw malformedPoints(
        row.place,
        `${JSON.stringify(name)} is a column of texts, which have a "level" and no "from", "to".`,
      )
    }
    if (!levels.includes(row.level)) throw pointsUnknownLevel(row.place, name, row.level, levels)
    const before = byLevel.get(row.level)
    if (before !== undefined) throw pointsOverlap(row.place, name, JSON.stringify(row.level), before.where)
    byLevel.set(row.level, row)
  }
  return levels.map((level) => {
    const row = byLevel.get(level)
    if (row === undefined) throw pointsGap(file, name, `the level ${JSON.stringify(level)}`)
    return [row.points]
  })
}

/** An interval of positions on the Grid, both ends included. */
interface Interval {
  readonly row: PointsRow
  readonly low: number
  readonly high: number
}

function intervalPoints(
  file: string,
  column: NumberColumn,
  rows: readonly PointsRow[],
  hasGap: boolean,
): Pick<PointsColumn, 'cuts' | 'points'> {
  const { name, grid } = column
  const last = grid.size - 1
  const starts = new Set(rows.flatMap((row) => (row.from === '' ? [] : [positionOn(column, row, row.from)])))
  const intervals = rows.map((row): Interval => {
    if (row.level !== '') {
      throw malformedPoints(
        row.place,
        `${JSON.stringify(name)} is a column of numbers, which have "from" and "to" and no level but "${missingLevel}".`,
      )
    }
    const low = row.from === '' ? 0 : positionOn(column, row, row.from)
    const end = row.to === '' ? last : positionOn(column, row, row.to)
    const high = row.to !== '' && end > low && starts.has(end) ? end - 1 : end
    if (high < low) throw malformedPoints(row.place, `"from" ${row.from} is above "to" ${row.to}. Exchange them.`)
    return { row, low, high }
  })
  const sorted = intervals.toSorted((a, b) => a.low - b.low)
  let next = 0
  for (const [i, { row, low, high }] of sorted.entries()) {
    if (low < next) throw pointsOverlap(row.place, name, String(gridValue(grid, low)), at(sorted, i - 1).row.where)
    if (low > next) throw pointsGap(file, name, between(column, next, low - 1))
    next = high + 1
  }
  if (next <= last) throw pointsGap(file, name, between(column, next, last))
  const cuts = sorted.slice(0, -1).map(({ high }) => high)
  return {
    cuts: hasGap ? [0, ...cuts.map((cut) => cut + 1)] : cuts,
    points: sorted.map(({ row }) => [row.points]),
  }
}

const between = ({ grid }: NumberColumn, low: number, high: number) =>
  low === high ? String(gridValue(grid, low)) : `${gridValue(grid, low)} to ${gridValue(grid, high)}`

function positionOn({ name, grid }: NumberColumn, { place }: PointsRow, text: string): number {
  const value = parseNumber(text)
  const position = value === null ? Number.NaN : gridPosition(grid, value)
  const isOn =
    position >= 0 && position < grid.size && Math.abs(gridValue(grid, position) - (value ?? 0)) < grid.step * 1e-6
  if (!isOn) throw pointsNotOnGrid(place, name, text, describeGrid(grid))
  return position
}
