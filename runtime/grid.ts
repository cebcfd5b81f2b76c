import { RecordError } from './errors.ts'
import type { NumberFormat } from './text/numbers.ts'

/**
 * The values a number may take, published: `minimum + i * step` for `0 <= i < size`. Fixed before training from the
 * column's declared range and written decimals, never from thresholds.
 */
export interface Grid {
  readonly minimum: number
  readonly step: number
  readonly size: number
}

/** A column of numbers. `missing` is where its one extra cell lies, if training saw missing values. */
export interface NumberColumn {
  readonly kind: 'number'
  readonly name: string
  /** The texts that stand for a missing value in this column, if others than the contract's. */
  readonly missingValues?: readonly string[]
  readonly grid: Grid
  readonly missing: 'never' | 'below' | 'above'
  /** How its numbers are written where records are texts, if not plainly. */
  readonly format?: NumberFormat
  /** The only values that it takes, ascending, if not all of its grid. */
  readonly admitted?: readonly number[]
  /** Values beyond the range count as its ends, if not refused. */
  readonly beyond?: 'clamp'
}

/** A column of texts. A missing text is none of the levels. */
export interface TextColumn {
  readonly kind: 'text'
  readonly name: string
  /** The texts that stand for a missing value in this column, if others than the contract's. */
  readonly missingValues?: readonly string[]
  readonly levels: readonly string[]
  readonly missing: 'never' | 'no-level'
  /** The level that stands for every unknown text, if there is one. */
  readonly other?: string
}

export type Column = NumberColumn | TextColumn

/** One encrypted number: a whole number column, or 1/0 for "the column's text is this level". */
export type Feature = { readonly column: string } | { readonly column: string; readonly level: string }

/** `colour = "red"` for a level, else the column's name. */
export function featureName(feature: Feature): string {
  return 'level' in feature ? `${feature.column} = ${JSON.stringify(feature.level)}` : feature.column
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

/**
 * The position of the grid value nearest to `value`; may lie outside `0 .. size - 1`. Of two that are equally near it is
 * the lower one: so every value, also between those of the grid, lies where a condition says that is half a step above a
 * grid value, such as `age <= 40.5`.
 */
export function gridPosition(grid: Grid, value: number): number {
  const steps = (value - grid.minimum) / grid.step
  const position = Math.ceil(steps - 0.5) + 0
  // Near the middle the noise of doubles must not decide.
  if (Math.abs(steps - Math.floor(steps) - 0.5) < 1e-6) {
    if (value <= gridValue(grid, position - 0.5)) return position - 1
    if (value > gridValue(grid, position + 0.5)) return position + 1
  }
  return position
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
 * @throws {RecordError} `out-of-range`, naming column and range, if `value` rounds to a position outside the grid and the
 * column does not count such values as its ends, or if the column does not take that value.
 */
function numberCell(column: NumberColumn, value: number): number {
  const { name, grid, admitted } = column
  const given = gridPosition(grid, value)
  const position = column.beyond === 'clamp' ? Math.min(Math.max(given, 0), grid.size - 1) : given
  if (!(position >= 0 && position < grid.size)) {
    throw new RecordError('out-of-range', name, `"${name}" is out of range. It takes ${describeGrid(grid)}.`)
  }
  if (admitted !== undefined && !admitted.includes(value)) {
    throw new RecordError('out-of-range', name, `"${name}" takes one of ${upToTen(admitted.map(String))}.`)
  }
  return column.missing === 'below' ? position + 1 : position
}

/** The names of the columns in which a record has a value beyond the range, which counts as the range's end. */
export function clampedIn({ columns }: { readonly columns: readonly Column[] }, record: RecordLike): string[] {
  const values = new Map<string, unknown>(Object.entries(record))
  return columns.flatMap((column) => {
    const value = values.get(column.name)
    if (column.kind !== 'number' || column.beyond !== 'clamp' || typeof value !== 'number') return []
    const position = gridPosition(column.grid, value)
    return position < 0 || position >= column.grid.size ? [column.name] : []
  })
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
  const level = typeof value === 'string' && !column.levels.includes(value) ? (column.other ?? value) : value
  if (typeof level !== 'string' || !column.levels.includes(level)) {
    throw new RecordError(
      'unknown-level',
      column.name,
      `"${column.name}" takes one of ${upToTen(column.levels.map((level) => JSON.stringify(level)))}.`,
    )
  }
  return 'level' in feature && feature.level === level ? 1 : 0
}

/** What of a contract says how a record becomes cells. */
export interface RecordShape {
  readonly columns: readonly Column[]
  readonly features: readonly Feature[]
  /** Columns that a record may hold and that are not sent. */
  readonly ignored: readonly string[]
}

/** A record as its owner gives it, by column name. A column that is absent or `undefined` counts as `null`. */
export type RecordLike = object

/**
 * The cells of a record, one per feature, in the contract's order.
 *
 * @throws {RecordError} `unknown-feature` for a name the contract does not have, else as {@link cellOf}.
 */
export function cellsOf({ columns, features, ignored }: RecordShape, record: RecordLike): number[] {
  const byName = new Map(columns.map((column) => [column.name, column]))
  const values = new Map<string, unknown>(Object.entries(record))
  for (const name of values.keys()) {
    if (!byName.has(name) && !ignored.includes(name)) {
      const known = upToTen(columns.map((column) => `"${column.name}"`))
      throw new RecordError('unknown-feature', name, `"${name}" is not a feature of this model. It takes ${known}.`)
    }
  }
  return features.map((feature) => {
    const column = byName.get(feature.column)
    if (column === undefined) throw new TypeError('the contract names a feature without a column')
    return cellOf(column, feature, (values.get(feature.column) ?? null) as Value)
  })
}

/** A record that fits the contract; what may be missing and is not there is `null`. @throws {RecordError} */
export function checked<Features extends object>(shape: RecordShape, record: RecordLike): Features {
  cellsOf(shape, record)
  const values = new Map<string, unknown>(Object.entries(record))
  const absent = shape.columns.filter(({ name }) => values.get(name) === undefined)
  return { ...record, ...Object.fromEntries(absent.map(({ name }) => [name, null])) } as Features
}

/** Names in a row: of more than ten, ten and how many there are besides. */
export const upToTen = (names: readonly string[]): string =>
  names.length > 10 ? `${names.slice(0, 10).join(', ')} and ${names.length - 10} more` : names.join(', ')
