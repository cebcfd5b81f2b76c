import type { Column, NumberColumn } from '../contract.ts'
import { decimalsOf, gridPosition, gridValue, type Value } from '../grid.ts'
import { readingsOf, readWritten, type Written } from '../text/numbers.ts'
import type { FieldDocument, PageDocuments } from './documents.ts'

interface Asked {
  readonly title: string
  readonly hint: string | null
  /** The heading under which a long form asks it. */
  readonly group: string | null
  /** Whether people look the answer up before they begin. */
  readonly isResult: boolean
  /** Whether "not measured" is an answer. */
  readonly mayBeMissing: boolean
}

export interface Choice {
  /** The value as text: the name of the option in the form. */
  readonly text: string
  readonly value: Value
  readonly label: string
}

/** One of a few values, each with its meaning. */
export interface ChoiceQuestion extends Asked {
  readonly kind: 'choice'
  readonly choices: readonly Choice[]
  readonly example: string
}

/** A unit in which a number may be given, and what it takes there. */
export interface Unit {
  readonly name: string | null
  /** Times this, a value is one in the column's own unit. */
  readonly factor: number
  readonly minimum: number
  readonly maximum: number
  readonly decimals: number
  /** Numbers beyond the range are taken, and count as its ends. */
  readonly clamps?: true
}

export interface NumberQuestion extends Asked {
  readonly kind: 'number'
  /** The column's own unit is the first. */
  readonly units: readonly Unit[]
  readonly column: NumberColumn
  readonly example: string
}

/** What is asked about one column of the contract. */
export type Question = ChoiceQuestion | NumberQuestion

/** The questions of a model: one for each column that it uses, in the contract's order. */
export function questionsOf(
  columns: readonly Column[],
  documents: Pick<PageDocuments, 'columns'>,
): readonly Question[] {
  return columns.map((column) =>
    questionOf(
      column,
      documents.columns.find(({ name }) => name === column.name),
    ),
  )
}

function questionOf(column: Column, document: FieldDocument | undefined): Question {
  const asked: Asked = {
    title: document?.title ?? column.name,
    hint: document?.description ?? null,
    group: document?.group ?? null,
    isResult: document?.isResult === true,
    mayBeMissing: column.missing !== 'never',
  }
  const choices = choicesOf(column, document)
  if (column.kind === 'text' || choices.length > 0) {
    const named = choices.find(({ text }) => text === document?.example) ?? choices[0]
    return { ...asked, kind: 'choice', choices, example: named?.text ?? '' }
  }
  const units = unitsOf(column, document)
  return { ...asked, kind: 'number', column, units, example: exampleOf(column, document) }
}

/** The levels of a text, or the coded values of a number that have a meaning. */
function choicesOf(column: Column, document: FieldDocument | undefined): readonly Choice[] {
  const labelOf = new Map(document?.categories.map(({ value, label }) => [value, label]))
  if (column.kind === 'text') {
    return column.levels.map((level) => ({ text: level, value: level, label: labelOf.get(level) ?? level }))
  }
  return [...labelOf].flatMap(([text, label]) => {
    const value = Number(text)
    return isOn(column, value) ? [{ text, value, label }] : []
  })
}

function isOn({ grid }: NumberColumn, value: number): boolean {
  const position = gridPosition(grid, value)
  return position >= 0 && position < grid.size && gridValue(grid, position) === value
}

function unitsOf(column: NumberColumn, document: FieldDocument | undefined): readonly Unit[] {
  const { grid } = column
  const decimals = Math.max(decimalsOf(grid.minimum), decimalsOf(grid.step))
  const [minimum, maximum] = [grid.minimum, gridValue(grid, grid.size - 1)]
  const clamps = column.beyond === 'clamp' ? { clamps: true as const } : {}
  const own: Unit = { name: document?.unit ?? null, factor: 1, minimum, maximum, decimals, ...clamps }
  const others = (document?.otherUnits ?? []).map(({ unit, factor }): Unit => {
    // As many decimals as make a step of the grid no finer than one there; the range narrowed to what they can write.
    const fine = Math.max(0, Math.ceil(Math.log10(factor / grid.step)))
    const scale = 10 ** fine
    return {
      name: unit,
      factor,
      minimum: Math.ceil((minimum / factor) * scale) / scale,
      maximum: Math.floor((maximum / factor) * scale) / scale,
      decimals: fine,
      ...clamps,
    }
  })
  return [own, ...others]
}

/** The schema's example if the column takes it, else the middle of the grid. */
function exampleOf(column: NumberColumn, document: FieldDocument | undefined): string {
  const given = document?.example ?? null
  if (given !== null && isOn(column, Number(given))) return given
  return String(gridValue(column.grid, Math.floor(column.grid.size / 2)))
}

/** What is wrong with a number that was typed in. */
export type NumberFault =
  | { readonly kind: 'empty' }
  | { readonly kind: 'not-a-number' }
  | { readonly kind: 'too-fine' }
  | { readonly kind: 'out-of-range' }
  /** Its sign may be a decimal sign, or stand between thousands. */
  | { readonly kind: 'ambiguous'; readonly values: readonly [number, number] }

/** A number that was typed in. */
export interface TypedNumber {
  /** In the column's own unit. */
  readonly value: number
  /** How it was understood, in the chosen unit, where its digits were grouped; else null. */
  readonly understood: string | null
}

/**
 * Reads a number as typed in, with a decimal point or comma, digits of any script, grouped or not. What may be two numbers
 * is refused, unless the unit has three decimals and only one of the two is in its range, or its sign is the language's own
 * decimal sign.
 *
 * @param decimalSign of the language in which the form is filled in.
 */
export function readNumber(text: string, unit: Unit, decimalSign: string): TypedNumber | NumberFault {
  const typed = inLatinDigits(text).trim()
  if (typed === '') return { kind: 'empty' }
  const readings = /e/i.test(typed) ? [] : readingsIn(typed)
  const [first, second] = readings
  if (first === undefined) return { kind: 'not-a-number' }
  const isIn = ({ value }: Written) => value >= unit.minimum && value <= unit.maximum
  if (second !== undefined) {
    if (unit.clamps !== true && !isIn(first) && !isIn(second)) return { kind: 'out-of-range' }
    // Where every number is taken, the range rules none out.
    const isOnly = unit.clamps !== true && !isIn(second)
    const isSure = unit.decimals >= first.decimals && (isOnly || first.format.decimalChar === decimalSign)
    if (!isSure) return { kind: 'ambiguous', values: [first.value, second.value] }
  }
  if (unit.clamps !== true && !isIn(first)) return { kind: 'out-of-range' }
  if (first.decimals > unit.decimals) return { kind: 'too-fine' }
  const isGrouped = first.format.groupChar !== null && typed.replace(/\d/g, '').length > 0
  return { value: inOwnUnit(first.value, unit), understood: isGrouped ? String(first.value) : null }
}

/** The same with the digits 0 to 9, and without the marks that turn the direction of writing. */
function inLatinDigits(text: string): string {
  const isDigit = (code: number) => /^\p{Nd}$/u.test(String.fromCodePoint(code))
  return text.replace(/[\u061c\u200e\u200f]/g, '').replace(/\p{Nd}/gu, (digit) => {
    // Digits stand in Unicode from 0 to 9, ten and ten.
    const code = digit.codePointAt(0) ?? 0
    let first = code
    while (isDigit(first - 1)) first--
    return String((code - first) % 10)
  })
}

/** Arabic has signs of its own, which mean one thing each. */
function readingsIn(typed: string): ReturnType<typeof readingsOf> {
  if (!/[\u066b\u066c]/.test(typed)) return readingsOf(typed)
  const format = { decimalChar: '.', groupChar: ',', bareNumber: true }
  const read = readWritten(typed.replaceAll('\u066b', '.').replaceAll('\u066c', ','), format)
  return read === null ? [] : [{ ...read, format }]
}

/** A number in a unit as one in the column's own. */
export const inOwnUnit = (value: number, { factor }: Unit): number => (factor === 1 ? value : value * factor)

/** A value in the column's own unit as one types it in another. */
export function writeNumber(value: number, unit: Unit): string {
  return String(Number((value / unit.factor).toFixed(unit.decimals)))
}

/** The value that stands in for show: the schema's, or one of the column's own. */
export function exampleValue(question: Question): Value {
  if (question.kind === 'number') return Number(question.example)
  return question.choices.find(({ text }) => text === question.example)?.value ?? null
}
