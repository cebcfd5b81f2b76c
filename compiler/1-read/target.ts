import { at } from 'emp-compile-runtime/internal/at'
import { missingTarget, oneClass, outOfRange, tooManyAnswers, unknownLevel } from '../errors.ts'
import type { ColumnDocument, Target } from '../table.ts'
import type { ColumnContext } from './context.ts'
import type { FieldSchema } from './field-schema.ts'
import { gridPositions, numberColumn } from './number-column.ts'
import { type NumberTexts, noteFormat, refuseNumberLike } from './number-texts.ts'
import { mostLevels, namesOf, noteLookalikes, noteMerged, noteUnlabelled, writtenIn } from './text-column.ts'

/** With more different numbers, a target is taken for a quantity. */
const mostInferredAnswers = 10

/**
 * The column that is predicted: numbers, or one of a few answers.
 *
 * @throws {CompileError} `missing-target`, `one-class`, `too-many-answers`, and those of a column of numbers.
 */
export function readTarget(
  context: ColumnContext,
  numbers: NumberTexts,
  task: 'classification' | 'regression' | null,
): Target {
  const { raw, field, given, place } = context
  const document: ColumnDocument = field.document
  for (let code = 0; code < raw.size; code++) {
    if (!context.isMissing(code)) continue
    const { file, line = 1, column = 1 } = place(code)
    throw missingTarget(file, line, column, raw.name)
  }
  const isNumeric = numbers.firstText === null
  const texts = Array.from(given, (code) => raw.textAt(code))
  const values = Array.from(given, (code) => {
    const value = numbers.values[code] as number
    return Number.isNaN(value) ? null : value
  })
  const names = namesOf(texts, values, writtenIn(context), true)
  const different = isNumeric ? new Set(values).size : new Set(names).size
  if (different === 1) throw oneClass(place(0).file, raw.name, raw.textAt(0))
  const isCoded = field.type === 'text' && document.categories.size > 0
  const isQuantity = task === null && !isCoded && isNumeric && different > mostInferredAnswers
  if (task === 'regression' || isQuantity) {
    // What is learned from is never moved to the end of a range.
    const { grid } = numberColumn({ ...context, beyond: 'refuse' }, numbers, false)
    const positions = gridPositions(context, numbers, grid)
    const cells = new Int32Array(raw.codes.length)
    for (let i = 0; i < cells.length; i++) cells[i] = positions[raw.codes[i] as number] as number
    return { kind: 'number', name: raw.name, grid, cells, document }
  }
  if (!isNumeric && field.type !== 'text') refuseNumberLike(context)
  checkDeclared(context, names, values)
  const answers = [...new Set(names)]
  if (answers.length > mostLevels) throw tooManyAnswers(place(0).file, raw.name, answers.length, mostLevels)
  const valueByName = new Map(names.map((name, i) => [name, at(values, i)]))
  const value = (name: string) => valueByName.get(name) ?? Number.NaN
  answers.sort(isNumeric ? (a, b) => value(a) - value(b) || (a < b ? -1 : 1) : undefined)
  noteMerged(context, names)
  noteLookalikes(context, answers)
  noteUnlabelled(context, answers)
  if (isNumeric) noteFormat(context, numbers)
  const positions = new Int32Array(raw.size)
  for (const [i, code] of given.entries()) positions[code] = answers.indexOf(at(names, i))
  const classes = raw.codes.map((code) => positions[code] as number)
  return { kind: 'classes', name: raw.name, answers, classes, document }
}

/** The answers are among those that the schema lists, and in its range. @throws {CompileError} */
function checkDeclared(
  { raw, field, given, place }: ColumnContext,
  names: readonly string[],
  values: readonly (number | null)[],
): void {
  const [least, greatest] = [field.minimum ?? Number.NEGATIVE_INFINITY, field.maximum ?? Number.POSITIVE_INFINITY]
  for (const [i, code] of given.entries()) {
    const [name, value] = [at(names, i), at(values, i)]
    if (field.enum?.includes(name) === false) throw unknownLevel(place(code), raw.name, raw.textAt(code), field.enum)
    if (value !== null && (value < least || value > greatest)) {
      throw outOfRange(place(code), raw.name, raw.textAt(code), inWords(field))
    }
  }
}

/** A range that the schema gives; one of its ends may be open. */
function inWords({ minimum, maximum }: FieldSchema): string {
  if (maximum === null) return `${minimum} or more`
  return minimum === null ? `${maximum} or less` : `${minimum} to ${maximum}`
}
