import { basename } from 'node:path'
import type { Column, Contract, NumberColumn, TextColumn } from 'emp-compile-runtime/internal/contract'
import { RecordError } from 'emp-compile-runtime/internal/errors'
import { cellOf, cellsOf, clampedIn, type Value } from 'emp-compile-runtime/internal/grid'
import { plainFormat, readingsOf, readWritten } from 'emp-compile-runtime/internal/text/numbers'
import { contextOf } from '../1-read/context.ts'
import { type CsvOptions, type RawColumn, type RawTable, readCsv } from '../1-read/csv.ts'
import { Notes } from '../1-read/notes.ts'
import { decideFormat, hasDecimalCommas } from '../1-read/number-texts.ts'
import { type ColumnOptions, columnDefaults } from '../1-read/read.ts'
import { type TableSchema, undeclared } from '../1-read/schema.ts'
import { codeNumber } from '../1-read/text-column.ts'
import { trimBlanks } from '../1-read/words.ts'
import { badRecord, type FilePlace } from '../errors.ts'
import { didYouMean, nearestOf } from '../nearest.ts'
import { isJson, readJson } from './json-records.ts'

/** Why a record cannot be predicted. The value is not named: it may be a patient's. */
export interface RecordRefusal {
  readonly kind: 'out-of-range' | 'missing' | 'unknown-level' | 'not-a-number' | 'unknown-name' | 'not-a-record'
  readonly reason: string
}

/** A record of an input file, and where it stands there. */
export interface PlacedRecord {
  readonly record: ReadonlyMap<string, Value>
  readonly place: FilePlace
  /** The columns whose values lie beyond the range and count as its end. */
  readonly clamped: readonly string[]
  /** Null for a record that the model takes. */
  readonly refusal: RecordRefusal | null
  /** A file of JSON is this record, and no list. */
  readonly isAlone?: true
}

type ReadingOptions = CsvOptions & Pick<ColumnOptions, 'decimal' | 'thousands'>

/**
 * Reads records for a contract: a CSV with a header, or JSON, one object, a list of them, or one in each line. Only the
 * columns of the model are looked at. A record that does not fit is refused, and does not stop the others.
 *
 * @throws {CompileError} where the file as a whole cannot be read, or lacks a column of the model.
 */
export async function readRecords(
  path: string,
  contract: Contract,
  options: ReadingOptions | null = null,
): Promise<readonly PlacedRecord[]> {
  return isJson(path) ? readJsonRecords(path, contract) : readCsvRecords(path, contract, options ?? {})
}

async function readJsonRecords(path: string, contract: Contract): Promise<PlacedRecord[]> {
  const { isList, items } = await readJson(path)
  const isAlone = !isList && /\.json(\.gz)?$/i.test(path)
  const records = items.map(({ item, place }): PlacedRecord => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      const reason = 'It is not an object of features and their values.'
      if (!isList) throw badRecord(place, `is not an object of features and their values, or a list of them.`)
      return { record: new Map(), place, clamped: [], refusal: { kind: 'not-a-record', reason } }
    }
    const given = new Map<string, unknown>(Object.entries(item))
    const known = contract.columns.filter(({ name }) => given.has(name))
    const record = new Map(known.map((column) => [column.name, jsonValue(column, given.get(column.name), contract)]))
    // Where a column of the model is not there, an unknown name may be a slip of the pen.
    const names = new Map(known.length < contract.columns.length ? ([...given] as [string, Value][]) : [])
    return checked(contract, new Map([...names, ...record]), place, new Map())
  })
  return isAlone ? records.map((record) => ({ ...record, isAlone })) : records
}

/** A value of JSON: a number that is written as a text, and a text that is written as a number, are what they mean. */
function jsonValue(column: Column, value: unknown, { missingValues }: Contract): Value {
  const missing = column.missingValues ?? missingValues
  if (typeof value === 'string' && missing.includes(trimBlanks(value))) return null
  if (column.kind === 'text') {
    return typeof value === 'string' || typeof value === 'number'
      ? levelOf(column, trimBlanks(String(value)))
      : (value as Value)
  }
  if (typeof value !== 'string') return value as Value
  return numberOf(column, trimBlanks(value))
}

/** A text on its own as a number: in the column's format, else in the one in which it is one, if only one is; else itself. */
function numberOf({ format }: NumberColumn, text: string): Value {
  const own = readWritten(text, format ?? plainFormat)
  const readings = readingsOf(text)
  return own?.value ?? (readings.length === 1 ? (readings[0]?.value ?? text) : text)
}

/** The level that a text means: itself, or the only one that is the same number. */
function levelOf(column: TextColumn, text: string): string {
  const [level, other] = levelsLike(column, text)
  return level === undefined || other !== undefined ? text : level
}

/** The levels that a text may mean. */
function levelsLike({ levels }: TextColumn, text: string): readonly string[] {
  if (levels.includes(text)) return [text]
  const number = codeNumber(text)
  return number === null ? [] : levels.filter((level) => codeNumber(level) === number)
}

async function readCsvRecords(path: string, contract: Contract, options: ReadingOptions): Promise<PlacedRecord[]> {
  const raw = await readCsv(basename(path), path, { ...options, only: contract.columns.map(({ name }) => name) })
  const absent = contract.columns.find(({ name }) => !raw.columns.some((column) => column.name === name))
  if (absent !== undefined) {
    const whole = await readCsv(basename(path), path, options)
    const known = [...contract.columns.map(({ name }) => name), ...contract.ignored]
    const others = whole.columns.map(({ name }) => name).filter((name) => !known.includes(name))
    const like = nearestOf(absent.name, others)
    const hint = like === null ? 'Add it.' : `Is it ${JSON.stringify(like)}? Then rename that.`
    throw badRecord({ file: raw.file, line: 1 }, `has no column "${absent.name}", which the model uses. ${hint}`)
  }
  const own = raw.columns.flatMap((column) => {
    const known = contract.columns.find(({ name }) => name === column.name)
    return known === undefined ? [] : [{ raw: column, column: known }]
  })
  const places = new Map(own.map(({ column, raw: { place } }) => [column.name, place]))
  const values = cellValues(raw, own, contract, options)
  return Array.from({ length: raw.rows }, (_, row) => {
    const record = new Map(
      own.map(({ column, raw: { codes } }, i) => [column.name, values[i]?.[codes[row] ?? 0] ?? null]),
    )
    const place = { file: raw.file, line: raw.lines[row] ?? 1 }
    const fault = raw.faults?.get(row)
    if (fault === undefined) return checked(contract, record, place, places)
    return { record, place, clamped: [], refusal: { kind: 'not-a-record', reason: fault } }
  })
}

/** The values of each column, by code; what cannot be read as a number remains a text. */
export function cellValues(
  table: RawTable,
  own: readonly { readonly raw: RawColumn; readonly column: Column }[],
  contract: Contract,
  options: ReadingOptions,
): readonly (readonly Value[])[] {
  const schema = schemaOf(contract)
  const defaults = columnDefaults(options)
  const contexts = own.map(({ raw }) => contextOf(table, raw, schema, defaults, new Notes()))
  const commaDecimals = contexts.some((context, i) => own[i]?.column.kind === 'number' && hasDecimalCommas(context))
  return own.map(({ raw, column }, i) => {
    const context = contexts[i]
    if (context === undefined) throw new RangeError('a column has no context')
    const decision = column.kind === 'number' ? decideFormat(context, commaDecimals) : null
    return Array.from({ length: raw.size }, (_, code): Value => {
      if (context.isMissing(code)) return null
      const text = raw.textAt(code)
      if (column.kind === 'text') return levelOf(column, text)
      // Where the column may be read in two ways, what it says of a number is not known.
      const isAmbiguous = decision?.refuse !== null && readingsOf(text).length !== 1
      return isAmbiguous ? text : (readWritten(text, decision?.format ?? plainFormat)?.value ?? text)
    })
  })
}

/** What a contract says of its columns, as a schema says it. */
function schemaOf({ columns, missingValues }: Contract): TableSchema {
  const fields = columns.map((column) => ({
    ...undeclared,
    name: column.name,
    missingValues: column.missingValues ?? null,
    format: column.kind === 'number' ? (column.format ?? null) : null,
  }))
  return { file: '', title: null, description: null, references: [], notes: [], missingValues, fields }
}

const kinds: Readonly<Record<string, RecordRefusal['kind']>> = {
  'out-of-range': 'out-of-range',
  'missing-feature': 'missing',
  'unknown-level': 'unknown-level',
  'not-a-number': 'not-a-number',
  'unknown-feature': 'unknown-name',
}

/** A record with all that is wrong with it; its place is that of the first fault. */
function checked(
  contract: Contract,
  record: ReadonlyMap<string, Value>,
  place: FilePlace,
  columnOf: ReadonlyMap<string, number>,
): PlacedRecord {
  const faults = faultsOf(contract, record)
  const [first] = faults
  const clamped = clampedIn(contract, Object.fromEntries(record))
  if (first === undefined) return { record, place, clamped, refusal: null }
  const column = columnOf.get(first.field)
  const meant =
    first.code === 'unknown-feature'
      ? didYouMean(
          first.field,
          contract.columns.map(({ name }) => name),
        )
      : ''
  const reason = faults.map(({ message }) => message).join(' ') + meant
  const refusal = { kind: kinds[first.code] ?? 'not-a-number', reason }
  return { record, place: column === undefined ? place : { ...place, column }, clamped: [], refusal }
}

function faultsOf(contract: Contract, record: ReadonlyMap<string, Value>): RecordError[] {
  const whole = faultOf(() => cellsOf(contract, Object.fromEntries(record)))
  // A misspelt name leaves a gap, too: the name is the cause.
  if (whole[0]?.code === 'unknown-feature') return whole
  const faults = contract.columns.flatMap((column) => {
    const value = record.get(column.name) ?? null
    const like = column.kind === 'text' && typeof value === 'string' ? levelsLike(column, value) : []
    if (like.length > 1) {
      const texts = like.map((level) => JSON.stringify(level)).join(' or ')
      const reason = `"${column.name}" may be ${texts}, which are one number. Write it as one of them.`
      return [new RecordError('unknown-level', column.name, reason)]
    }
    const [feature = { column: column.name }] = contract.features.filter((own) => own.column === column.name)
    return faultOf(() => cellOf(column, feature, value))
  })
  return faults.length > 0 ? faults : whole
}

function faultOf(check: () => unknown): RecordError[] {
  try {
    check()
    return []
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    return [error]
  }
}

/** `3 out of range, 1 with a gap`: the records that were refused, by kind; empty if none was. */
export function countRefused(records: readonly PlacedRecord[]): string {
  const words: Record<RecordRefusal['kind'], string> = {
    'out-of-range': 'out of range',
    missing: 'with a gap',
    'unknown-level': 'with an unknown text',
    'not-a-number': 'with no number where there must be one',
    'unknown-name': 'with an unknown name',
    'not-a-record': 'that are no records',
  }
  return Object.entries(words)
    .map(([kind, text]) => ({ text, count: records.filter(({ refusal }) => refusal?.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ text, count }) => `${count} ${text}`)
    .join(', ')
}

/** The first refused records, a line each, and how many there are besides. */
export function describeRefused(records: readonly PlacedRecord[]): readonly string[] {
  const refused = records.flatMap(({ place, refusal }) =>
    refusal === null ? [] : [badRecord(place, refusal.reason).message],
  )
  const more = refused.length - mostListed
  return [...refused.slice(0, mostListed), ...(more > 0 ? [`... and ${more} more`] : [])]
}

const mostListed = 10
