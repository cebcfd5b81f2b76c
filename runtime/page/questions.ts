import type { Column, NumberColumn } from '../contract.ts'
import { decimalsOf, gridPosition, gridValue, type Value } from '../grid.ts'
import type { FieldDocument, PageDocuments } from './documents.ts'

interface Asked {
  readonly title: string
  readonly hint: string | null
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
export function questionsOf(columns: readonly Column[], documents: PageDocuments): readonly Question[] {
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
  const own: Unit = { name: document?.unit ?? null, factor: 1, minimum, maximum, decimals }
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

/** A number as typed in, with a decimal point or comma; null if it is none. Nothing groups digits: `1.234,5` is none. */
export function parseDecimal(text: string): number | null {
  const plain = text.trim().replace(/^[\u2212\u2013]/, '-')
  return /^[+-]?(\d+([.,]\d*)?|[.,]\d+)$/.test(plain) ? Number(plain.replace(',', '.')) : null
}

/** The value in the column's own unit, or what is wrong. */
export function readNumber(text: string, unit: Unit): { readonly value: number } | NumberFault {
  if (text.trim() === '') return { kind: 'empty' }
  const given = parseDecimal(text)
  if (given === null) return { kind: 'not-a-number' }
  if (given < unit.minimum || given > unit.maximum) return { kind: 'out-of-range' }
  if (decimalsOf(given) > unit.decimals) return { kind: 'too-fine' }
  return { value: unit.factor === 1 ? given : given * unit.factor }
}

/** A value in the column's own unit as one types it in another. */
export function writeNumber(value: number, unit: Unit): string {
  return String(Number((value / unit.factor).toFixed(unit.decimals)))
}

/** `80 to 700 mg/dL`. */
export function rangeOf({ minimum, maximum, name }: Unit): string {
  return `${minimum} to ${maximum}${name === null ? '' : ` ${name}`}`
}
