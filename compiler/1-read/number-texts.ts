import { at } from 'emp-compile-runtime/internal/at'
import {
  describeFormat,
  isSameFormat,
  type NumberFormat,
  plainFormat,
  readingsOf,
  readWritten,
  recogniseFormat,
} from 'emp-compile-runtime/internal/text/numbers'
import {
  ambiguousNumbers,
  CompileError,
  type FilePlace,
  mixedNumbers,
  notANumber,
  numbersWithSigns,
} from '../errors.ts'
import type { ColumnContext } from './context.ts'
import { mostDecimals, type NumberRange, powerOfTen, writtenDecimals } from './grid.ts'
import { quoted } from './notes.ts'
import { letterBehind, numberLike } from './number-like.ts'

/** A column's texts as numbers. */
export interface NumberTexts {
  /** By code; NaN for what is no number, and for missing ones. */
  readonly values: Float64Array
  readonly format: NumberFormat
  /** The first text that is no number, by code; null if all are. */
  readonly firstText: number | null
  /** Rows with a number, and rows with another text. */
  readonly numberRows: number
  readonly textRows: number
}

/** The format in which the numbers of a column are written, and why it cannot be told where that is so. */
export interface FormatDecision {
  readonly format: NumberFormat
  readonly refuse: (() => Error) | null
}

/** Reads what of a column's texts can be read as numbers, in the declared format or in the one that fits all of them. */
export function numberTextsOf(context: ColumnContext, commaDecimals: boolean): NumberTexts {
  const { raw, given, rowsOf } = context
  const decision = decideFormat(context, commaDecimals)
  const values = new Float64Array(raw.size).fill(Number.NaN)
  const isPlain = decision.format.decimalChar === '.' && decision.format.groupChar !== '.'
  const texts: number[] = []
  for (const code of given) {
    const digits = raw.digits[code] as number
    const value =
      isPlain && !Number.isNaN(digits)
        ? digits / powerOfTen(raw.decimals[code] as number)
        : (readWritten(raw.textAt(code), decision.format)?.value ?? Number.NaN)
    values[code] = value
    if (Number.isNaN(value)) texts.push(code)
  }
  let [textRows, numberRows] = [0, 0]
  if (texts.length > 0 || decision.refuse !== null) {
    const rows = rowsOf()
    for (const code of texts) textRows += at(rows, code)
    for (const code of given) numberRows += at(rows, code)
    numberRows -= textRows
  } else numberRows = raw.codes.length
  if (decision.refuse !== null) {
    const rows = rowsOf()
    const others = given.filter((code) => Number.isNaN(raw.digits[code]) && readingsOf(raw.textAt(code)).length === 0)
    const otherRows = others.reduce((sum, code) => sum + at(rows, code), 0)
    if (numberRows + textRows > 2 * otherRows) throw decision.refuse()
  }
  return { values, format: decision.format, firstText: texts[0] ?? null, numberRows, textRows }
}

/** Tells whether a column's numbers, as far as it has any, show that the file writes decimal commas. */
export function hasDecimalCommas(context: ColumnContext): boolean {
  const { format } = context
  if (format !== null) return format.decimalChar === ','
  if (oddCodes(context).length === 0) return false
  const decision = decideFormat(context, false)
  return decision.refuse === null && decision.format.decimalChar === ','
}

/** The codes of texts that are no plain numbers. */
function oddCodes({ raw: { digits }, given }: ColumnContext): Int32Array {
  let odd = 0
  for (let i = 0; i < given.length; i++) if (Number.isNaN(digits[given[i] as number] as number)) odd += 1
  return odd === 0 ? none : given.filter((code) => Number.isNaN(digits[code] as number))
}

const none = new Int32Array(0)

export function decideFormat(context: ColumnContext, commaDecimals: boolean): FormatDecision {
  const { raw, given, format, place } = context
  if (format !== null) return { format, refuse: null }
  const decided = (format: NumberFormat): FormatDecision => ({ format, refuse: null })
  const odd = oddCodes(context)
  // A single point with three digits behind it is all that a plain number may be otherwise.
  const mayBeGrouped = commaDecimals && given.some((code) => raw.decimals[code] === 3)
  if (odd.length === 0 && !mayBeGrouped) return decided(plainFormat)
  const numbers = [...odd].filter((code) => readingsOf(raw.textAt(code)).length > 0)
  const isPlain = numbers.every((code) => readWritten(raw.textAt(code), plainFormat) !== null)
  if (isPlain && !mayBeGrouped) return decided(plainFormat)
  const plain = [...given].filter((code) => !Number.isNaN(raw.digits[code] as number))
  const texts = [...numbers, ...plain].map((code) => raw.textAt(code))
  const recognised = recogniseFormat(texts, commaDecimals)
  if (recognised.kind === 'format') return decided(recognised.format)
  if (recognised.kind === 'ambiguous') {
    const { text, values } = recognised
    const code = [...numbers, ...plain].find((code) => raw.textAt(code) === text) ?? 0
    const likely = readingsOf(text).at(-1)?.format ?? plainFormat
    return { format: likely, refuse: () => ambiguousNumbers(place(code), raw.name, text, values) }
  }
  // Some fit one format and some another. Which is meant shows only where most of the rows are numbers.
  const [first, second] = [
    texts[0] ?? '',
    texts.find((text) => recogniseFormat([texts[0] ?? '', text]).kind === 'none'),
  ]
  const rows = context.rowsOf()
  const rowsWith = (codes: readonly number[]) => codes.reduce((sum, code) => sum + at(rows, code), 0)
  // Where most rows are plain, the first cell that is not is named.
  if (rowsWith(plain) > rowsWith([...given]) / 2 || second === undefined) return decided(plainFormat)
  const likely = readingsOf(first)[0]?.format ?? plainFormat
  return { format: likely, refuse: () => mixedNumbers(place(numbers[0] ?? 0), raw.name, first, second) }
}

/** Declared, or else most of its rows hold numbers; then all of them must. */
export function isNumeric(context: ColumnContext, numbers: NumberTexts): boolean {
  const { raw, field, place } = context
  if (field.type !== null) return field.type === 'number'
  if (numbers.firstText === null) return true
  if (numbers.numberRows <= numbers.textRows) return false
  throw notANumber(place(numbers.firstText), raw.name, raw.textAt(numbers.firstText))
}

/** The least and the greatest of a column's numbers, and its decimals. */
export function numberRange({ raw, given, field }: ColumnContext, { values, format }: NumberTexts): NumberRange {
  let [least, greatest, decimals] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  const isPlain = format.decimalChar === '.' && format.groupChar !== '.'
  for (const code of given) {
    const value = values[code] as number
    if (value < least) least = value
    if (value > greatest) greatest = value
    const own = raw.digits[code] as number
    if (isPlain && !Number.isNaN(own)) {
      if ((raw.decimals[code] as number) > decimals) decimals = raw.decimals[code] as number
    } else {
      const text = raw.textAt(code)
      const written = readWritten(text, format)?.decimals ?? 0
      decimals = Math.max(decimals, Math.min(mostDecimals, writtenDecimals(text, value, written)))
    }
  }
  const admitted = (field.enum ?? []).map((text) => readWritten(text, plainFormat))
  for (const one of admitted) decimals = Math.max(decimals, one?.decimals ?? 0)
  if (admitted.length === 0) return { least, greatest, decimals }
  const ends = admitted.map((one) => one?.value ?? Number.NaN)
  return { least: Math.min(...ends), greatest: Math.max(...ends), decimals }
}

/** Says how a column's numbers are written, if not plainly and not as declared. */
export function noteFormat({ raw, format, notes }: ColumnContext, numbers: NumberTexts): void {
  if (format !== null || isSameFormat(numbers.format, plainFormat)) return
  const words = describeFormat(numbers.format)
  notes.add(`format ${words}`, raw.name, (names) => `${names}: read with ${words}`)
}

/**
 * Refuses a text column that seems to be numbers: with more than a few different texts they are no categories. Most of its
 * rows hold a number beside a sign; or it has many numbers, and a few words that may stand for a missing one.
 */
export function refuseNumberLike(context: ColumnContext): void {
  const { raw, given, place, rowsOf, notes } = context
  const letters = new Set(Array.from(given, (code) => letterBehind(raw.textAt(code))))
  letters.delete(null)
  const hasUnit = letters.size === 1
  const kinds = new Map(
    Array.from(given, (code) => {
      const text = raw.textAt(code)
      return [code, readingsOf(text).length > 0 ? ('number' as const) : numberLike(text, hasUnit)] as const
    }),
  )
  const like = [...given].filter((code) => kinds.get(code) !== null)
  const dressed = like.find((code) => kinds.get(code) !== 'number')
  const words = [...given].filter((code) => kinds.get(code) === null)
  const rows = rowsOf()
  const count = (codes: Iterable<number>) => Array.from(codes).reduce((sum, code) => sum + at(rows, code), 0)
  const areMany = like.length > mostLikeCategories
  if (dressed !== undefined && 2 * count(like) > count(given)) {
    const text = raw.textAt(dressed)
    if (areMany) {
      throw numbersWithSigns(place(dressed), raw.name, text, kinds.get(dressed) === 'date' ? 'date' : 'sign')
    }
    notes.add(
      'like numbers',
      `${raw.name} (${quoted(text)})`,
      (all) => `texts that hold numbers, taken as categories: ${all}`,
    )
    return
  }
  const [word] = words
  if (!areMany || word === undefined) return
  if (words.length <= mostLikeCategories) throw wordsBesideNumbers(place(word), raw.name, raw.textAt(word))
  notes.add(
    'numbers beside texts',
    `${raw.name} (${like.length} different ones)`,
    (all) => `numbers beside other texts, taken as categories: ${all}`,
  )
}

/** So many texts with numbers in them may be categories, such as `<40`, `40-60`, `>60`; so many words may stand for a gap. */
const mostLikeCategories = 5

const wordsBesideNumbers = (place: FilePlace, name: string, value: string) =>
  new CompileError(
    'words-beside-numbers',
    place,
    `${quoted(value)} is not a number, and many other cells of ${quoted(name)} are. Declare the column "type": "string" in the schema to take its texts as categories; or write the number that ${quoted(value)} means, such as 0 for "never". Only if it means that nobody knows, add it to "missingValues" of the schema.`,
  )
