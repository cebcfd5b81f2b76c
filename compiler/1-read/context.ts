import { at } from 'emp-compile-runtime/internal/at'
import { isSameFormat, type NumberFormat, plainFormat, readWritten } from 'emp-compile-runtime/internal/text/numbers'
import type { FilePlace } from '../errors.ts'
import type { RawColumn, RawTable } from './csv.ts'
import { powerOfTen } from './grid.ts'
import type { Notes } from './notes.ts'
import type { FieldSchema, TableSchema } from './schema.ts'
import { undeclared } from './schema.ts'
import { defaultMissingValues } from './words.ts'

/** What is said of all columns at once; a field of the schema may say otherwise. */
export interface ColumnDefaults {
  /** How numbers are written; null to recognise it. */
  readonly format: NumberFormat | null
  readonly beyond: 'refuse' | 'clamp'
  readonly missing: 'refuse' | 'allow'
  /** Columns of numbers that are codes of categories. */
  readonly categorical: readonly string[]
}

/** One column while it is read. */
export interface ColumnContext {
  readonly raw: RawColumn
  readonly field: FieldSchema
  readonly beyond: 'refuse' | 'clamp'
  readonly missing: 'refuse' | 'allow'
  /** The declared way of writing numbers; null to recognise it. */
  readonly format: NumberFormat | null
  readonly notes: Notes
  /** Where a text stands for the first time. */
  readonly place: (code: number) => FilePlace
  /** The column's own list of missing values, as a part of its public description. */
  readonly ownMissing: { readonly missingValues?: readonly string[] }
  /** The codes of texts that are not missing. */
  readonly given: Int32Array
  readonly isMissing: (code: number) => boolean
  /** Rows with a code. */
  readonly rowsOf: () => Int32Array
}

/** The contexts of a table's columns, by the column's name. */
export function contextOf(
  raw: RawTable,
  column: RawColumn,
  schema: TableSchema | null,
  defaults: ColumnDefaults,
  notes: Notes,
): ColumnContext {
  const declared = schema?.fields.find(({ name }) => name === column.name) ?? { ...undeclared, name: column.name }
  const ownMissing = declared.missingValues
  const missingValues = ownMissing ?? schema?.missingValues ?? defaultMissingValues
  const missing = missingCodes(column, missingValues)
  const given = new Int32Array(column.size)
  let different = 0
  for (let code = 0; code < column.size; code++) if (missing === null || missing[code] === 0) given[different++] = code
  let counts: Int32Array | null = null
  return {
    raw: column,
    field: defaults.categorical.includes(column.name) ? asText(declared) : declared,
    beyond: declared.beyond ?? defaults.beyond,
    missing: declared.missing ?? defaults.missing,
    format: declared.format ?? defaults.format,
    notes,
    place: (code) => ({
      file: raw.file,
      line: raw.lines[column.codes.indexOf(code)] ?? 1,
      column: column.place,
    }),
    ownMissing: ownMissing === null ? {} : { missingValues: ownMissing },
    given: given.subarray(0, different),
    isMissing: (code) => missing !== null && missing[code] === 1,
    rowsOf: () => {
      counts ??= rowsByCode(column)
      return counts
    },
  }
}

/** A column declared categorical is text, whatever its cells or its schema say. */
function asText(field: FieldSchema): FieldSchema {
  return { ...field, type: 'text', minimum: null, maximum: null, step: null }
}

/** The numbers of lists, which thousands of columns share. */
const numbersOf = new WeakMap<readonly string[], readonly number[]>()

function numbersAmong(texts: readonly string[]): readonly number[] {
  const numbers = numbersOf.get(texts) ?? texts.flatMap((text) => readWritten(text, plainFormat)?.value ?? [])
  numbersOf.set(texts, numbers)
  return numbers
}

/** 1 for the codes whose text, or whose number, is in a list; null if there is none. */
function missingCodes(
  { size, digits, decimals, textAt }: RawColumn,
  missingValues: readonly string[],
): Uint8Array | null {
  const numbers = numbersAmong(missingValues)
  let missing: Uint8Array | null = null
  for (let code = 0; code < size; code++) {
    const own = digits[code] as number
    const isMissing = Number.isNaN(own)
      ? missingValues.includes(textAt(code))
      : numbers.length > 0 && numbers.includes(own / powerOfTen(decimals[code] as number))
    if (!isMissing) continue
    missing ??= new Uint8Array(size)
    missing[code] = 1
  }
  return missing
}

function rowsByCode({ size, codes }: RawColumn): Int32Array {
  const rows = new Int32Array(size)
  for (let i = 0; i < codes.length; i++) rows[codes[i] as number] = (rows[codes[i] as number] as number) + 1
  return rows
}

/** How often the missing values occur that were not declared, by word; an empty cell needs no word. */
export function noteMissing({ raw, isMissing, ownMissing, notes, rowsOf }: ColumnContext, declared: boolean): number {
  let cells = 0
  const words: string[] = []
  for (let code = 0; code < raw.size; code++) {
    if (!isMissing(code)) continue
    const rows = at(rowsOf(), code)
    const text = raw.textAt(code)
    cells += rows
    if (text !== '') words.push(`${JSON.stringify(text)} (${rows})`)
  }
  if (words.length > 0 && !declared && ownMissing.missingValues === undefined) {
    notes.add('missing', `${words.join(', ')} in ${raw.name}`, (all) => `missing, by their words: ${all}`)
  }
  return cells
}

/** What a column that does not write its numbers plainly says of it in its public description. */
export function formatProperty(format: NumberFormat): { readonly format?: NumberFormat } {
  return isSameFormat(format, plainFormat) ? {} : { format }
}
