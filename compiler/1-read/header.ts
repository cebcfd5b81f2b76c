import { at } from 'emp-compile-runtime/internal/at'
import { readingsOf } from 'emp-compile-runtime/internal/text/numbers'
import { CompileError } from '../errors.ts'
import type { RawColumn } from './columns.ts'
import { powerOfTen } from './grid.ts'
import { defaultMissingValues } from './words.ts'

/** Whether a name is what cells are: a number, or a mark of a missing value. */
export const isData = (name: string) =>
  name === '' || defaultMissingValues.includes(name) || readingsOf(name).length > 0

/** With fewer rows than this, what a column looks like is chance. */
const fewestRows = 10

/** Counts the rows, from 0 or from 1. */
export function isRowIndex(column: RawColumn): boolean {
  const [first = Number.NaN] = column.digits
  return (first === 0 || first === 1) && isConsecutive(column)
}

/** Counts the rows, from any number, and there are enough to tell. */
export const countsRows = (column: RawColumn): boolean => column.codes.length >= fewestRows && isConsecutive(column)

function isConsecutive({ size, codes, digits, decimals }: RawColumn): boolean {
  const [first = Number.NaN] = digits
  return size === codes.length && digits.every((n, i) => n === first + i && decimals[i] === 0)
}

/**
 * Whether a name is what the cells below it are: a number like them, no farther from their range than that is wide; or a
 * text that occurs among them. Wavelengths and years are numbers, too, but not of that range.
 */
export function fitsItsColumn(column: RawColumn): boolean {
  const { name, size, digits, decimals } = column
  const [reading] = readingsOf(name)
  // Plain numbers are other texts than a name that is not a number.
  if (reading === undefined)
    return name !== '' && digits.some((own, code) => Number.isNaN(own) && column.textAt(code) === name)
  const isPlain = (_: number, code: number) => !Number.isNaN(at(digits, code))
  const values = Array.from(digits, (own, code) => own / powerOfTen(decimals[code] as number)).filter(isPlain)
  if (2 * values.length <= size) return false
  const [least, greatest] = [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ]
  const span = greatest - least
  return reading.value >= least - span && reading.value <= greatest + span
}

/** Of so many numbers it is hardly chance that they go up by one step. */
const fewestInSeries = 3

/**
 * Whether numbers among the names go up or down by one step, as years and wavelengths do, and the rows do not. A row in a
 * hundred may: three small numbers do so by chance. Where all names are numbers, they may be a row.
 */
export function areSeries(columns: readonly RawColumn[]): boolean {
  const own = columns.filter(({ name }) => readingsOf(name).length > 0)
  if (own.length < fewestInSeries || columns.every(({ name }) => isData(name))) return false
  if (!goUpAlike(own.map(({ name }) => readingsOf(name)[0]?.value ?? Number.NaN))) return false
  const rows = own[0]?.codes.length ?? 0
  let alike = 0
  for (let row = 0; row < rows; row++) {
    const values = own.slice(0, fewestInSeries).map((column) => plainAt(column, at(column.codes, row)))
    if (goUpAlike(values) && goUpAlike(own.map((column) => plainAt(column, at(column.codes, row))))) alike += 1
  }
  return 100 * alike <= rows
}

const plainAt = ({ digits, decimals }: RawColumn, code: number) => at(digits, code) / powerOfTen(at(decimals, code))

/** No two are the same, and all steps are, but for the noise of doubles. */
function goUpAlike(values: readonly number[]): boolean {
  const step = at(values, 1) - at(values, 0)
  return (
    Math.abs(step) > 0 &&
    values.slice(1).every((value, i) => Math.abs(value - at(values, i) - step) < 1e-6 * Math.abs(step))
  )
}

/** Whether the first row looks like names: every column repeats itself, and nowhere what stands in that row. */
export function rowIsNames(columns: readonly RawColumn[]): boolean {
  return columns.length > 1 && columns.every(beginsWithName)
}

function beginsWithName({ size, codes, digits, textAt }: RawColumn): boolean {
  if (codes.length < fewestRows || 2 * size > codes.length) return false
  const first = codes[0] ?? 0
  return Number.isNaN(at(digits, first)) && !isData(textAt(first)) && codes.indexOf(first, 1) < 0
}

/** @param isBelow whether another line was taken for the header. */
export const rowIsHeader = (file: string, line: number, isBelow: boolean) =>
  new CompileError(
    'row-is-header',
    { file, line },
    `looks like names, not like a row: no other row has any of its texts. ${
      isBelow
        ? 'Leave the lines above it out (⸨comment⸩ if they begin with one character), or move the row if it is one.'
        : 'Leave out ⸨no-header⸩ and ⸨names⸩, or the line; or move the row if it is one.'
    }`,
  )

export const emptyName = (file: string, line: number, column: number) =>
  new CompileError(
    'empty-name',
    { file, line, column },
    `the header has no name here. Give every column a name${column === 1 ? '; if this one numbers the rows, ⸨drop⸩ it then' : ''}.`,
  )
