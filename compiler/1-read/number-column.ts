import { at } from 'emp-compile-runtime/internal/at'
import type { Feature, NumberColumn } from 'emp-compile-runtime/internal/contract'
import { describeGrid, type Grid, gridPosition, gridValue, missingCell } from 'emp-compile-runtime/internal/grid'
import { notANumber, outOfRange, tooFine, unknownLevel } from '../errors.ts'
import { narrowCodes, type TableFeature } from '../table.ts'
import { sortCells } from './cells.ts'
import { type ColumnContext, formatProperty } from './context.ts'
import { feasibleGrid, inferGrid, isFeasible, parseNumber } from './grid.ts'
import { type NumberTexts, noteFormat, numberRange } from './number-texts.ts'

/**
 * A column of numbers on its Grid. Where the decimals are too fine for the range, and no step is declared, the step is
 * the finest power of ten that is not.
 *
 * @throws {CompileError} `not-a-number`, `unknown-level`, `too-fine`, `out-of-range`
 */
export function numberColumn(context: ColumnContext, numbers: NumberTexts, missing: boolean): NumberColumn {
  const { raw, field, place, notes } = context
  if (numbers.firstText !== null) throw notANumber(place(numbers.firstText), raw.name, raw.textAt(numbers.firstText))
  const admitted = field.enum === null ? null : field.enum.map((text) => parseNumber(text) ?? Number.NaN)
  if (admitted !== null && field.enum !== null) {
    const stray = context.given.find((code) => !admitted.includes(numbers.values[code] as number))
    if (stray !== undefined) throw unknownLevel(place(stray), raw.name, raw.textAt(stray), field.enum)
  }
  const range = numberRange(context, numbers)
  const written = inferGrid(range, field)
  if (field.step !== null && !isFeasible(written)) throw tooFine(place(0).file, raw.name, written.step)
  const grid = feasibleGrid(range, field)
  const isOne = range.least < range.greatest && gridPosition(grid, range.least) === gridPosition(grid, range.greatest)
  if (grid.step !== written.step || isOne) {
    notes.add(
      'coarsened',
      `${raw.name} to steps of ${grid.step}`,
      (all) => `rounded, as their decimals are too fine: ${all} ("step" in the schema says otherwise)`,
    )
  }
  noteFormat(context, numbers)
  if (context.beyond === 'refuse') checkRange(context, numbers, grid)
  noteMoved(context, numbers, grid)
  return {
    kind: 'number',
    name: raw.name,
    ...context.ownMissing,
    grid,
    missing: missing ? 'above' : 'never',
    ...formatProperty(numbers.format),
    ...(admitted === null ? {} : { admitted: admitted.toSorted((a, b) => a - b) }),
    ...(context.beyond === 'clamp' ? { beyond: 'clamp' } : {}),
  }
}

function checkRange({ raw, field, given, place }: ColumnContext, { values }: NumberTexts, grid: Grid): void {
  // An inferred range holds all values.
  if (field.minimum === null && field.maximum === null) return
  for (const code of given) {
    const position = gridPosition(grid, values[code] as number)
    if (position < 0 || position >= grid.size) {
      throw outOfRange(place(code), raw.name, raw.textAt(code), describeGrid(grid))
    }
  }
}

/** Says which rows count as the end of a declared range, and which values as those of a declared step. */
function noteMoved({ raw, field, given, notes, rowsOf }: ColumnContext, { values }: NumberTexts, grid: Grid): void {
  const { minimum, maximum, step } = field
  if (minimum === null && maximum === null && step === null) return
  let [beyond, between] = [0, 0]
  for (const code of given) {
    const value = values[code] as number
    const position = gridPosition(grid, value)
    if (position < 0 || position >= grid.size) beyond += at(rowsOf(), code)
    else if (gridValue(grid, position) !== value) between += at(rowsOf(), code)
  }
  if (beyond > 0) {
    notes.add('beyond', `${beyond} of ${raw.name}`, (all) => `rows beyond the range, counted as its ends: ${all}`)
  }
  if (between > 0 && step !== null) {
    notes.add(
      'rounded',
      `${raw.name} (${between} rows, steps of ${step})`,
      (all) => `rounded to the step of the schema: ${all}`,
    )
  }
}

/** The grid positions of a column's texts, by code; values beyond the range lie at its ends. */
export function gridPositions({ raw, given }: ColumnContext, { values }: NumberTexts, grid: Grid): Int32Array {
  const positions = new Int32Array(raw.size)
  for (const code of given) {
    const position = gridPosition(grid, values[code] as number)
    positions[code] = Math.min(Math.max(position, 0), grid.size - 1)
  }
  return positions
}

export function numberFeature(context: ColumnContext, numbers: NumberTexts, column: NumberColumn): TableFeature {
  const cells = gridPositions(context, numbers, column.grid)
  for (let code = 0; code < cells.length; code++) if (context.isMissing(code)) cells[code] = missingCell(column)
  return codedFeature({ column: column.name }, context.raw.codes, cells)
}

/** Codes of texts become codes of cells: ascending, and one for all texts with the same cell. */
export function codedFeature(feature: Feature, rawCodes: Int32Array, cellByRawCode: Int32Array): TableFeature {
  const { cells, positions } = sortCells(cellByRawCode)
  return { feature, codes: narrowCodes(rawCodes, cells.length, positions), cells }
}
