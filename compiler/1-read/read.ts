import { basename } from 'node:path'
import type { Feature, NumberColumn, TextColumn } from '../../runtime/contract.ts'
import { describeGrid, gridPosition, missingCell } from '../../runtime/grid.ts'
import {
  allMissing,
  badWeight,
  decimalComma,
  missingTarget,
  noColumn,
  noTarget,
  notANumber,
  nothingKept,
  oneClass,
  oneColumn,
  outOfRange,
  type Place,
  tooFine,
  tooManyAnswers,
  tooManyLevels,
  unknownField,
  unknownLevel,
} from '../errors.ts'
import {
  type ColumnDocument,
  narrowCodes,
  type Table,
  type TableColumn,
  type TableFeature,
  type Target,
} from '../table.ts'
import { type RawColumn, type RawTable, readCsv } from './csv.ts'
import { inferGrid, isFeasible, parseNumber } from './grid.ts'
import {
  defaultMissingValues,
  type FieldSchema,
  readSchema,
  schemaPath,
  type TableSchema,
  undeclared,
  undocumented,
} from './schema.ts'

export interface ReadOptions {
  /** Path of the CSV. */
  readonly csv: string
  /** Path of a Table Schema; by default `train.schema.json` beside `train.csv`, if it is there. */
  readonly schema: string | null
  /** Name of the target column; by default the last one. */
  readonly target: string | null
  /** The delimiter; by default recognised by the header. */
  readonly delimiter: string | null
  /** What the target is; by default numbers if there are more than {@link mostInferredAnswers} of them. */
  readonly task?: 'classification' | 'regression' | null
  /** Columns to leave out. */
  readonly drop?: readonly string[]
  /** Columns of numbers that are codes of categories: they become one feature per level, as texts do. */
  readonly categorical?: readonly string[]
  /** The column that says how much each row counts; by default all count the same. */
  readonly sampleWeight?: string | null
  /** Is told how many bytes more have been read. */
  readonly onBytes?: (count: number) => void
}

/** With more different numbers, a target is taken for a quantity. */
const mostInferredAnswers = 10

/** Most different texts of a text column, and most answers of a target. */
export const mostLevels = 32

/**
 * Reads a CSV and its Table Schema into a Table: every column on its public Grid, every text column as one 0/1
 * feature per level, missing values above the range (training may move them below).
 *
 * @throws {CompileError} naming file, line and column, the value, and the remedy.
 */
export async function read(options: ReadOptions): Promise<Table> {
  const raw = await readCsv(basename(options.csv), options.csv, options.delimiter, options.onBytes)
  const path = options.schema ?? schemaPath(options.csv)
  return tabulate(raw, await readSchema(basename(path), path, options.schema !== null), options)
}

/** The pure half of {@link read}. */
export function tabulate(
  raw: RawTable,
  schema: TableSchema | null,
  {
    target: targetName,
    task = null,
    drop = [],
    categorical = [],
    sampleWeight = null,
  }: Omit<ReadOptions, 'csv' | 'schema' | 'delimiter' | 'onBytes'>,
): Table {
  const names = raw.columns.map(({ name }) => name)
  if (raw.columns.length === 1) throw oneColumn(raw.file, names[0] ?? '')
  const stray = schema?.fields.find(({ name }) => !names.includes(name))
  if (schema !== null && stray !== undefined) throw unknownField(schema.file, stray.name, names)
  const target = raw.columns.find(({ name }) => name === (targetName ?? names.at(-1)))
  if (target === undefined) throw noTarget(raw.file, targetName ?? '', names)

  const context = (column: RawColumn): ColumnContext => {
    const field = schema?.fields.find(({ name }) => name === column.name) ?? null
    const ownMissing = field?.missingValues ?? null
    const missingValues = ownMissing ?? schema?.missingValues ?? defaultMissingValues
    const place = (code: number): Place => ({
      file: raw.file,
      line: raw.lines[column.codes.indexOf(code)] ?? 1,
      column: names.indexOf(column.name) + 1,
    })
    return {
      raw: column,
      field: categorical.includes(column.name) ? asText(field, column.name) : field,
      place,
      ownMissing: ownMissing === null ? {} : { missingValues: ownMissing },
      isMissing: (code) => missingValues.includes(column.texts[code] ?? ''),
    }
  }
  for (const [option, given] of [
    ['--drop', drop],
    ['--categorical', categorical],
    ['--sample-weight', sampleWeight === null ? [] : [sampleWeight]],
  ] as const) {
    for (const name of given) {
      if (!names.includes(name) || name === target.name) throw noColumn(raw.file, option, name, names)
    }
  }
  const kept = raw.columns.filter((column) => column !== target && ![...drop, sampleWeight].includes(column.name))
  if (kept.length === 0) throw nothingKept(raw.file, target.name)
  const read = kept.map((column) => readColumn(context(column)))
  return {
    source: {
      file: raw.file,
      sha256: raw.sha256,
      title: schema?.title ?? null,
      description: schema?.description ?? null,
      references: schema?.references ?? [],
      missingCells: read.reduce((sum, { missingCells }) => sum + missingCells, 0),
      missingValues: schema?.missingValues ?? defaultMissingValues,
    },
    rows: raw.rows,
    columns: read.map(({ column }) => column),
    features: read.flatMap(({ features }) => features),
    target: readTarget(context(target), task),
    weights: sampleWeight === null ? null : readWeights(context(raw.columns[names.indexOf(sampleWeight)] ?? target)),
  }
}

interface ColumnContext {
  readonly raw: RawColumn
  readonly field: FieldSchema | null
  readonly place: (code: number) => Place
  /** The column's own list of missing values, as a part of its public description. */
  readonly ownMissing: { readonly missingValues?: readonly string[] }
  readonly isMissing: (code: number) => boolean
}

interface ReadColumn {
  readonly column: TableColumn
  readonly features: readonly TableFeature[]
  readonly missingCells: number
}

function readColumn(context: ColumnContext): ReadColumn {
  const { raw, field, isMissing, place } = context
  const given = raw.texts.flatMap((_, code) => (isMissing(code) ? [] : [code]))
  if (given.length === 0) throw allMissing(place(0).file, raw.name)
  const missingCells = given.length === raw.texts.length ? 0 : countMissing(context)
  const document = field?.document ?? undocumented
  const column = isNumeric(context, given)
    ? numberColumn(context, given, missingCells > 0)
    : textColumn(context, given, missingCells > 0)
  const features = column.kind === 'number' ? [numberFeature(column, context)] : levelFeatures(column, context)
  return { column: { column, document }, features, missingCells }
}

function countMissing({ raw, isMissing }: ColumnContext): number {
  const missing = raw.texts.map((_, code) => isMissing(code))
  return raw.codes.reduce((sum, code) => sum + (missing[code] === true ? 1 : 0), 0)
}

/** Declared, or else all of its values are numbers. A column of which most rows are numbers does not become text. */
function isNumeric({ raw, field, place }: ColumnContext, given: readonly number[]): boolean {
  if (field !== null && field.type !== null) return field.type === 'number'
  const { numberRows, textRows, firstText } = countNumbers(raw, given)
  if (firstText === null) return true
  if (numberRows > textRows) throw notANumber(place(firstText), raw.name, raw.texts[firstText] ?? '')
  const comma = given.filter((code) => /^[+-]?\d+,\d+$/.test(raw.texts[code] ?? ''))
  const [written = 0] = comma
  if (2 * comma.length > given.length) throw decimalComma(place(written), raw.name, raw.texts[written] ?? '')
  return false
}

/** How many rows hold a number and how many a text, and the first code that is a text; missing ones left out. */
export function countNumbers(
  raw: RawColumn,
  given: readonly number[],
): { readonly numberRows: number; readonly textRows: number; readonly firstText: number | null } {
  const texts = new Set(given.filter((code) => parseNumber(raw.texts[code] ?? '') === null))
  const [firstText = null] = texts
  const rowsOf = new Int32Array(raw.texts.length)
  for (const code of raw.codes) rowsOf[code] = (rowsOf[code] ?? 0) + 1
  const textRows = Array.from(texts).reduce((sum, code) => sum + (rowsOf[code] ?? 0), 0)
  const givenRows = given.reduce((sum, code) => sum + (rowsOf[code] ?? 0), 0)
  return { numberRows: givenRows - textRows, textRows, firstText }
}

function numberColumn(context: ColumnContext, given: readonly number[], hasMissing: boolean): NumberColumn {
  const { raw, field, place } = context
  for (const code of given) {
    const text = raw.texts[code] ?? ''
    if (parseNumber(text) === null) throw notANumber(place(code), raw.name, text)
    if (field?.enum?.every((admitted) => Number(admitted) !== Number(text)) === true) {
      throw unknownLevel(place(code), raw.name, text, field.enum)
    }
  }
  const grid = inferGrid(
    given.map((code) => raw.texts[code] ?? ''),
    field,
  )
  if (!isFeasible(grid)) throw tooFine(place(0).file, raw.name, grid.step)
  for (const code of given) {
    const position = gridPosition(grid, Number(raw.texts[code]))
    if (position < 0 || position >= grid.size) {
      throw outOfRange(place(code), raw.name, raw.texts[code] ?? '', describeGrid(grid))
    }
  }
  return { kind: 'number', name: raw.name, ...context.ownMissing, grid, missing: hasMissing ? 'above' : 'never' }
}

function textColumn(context: ColumnContext, given: readonly number[], hasMissing: boolean): TextColumn {
  const { raw, field, place } = context
  const found = given.map((code) => raw.texts[code] ?? '')
  const stray = given.find((code) => field?.enum?.includes(raw.texts[code] ?? '') === false)
  if (stray !== undefined) throw unknownLevel(place(stray), raw.name, raw.texts[stray] ?? '', field?.enum ?? [])
  const levels = field?.enum ?? found.toSorted()
  if (levels.length > mostLevels) throw tooManyLevels(place(given[0] ?? 0), raw.name, levels.length, mostLevels)
  return { kind: 'text', name: raw.name, ...context.ownMissing, levels, missing: hasMissing ? 'no-level' : 'never' }
}

function numberFeature(column: NumberColumn, { raw, isMissing }: ColumnContext): TableFeature {
  const cells = raw.texts.map((text, code) =>
    isMissing(code) ? missingCell(column) : gridPosition(column.grid, Number(text)),
  )
  return codedFeature({ column: column.name }, raw.codes, cells)
}

function levelFeatures(column: TextColumn, { raw, isMissing }: ColumnContext): TableFeature[] {
  return column.levels.map((level) => {
    const cells = raw.texts.map((text, code) => (text === level && !isMissing(code) ? 1 : 0))
    return codedFeature({ column: column.name, level }, raw.codes, cells)
  })
}

/** Codes of texts become codes of cells: ascending, and one for all texts with the same cell. */
function codedFeature(feature: Feature, rawCodes: Int32Array, cellByRawCode: readonly number[]): TableFeature {
  const cells = Int32Array.from(new Set(cellByRawCode)).sort()
  const positions = new Map(Array.from(cells, (cell, code) => [cell, code]))
  const codeByRawCode = cellByRawCode.map((cell) => positions.get(cell) ?? 0)
  return {
    feature,
    codes: narrowCodes(
      rawCodes.map((raw) => codeByRawCode[raw] ?? 0),
      cells.length,
    ),
    cells,
  }
}

/** A column declared categorical is text, whatever its cells or its schema say. */
function asText(field: FieldSchema | null, name: string): FieldSchema {
  return { ...(field ?? { ...undeclared, name }), type: 'text', minimum: null, maximum: null, step: null }
}

function readWeights({ raw, place }: ColumnContext): Float64Array {
  const weights = raw.texts.map((text, code) => {
    const weight = parseNumber(text)
    if (weight === null || weight < 0) throw badWeight(place(code), raw.name, text)
    return weight
  })
  if (weights.every((weight) => weight === 0)) throw badWeight(place(0), raw.name, raw.texts[0] ?? '')
  return Float64Array.from(raw.codes, (code) => weights[code] ?? 0)
}

function readTarget(context: ColumnContext, task: ReadOptions['task']): Target {
  const { raw, field, isMissing, place } = context
  const gap = raw.texts.findIndex((_, code) => isMissing(code))
  if (gap >= 0) throw missingTarget(place(gap).file, place(gap).line ?? 1, place(gap).column ?? 1, raw.name)
  const [first = ''] = raw.texts
  if (raw.texts.length === 1) throw oneClass(place(0).file, raw.name, first)
  const numeric = raw.texts.every((text) => parseNumber(text) !== null)
  const document: ColumnDocument = field?.document ?? undocumented
  if (task === 'regression' || (task === null && numeric && raw.texts.length > mostInferredAnswers)) {
    const codes = raw.texts.map((_, code) => code)
    const { grid } = numberColumn(context, codes, false)
    const cells = raw.texts.map((text) => gridPosition(grid, Number(text)))
    return { kind: 'number', name: raw.name, grid, cells: raw.codes.map((code) => cells[code] ?? 0), document }
  }
  if (raw.texts.length > mostLevels) throw tooManyAnswers(place(0).file, raw.name, raw.texts.length, mostLevels)
  const answers = raw.texts.toSorted(numeric ? (a, b) => Number(a) - Number(b) || (a < b ? -1 : 1) : undefined)
  const position = raw.texts.map((text) => answers.indexOf(text))
  const classes = raw.codes.map((code) => position[code] ?? 0)
  return { kind: 'classes', name: raw.name, answers, classes, document }
}
