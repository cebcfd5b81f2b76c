import { basename } from 'node:path'
import { at } from 'emp-compile-runtime/internal/at'
import { type NumberFormat, plainFormat } from 'emp-compile-runtime/internal/text/numbers'
import {
  allMissing,
  badOption,
  badWeight,
  noColumn,
  noRows,
  noTarget,
  nothingKept,
  oneColumn,
  unknownField,
} from '../errors.ts'
import type { Table } from '../table.ts'
import { readColumn } from './column.ts'
import { type ColumnContext, type ColumnDefaults, contextOf } from './context.ts'
import { type CsvOptions, type RawColumn, type RawTable, readCsv } from './csv.ts'
import { Notes } from './notes.ts'
import { hasDecimalCommas, numberTextsOf } from './number-texts.ts'
import { readSchema, schemaPath, type TableSchema } from './schema.ts'
import { selectRows } from './select-rows.ts'
import { readTarget } from './target.ts'
import { defaultMissingValues } from './words.ts'

/** What is said of a table's columns; everything is optional. */
export interface ColumnOptions {
  /** What the target is; by default numbers if there are more than ten of them. */
  readonly task?: 'classification' | 'regression' | null
  /** Columns to leave out. */
  readonly drop?: readonly string[]
  /** Columns of numbers that are codes of categories: they become one feature per level, as texts do. */
  readonly categorical?: readonly string[]
  /** The column that says how much each row counts; by default all count the same. */
  readonly sampleWeight?: string | null
  /** The column that says whose each row is; by default each stands alone. */
  readonly group?: string | null
  /** Columns to keep the values of, whether or not they are trained on: figures are wanted apart by them. */
  readonly others?: readonly string[]
  /** Leave out the rows without a target. */
  readonly dropUnlabelled?: boolean
  /** The decimal sign, and what stands between thousands; by default recognised, column by column. */
  readonly decimal?: string | null
  readonly thousands?: string | null
  /** Whether records may have values beyond a column's range, which count as its ends then. */
  readonly beyond?: 'refuse' | 'clamp'
  /** Whether records may lack values in columns that were complete in training. */
  readonly missing?: 'refuse' | 'allow'
}

export interface TableOptions extends ColumnOptions, Omit<CsvOptions, 'only'> {
  /** Path of the CSV. */
  readonly csv: string
  /** Path of a Table Schema; by default `train.schema.json` beside `train.csv`, if it is there. */
  readonly schema: string | null
  /** Name of the target column; by default the last one. */
  readonly target: string | null
}

/**
 * Reads a CSV and its Table Schema into a Table: every column on its public Grid, every text column as one 0/1
 * feature per level, missing values above the range (training may move them below).
 *
 * @throws {CompileError} naming file, line and column, the value, and the remedy.
 */
export async function read(options: TableOptions): Promise<Table> {
  const raw = await readCsv(basename(options.csv), options.csv, options)
  const path = options.schema ?? schemaPath(options.csv)
  return tabulate(raw, await readSchema(basename(path), path, options.schema !== null), options)
}

/** The pure half of {@link read}. */
export function tabulate(
  whole: RawTable,
  schema: TableSchema | null,
  options: ColumnOptions & { readonly target: string | null },
): Table {
  const { drop = [], categorical = [], sampleWeight = null, group = null, task = null } = options
  const names = whole.columns.map(({ name }) => name)
  if (whole.columns.length === 1) throw oneColumn(whole.file, at(names, 0))
  const stray = schema?.fields.find(({ name }) => !names.includes(name))
  if (schema !== null && stray !== undefined) throw unknownField(schema.file, stray.name, names)
  const targetName = options.target ?? names.at(-1) ?? ''
  if (!names.includes(targetName)) throw noTarget(whole.file, targetName, names)
  const others = {
    '--drop': drop,
    '--categorical': categorical,
    '--sample-weight': sampleWeight === null ? [] : [sampleWeight],
    '--group': group === null ? [] : [group],
    '--by': options.others ?? [],
  }
  for (const [option, given] of Object.entries(others)) {
    const unknown = given.find((name) => !names.includes(name) || name === targetName)
    if (unknown !== undefined) throw noColumn(whole.file, option, unknown, names)
  }

  const notes = new Notes()
  for (const note of [...whole.notes, ...(schema?.notes ?? [])]) notes.add(note, '', () => note)
  const defaults = columnDefaults(options)
  const raw = options.dropUnlabelled === true ? labelled(whole, targetName, schema, defaults, notes) : whole
  const contexts = raw.columns.map((column) => contextOf(raw, column, schema, defaults, notes))
  const contextOfName = (name: string) => at(contexts, names.indexOf(name))
  const kept = contexts.filter(
    ({ raw: { name } }) => name !== targetName && ![...drop, sampleWeight, group].includes(name),
  )
  if (kept.length === 0) throw nothingKept(raw.file, targetName)
  for (const { raw: column } of kept.filter(({ given }) => given.length === 0)) {
    notes.add('empty', column.name, (all) => `left out, as they have no values at all: ${all}`)
  }
  const filled = kept.filter(({ given }) => given.length > 0)
  if (filled.length === 0) throw allMissing(raw.file, targetName)
  const target = contextOfName(targetName)
  const commaDecimals = [...filled, target].some(hasDecimalCommas)
  const read = filled.map((context) => readColumn(context, commaDecimals, schema !== null))
  return {
    source: {
      file: raw.file,
      sha256: raw.sha256,
      title: schema?.title ?? null,
      description: schema?.description ?? null,
      references: schema?.references ?? [],
      ...(schema?.languages === undefined ? {} : { languages: schema.languages }),
      card: schema?.card ?? [],
      missingCells: read.reduce((sum, { missingCells }) => sum + missingCells, 0),
      missingValues: schema?.missingValues ?? defaultMissingValues,
    },
    rows: raw.rows,
    columns: read.map(({ column }) => column),
    features: read.flatMap(({ features }) => features),
    target: readTarget(target, numberTextsOf(target, commaDecimals), task),
    weights: sampleWeight === null ? null : readWeights(contextOfName(sampleWeight), commaDecimals),
    groups: group === null ? null : readGroups(contextOfName(group)),
    ...((options.others ?? []).length === 0
      ? {}
      : { others: new Map(options.others?.map((name) => [name, valuesIn(contextOfName(name), commaDecimals)])) }),
    notes: notes.list(),
  }
}

/** @throws {CompileError} `bad-option` */
export function columnDefaults({
  decimal = null,
  thousands = null,
  beyond,
  missing,
  categorical = [],
}: ColumnOptions): ColumnDefaults {
  return { format: formatOf(decimal, thousands), beyond: beyond ?? 'refuse', missing: missing ?? 'refuse', categorical }
}

function formatOf(decimal: string | null, thousands: string | null): NumberFormat | null {
  if (decimal === null && thousands === null) return null
  if (decimal !== null && !['.', ','].includes(decimal)) throw badOption('decimal', decimal, 'a point or a comma')
  if (thousands !== null && !['.', ',', ' ', "'"].includes(thousands)) {
    throw badOption('thousands', thousands, 'a comma, a point, a blank or an apostrophe')
  }
  const decimalChar = decimal ?? (thousands === '.' ? ',' : '.')
  if (decimalChar === thousands) throw badOption('thousands', thousands, 'another sign than ⸨decimal⸩')
  return { ...plainFormat, decimalChar, groupChar: thousands }
}

/** The rows that have a target. */
export function labelled(
  raw: RawTable,
  targetName: string,
  schema: TableSchema | null,
  defaults: ColumnDefaults,
  notes: Notes,
): RawTable {
  const target = raw.columns.find(({ name }) => name === targetName) as RawColumn
  const { isMissing } = contextOf(raw, target, schema, defaults, notes)
  const own = selectRows(raw, (row) => !isMissing(target.codes[row] as number))
  if (own.rows === 0) throw noRows(raw.file)
  if (own.rows < raw.rows) {
    notes.add('unlabelled', String(raw.rows - own.rows), (count) => `rows without a target, left out: ${count}`)
  }
  return own
}

/** Rows without a value belong to nobody else: each is its own group. */
function readGroups({ raw, isMissing }: ColumnContext): Int32Array {
  return Int32Array.from(raw.codes, (code, row) => (isMissing(code) ? raw.size + row : code))
}

/** The values of a column that may be no part of the table. */
function valuesIn(context: ColumnContext, commaDecimals: boolean): (number | string | null)[] {
  const { raw, isMissing } = context
  const { values } = numberTextsOf(context, commaDecimals)
  return Array.from(raw.codes, (code) => {
    if (isMissing(code)) return null
    const number = values[code] ?? Number.NaN
    return Number.isNaN(number) ? raw.textAt(code) : number
  })
}

function readWeights(context: ColumnContext, commaDecimals: boolean): Float64Array {
  const { raw, place } = context
  const { values } = numberTextsOf(context, commaDecimals)
  for (let code = 0; code < raw.size; code++) {
    if (!((values[code] as number) >= 0)) throw badWeight(place(code), raw.name, raw.textAt(code))
  }
  if (values.every((weight) => weight === 0)) throw badWeight(place(0), raw.name, raw.textAt(0))
  return Float64Array.from(raw.codes, (code) => values[code] as number)
}
