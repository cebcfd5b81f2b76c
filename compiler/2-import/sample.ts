import { basename } from 'node:path'
import { at } from 'emp-compile-runtime/internal/at'
import type { Column } from 'emp-compile-runtime/internal/contract'
import { readColumn } from '../1-read/column.ts'
import { contextOf } from '../1-read/context.ts'
import { type CsvOptions, type RawTable, readCsv } from '../1-read/csv.ts'
import { isFeasible } from '../1-read/grid.ts'
import { Notes } from '../1-read/notes.ts'
import { hasDecimalCommas, numberTextsOf } from '../1-read/number-texts.ts'
import { type ColumnOptions, columnDefaults } from '../1-read/read.ts'
import { type FieldSchema, readSchema, schemaPath, type TableSchema } from '../1-read/schema.ts'
import { defaultMissingValues } from '../1-read/words.ts'
import type { Source, TableColumn } from '../table.ts'
import { noPublicRange } from './errors.ts'
import type { ForeignModel, ForeignRow, ForeignValue } from './foreign.ts'
import { matchColumns } from './match-columns.ts'
import type { Domain } from './thresholds.ts'

/** What is known of the columns of a model: their public Grids, and rows to measure on, where there are some. */
export interface Sample {
  readonly source: Source
  /** In the order of the model's columns. */
  readonly columns: readonly TableColumn[]
  /** A value per column of the model; empty where there is only a schema. */
  readonly rows: readonly ForeignRow[]
  /** The line of every row in its file. */
  readonly lines: ArrayLike<number>
  readonly schema: TableSchema | null
  readonly raw: RawTable | null
}

export interface SampleOptions {
  /** A CSV with a column for each of the model's; null where there is a schema alone. */
  readonly data: string | null
  readonly schema: string | null
  /** How the CSV is to be read; what is not said is recognised. */
  readonly reading?: CsvOptions & Pick<ColumnOptions, 'decimal' | 'thousands'>
  /** The model's columns in its order, where the file does not name them. */
  readonly columns: readonly string[] | null
}

/** Reads what there is of data and schema. @throws {CompileError} */
export async function readSample(model: ForeignModel, options: SampleOptions): Promise<Sample> {
  const { data, schema: given, reading = {}, columns: names } = options
  const path = given ?? (data === null ? null : schemaPath(data))
  const schema = path === null ? null : await readSchema(basename(path), path, given !== null)
  const source = {
    title: schema?.title ?? null,
    description: schema?.description ?? null,
    references: schema?.references ?? [],
    card: schema?.card ?? [],
    missingValues: schema?.missingValues ?? defaultMissingValues,
  }
  if (data === null) {
    const fields = schema?.fields ?? []
    const places = matchColumns(
      model,
      fields.map(({ name }) => name),
      names,
    )
    return {
      source: { ...source, file: schema?.file ?? '', sha256: '', missingCells: 0 },
      columns: places.map((place) => declaredColumn(at(fields, place))),
      rows: [],
      lines: [],
      schema,
      raw: null,
    }
  }
  const raw = await readCsv(basename(data), data, reading)
  const places = matchColumns(
    model,
    raw.columns.map(({ name }) => name),
    names,
  )
  const own = places.map((place) => at(raw.columns, place).name)
  const read = readColumns(raw, schema, own, reading)
  const inOrder = own.map((name) =>
    at(
      read,
      read.findIndex(({ column }) => column.name === name),
    ),
  )
  const missingCells = inOrder.reduce((sum, { values }) => sum + values.filter((value) => value === null).length, 0)
  return {
    source: { ...source, file: raw.file, sha256: raw.sha256, missingCells },
    columns: inOrder.map(({ column, document }) => ({ column: missingBelow(column), document })),
    rows: Array.from({ length: raw.rows }, (_, row) =>
      inOrder.map(({ column, values }, i) => foreignValue(model, i, column, String(values[row]), values[row] === null)),
    ),
    lines: raw.lines,
    schema,
    raw,
  }
}

/** Some columns of a CSV on their Grids, without a target, and what each row holds; null is missing. */
function readColumns(raw: RawTable, schema: TableSchema | null, names: readonly string[], reading: ColumnOptions) {
  const [defaults, notes] = [columnDefaults(reading), new Notes()]
  const contexts = raw.columns
    .filter(({ name }) => names.includes(name))
    .map((column) => contextOf(raw, column, schema, defaults, notes))
  const commaDecimals = contexts.some(hasDecimalCommas)
  return contexts.map((own) => {
    const { column } = readColumn(own, commaDecimals, schema !== null)
    const numbers = column.column.kind === 'number' ? numberTextsOf(own, commaDecimals).values : null
    const textOf = (code: number) =>
      own.isMissing(code) ? null : numbers === null ? own.raw.textAt(code) : String(numbers[code])
    return { ...column, values: Array.from(own.raw.codes, textOf) }
  })
}

/** Scores of trees take missing values below all numbers. */
const missingBelow = (column: Column): Column =>
  column.kind === 'number' && column.missing === 'above' ? { ...column, missing: 'below' } : column

/** A column by its schema alone. @throws {CompileError} `no-public-range` */
function declaredColumn({ name, enum: levels, type, minimum, maximum, step, ...field }: FieldSchema): TableColumn {
  const { document, missingValues } = field
  const own = missingValues === null ? {} : { missingValues }
  const isMissing = missingValues !== null && missingValues.length > 0
  if (type === 'text' || (type === null && levels !== null && levels.some((level) => Number.isNaN(Number(level))))) {
    if (levels === null) throw noPublicRange(name, '"enum"')
    return { column: { kind: 'text', name, ...own, levels, missing: isMissing ? 'no-level' : 'never' }, document }
  }
  const numbers = levels?.map(Number) ?? []
  const [least, most] = [minimum ?? Math.min(...numbers), maximum ?? Math.max(...numbers)]
  const grid = {
    minimum: least,
    step: step ?? 1,
    size: Math.ceil(Number(((most - least) / (step ?? 1)).toPrecision(12))) + 1,
  }
  if (!Number.isFinite(least) || !Number.isFinite(most) || !isFeasible(grid)) {
    throw noPublicRange(name, '"minimum", "maximum" and "step"')
  }
  return { column: { kind: 'number', name, ...own, grid, missing: isMissing ? 'below' : 'never' }, document }
}

/** What a text of the data is to the library: a number, a level, or the code of one. */
export function foreignValue(
  model: ForeignModel,
  place: number,
  column: Column,
  text: string,
  isMissing: boolean,
): ForeignValue {
  if (isMissing) return null
  if (column.kind === 'number') return Number(text)
  const input = model.inputs.find((one) => one.column === place)
  if (input?.kind === 'coded') return input.levels.find((level) => String(level) === text) ?? text
  return column.levels.indexOf(text)
}

/** What records may hold for each column, as thresholds take it. */
export function domainsOf(columns: readonly TableColumn[]): Domain[] {
  return columns.map(({ column }): Domain => {
    const missing = column.missing !== 'never'
    return column.kind === 'number'
      ? { kind: 'number', grid: column.grid, missing }
      : { kind: 'text', levels: column.levels, missing }
  })
}
