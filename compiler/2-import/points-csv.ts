import { CsvError, parse } from 'csv-parse/sync'
import { parseNumber } from '../1-read/grid.ts'
import type { TableSchema } from '../1-read/schema.ts'
import { featuresOf, type Points, type PointsLink, type SumClass } from '../points.ts'
import { faultOf } from '../points-fault.ts'
import { malformedPoints, pointsNotWhole, pointsUnfit } from './points-errors.ts'
import { columnsOfRows, type PointsRow } from './points-rows.ts'

/** The header by which a CSV of points is recognised. */
const pointsHeader: readonly string[] = ['column', 'from', 'to', 'level', 'points']

/** What a sum of points means. */
export interface PointsMeaning {
  readonly link: PointsLink
  /** Points that make one unit of the link's argument: above 0. */
  readonly unit: number
  /** Two for `logistic`, first the one that few points speak for; null where the answer is a number or a class. */
  readonly answers: readonly string[] | null
  readonly classes: readonly SumClass[] | null
}

/** The sum itself, as a number. */
export const plainMeaning: PointsMeaning = { link: 'identity', unit: 1, answers: null, classes: null }

/** Tells a table of points by its first line: `column,from,to,level,points`, in this order, divided by `,` or `;`. */
export function isPointsCsv(text: string): boolean {
  const [line = ''] = text.replace(/^\ufeff/, '').split(/\r?\n/)
  const names = line.split(line.includes(';') ? ';' : ',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
  return names.length === pointsHeader.length && names.every((name, i) => name === pointsHeader[i])
}

/**
 * Reads a CSV with the header `column,from,to,level,points`: a line per interval of a column of numbers, per level of a
 * column of texts, with the level `missing` for a missing value, and without a column for points that everybody has.
 * What the lines say of intervals is published, as cuts; their points are not.
 *
 * @throws {CompileError} naming file, line, the value, and the remedy.
 */
export function importPointsCsv(file: string, text: string, schema: TableSchema, meaning: PointsMeaning): Points {
  if (!isPointsCsv(text)) throw malformedPoints({ file, line: 1 }, `its header is not ${pointsHeader.join(',')}.`)
  const rows = parseLines(file, text).map(({ line, cells }): PointsRow => {
    if (cells.length !== pointsHeader.length) {
      throw malformedPoints({ file, line }, `this line has ${cells.length} cells instead of ${pointsHeader.length}.`)
    }
    const [column = '', from = '', to = '', level = '', written = ''] = cells
    const points = parseNumber(written)
    if (points === null || !Number.isInteger(points)) throw pointsNotWhole({ file, line, column: 5 }, written)
    return { place: { file, line }, where: `line ${line}`, column, from, to, level, points }
  })
  return pointsOfRows(file, rows, schema, meaning)
}

/** The lines of a CSV after the header, cells without blanks around them. */
export function parseLines(file: string, text: string): { readonly line: number; readonly cells: readonly string[] }[] {
  const [header = ''] = text.split(/\r?\n/)
  const lines: { readonly line: number; readonly cells: readonly string[] }[] = []
  try {
    parse(text, {
      bom: true,
      delimiter: header.includes(';') ? ';' : header.includes('\t') ? '\t' : ',',
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      from: 2,
      on_record(cells: string[], info) {
        lines.push({ line: info.lines, cells })
        return null
      },
    })
    return lines
  } catch (error) {
    if (error instanceof CsvError) {
      const line = typeof error.lines === 'number' ? { line: error.lines } : {}
      throw malformedPoints({ file, ...line }, 'it is not well-formed CSV. Write quotes in a quoted cell twice.')
    }
    throw error
  }
}

/**
 * A model of lines of points.
 *
 * @throws {CompileError}
 */
export function pointsOfRows(
  file: string,
  rows: readonly PointsRow[],
  schema: TableSchema,
  meaning: PointsMeaning,
): Points {
  const bases = rows.filter(({ column }) => column === '')
  const strange = bases.find(({ from, to, level }) => from !== '' || to !== '' || level !== '')
  if (strange !== undefined)
    throw malformedPoints(strange.place, 'a line without a column is for everybody, and has points only.')
  const [base, second] = bases
  if (base !== undefined && second !== undefined) {
    throw malformedPoints(second.place, `${base.where} has the points of everybody already. Add them up.`)
  }
  const columns = columnsOfRows(
    file,
    rows.filter(({ column }) => column !== ''),
    schema,
  )
  return checkedPoints(file, {
    family: 'additive',
    missingValues: schema.missingValues,
    columns,
    pairs: [],
    features: featuresOf(columns.map(({ column }) => column)),
    base: [base === undefined ? 0 : base.points],
    ...meaning,
    evidence: null,
  })
}

/** @throws {CompileError} `unfit-points` */
export function checkedPoints(file: string, model: Points): Points {
  const fault = faultOf(model)
  if (fault !== null) throw pointsUnfit(file, fault)
  return model
}
