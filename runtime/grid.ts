import type { Column, Contract, Feature, NumberColumn } from './contract.ts'
import { RecordError } from './errors.ts'

/**
 * The values a number may take, published: `minimum + i * step` for `0 <= i < size`. Fixed before training from the
 * column's declared range and written decimals, never from thresholds.
 */
export interface Grid {
  readonly minimum: number
  readonly step: number
  readonly size: number
}

/** What a record holds for one column. `null` is "not measured". */
export type Value = number | string | null

/** Decimals with which every value of a grid is written exactly. */
export function gridDecimals(grid: Grid): number {
  return Math.max(decimalsOf(grid.minimum), decimalsOf(grid.step))
}

/** The decimals in the shortest writing of a number: 2 for 0.25, 0 for 120, 7 for 1e-7. */
export function decimalsOf(value: number): number {
  const [mantissa = '', exponent = '0'] = String(Math.abs(value)).split('e')
  const written = mantissa.split('.')[1]?.length ?? 0
  return Math.max(0, written - Number(exponent))
}

/** The value at position `i` of a grid, as the nearest double to its exact decimal. `i` may lie outside or between. */
export function gridValue(grid: Grid, i: number): number {
  const written = (grid.minimum + i * grid.step).toFixed(Math.min(100, gridDecimals(grid) + 2))
  // What rounds to -0 is 0.
  return Number(written) + 0
}

/** The position of the grid value nearest to `value`; may lie outside `0 .. size - 1`. */
export function gridPosition(grid: Grid, value: number): number {
  return Math.round((value - grid.minimum) / grid.step)
}

/** `80 to 700 mg/dL in steps of 1`, for messages and documentation. */
export function describeGrid(grid: Grid, unit: string | null = null): string {
  return `${grid.minimum} to ${gridValue(grid, grid.size - 1)}${unit === null ? '' : ` ${unit}`} in steps of ${grid.step}`
}

/**
 * The number of cells of a feature: one per grid value, and one more for "missing" where the column admits it. A
 * level of a text column has two, 0 and 1.
 */
export function cellCount(column: Column): number {
  if (column.kind === 'text') return 2
  return column.grid.size + (column.missing === 'never' ? 0 : 1)
}

/**
 * The cell of a number: its grid position, moved up by one where the missing cell lies below.
 *
 * @throws {RecordError} `out-of-range`, naming column and range, if `value` rounds to a position outside the grid.
 */
function numberCell(column: NumberColumn, value: number): number {
  const position = gridPosition(column.grid, value)
  if (!(position >= 0 && position < column.grid.size)) {
    throw new RecordError(
      'out-of-range',
      column.name,
      `"${column.name}" is out of range. It takes ${describeGrid(column.grid)}.`,
    )
  }
  return column.missing === 'below' ? position + 1 : position
}

/** The cell of "missing": 0 below the range, `size` above it. */
export function missingCell(column: NumberColumn): number {
  return column.missing === 'below' ? 0 : column.grid.size
}

/**
 * The cell of `feature` for one value of its column: an integer `0 <= cell < cellCount(column)`.
 *
 * @throws {RecordError} if the column does not admit the value; names the column and what it takes, not the value.
 */
export function cellOf(column: Column, feature: Feature, value: Value): number {
  if (value === null) {
    if (column.missing === 'never') {
      throw new RecordError(
        'missing-feature',
        column.name,
        `"${column.name}" must be given: it was never missing in the training data.`,
      )
    }
    return column.kind === 'number' ? missingCell(column) : 0
  }
  if (column.kind === 'number') {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new RecordError('not-a-number', column.name, `"${column.name}" must be a number, or null if not measured.`)
    }
    return numberCell(column, value)
  }
  if (typeof value !== 'string' || !column.levels.includes(value)) {
    throw new RecordError(
      'unknown-level',
      column.name,
      `"${column.name}" takes one of ${column.levels.map((level) => JSON.stringify(level)).join(', ')}.`,
    )
  }
  return 'level' in feature && feature.level === value ? 1 : 0
}

/** A record as its owner gives it, by column name. A column that is absent or `undefined` counts as `null`. */
export type RecordLike = object

/**
 * The cells of a record, one per feature, in the contract's order.
 *
 * @throws {RecordError} `unknown-feature` for a name the contract does not have, else as {@link cellOf}.
 */
export function cellsOf(
  { columns, features, ignored }: Pick<Contract, 'columns' | 'features' | 'ignored'>,
  record: RecordLike,
): number[] {
  const byName = new Map(columns.map((column) => [column.name, column]))
  const values = new Map<string, unknown>(Object.entries(record))
  for (const name of values.keys()) {
    if (!byName.has(name) && !ignored.includes(name)) {
      const known = columns.map((column) => `"${column.name}"`).join(', ')
      throw new RecordError('unknown-feature', name, `"${name}" is not a feature of this model. It takes ${known}.`)
    }
  }
  return features.map((feature) => {
    const column = byName.get(feature.column)
    if (column === undefined) throw new TypeError('the contract names a feature without a column')
    return cellOf(column, feature, (values.get(feature.column) ?? null) as Value)
  })
}
