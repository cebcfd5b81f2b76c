import type { Column } from 'emp-compile-runtime/internal/contract'
import { publicCuts } from '../../public-cuts.ts'
import type { Codes, Scale, Table } from '../../table.ts'

/** How the positions of a column lie to each other: which of them ought to have like points. */
export type PositionShape =
  /** A column of numbers: neighbours are alike. With `missing`, position 0 stands apart. */
  | { readonly kind: 'chain'; readonly missing: boolean }
  /** A column of texts: no two positions are closer than others. */
  | { readonly kind: 'levels' }
  /** A pair of columns: the position is that of the first times those of the second, plus that of the second. */
  | { readonly kind: 'grid'; readonly first: number; readonly second: number }

/** One column, or one pair of columns, of some rows: row i is at the position `codes[i]`. */
export interface CodedColumn {
  readonly codes: Codes
  readonly positions: number
  readonly shape: PositionShape
}

/** Some column of a table as the model will have it, and where every row of the table lies in it. */
export interface PlacedColumn extends CodedColumn {
  readonly column: Column
  /** As in a `PointsColumn`. */
  readonly cuts: readonly number[]
}

/**
 * The columns of a table on their public cuts, which are functions of Grid and scale. A missing number becomes
 * position 0, so the columns say that it lies below.
 *
 * @param most public cuts of a column, the one of missing values among them; at least 1.
 */
export function placeColumns(table: Table, most: number): PlacedColumn[] {
  return table.columns.map(({ column, scale }) => {
    if (column.kind === 'text') {
      const admitsNone = column.missing === 'no-level'
      const positions = column.levels.length + (admitsNone ? 1 : 0)
      const codes = codesFor(table.rows, positions)
      for (const { feature, codes: own, cells } of table.features) {
        if (feature.column !== column.name || !('level' in feature)) continue
        const one = cells.indexOf(1)
        const position = column.levels.indexOf(feature.level) + (admitsNone ? 1 : 0)
        for (let row = 0; row < table.rows; row++) if (own[row] === one) codes[row] = position
      }
      return { column, cuts: [], codes, positions, shape: { kind: 'levels' } }
    }
    const feature = table.features.find((one) => one.feature.column === column.name)
    if (feature === undefined) throw new TypeError('a column has no feature')
    const missing = column.missing !== 'never'
    const between = valueCuts(column, most, scale ?? 'linear')
    const cuts = missing ? [0, ...between.map((cut) => cut + 1)] : between
    const gap = column.missing === 'never' ? -1 : column.missing === 'below' ? 0 : column.grid.size
    const positionOfCode = Array.from(feature.cells, (cell) => {
      if (cell === gap) return 0
      const value = column.missing === 'below' ? cell - 1 : cell
      return between.filter((cut) => cut < value).length + (missing ? 1 : 0)
    })
    const positions = cuts.length + 1
    const codes = codesFor(table.rows, positions)
    for (let row = 0; row < table.rows; row++) codes[row] = positionOfCode[feature.codes[row] as number] as number
    return {
      column: missing ? { ...column, missing: 'below' } : column,
      cuts,
      codes,
      positions,
      shape: { kind: 'chain', missing },
    }
  })
}

/** The cuts between values of the Grid: one less than `most` where one more parts the missing values. */
function valueCuts(column: Extract<Column, { kind: 'number' }>, most: number, scale: Scale): number[] {
  const room = column.missing === 'never' ? most : most - 1
  return room === 0 ? [] : publicCuts({ ...column, missing: 'never' }, room, scale)
}

/** Codes of rows, as narrow as the number of positions allows. */
function codesFor(rows: number, positions: number): Codes {
  return positions <= 1 << 8
    ? new Uint8Array(rows)
    : positions <= 1 << 16
      ? new Uint16Array(rows)
      : new Int32Array(rows)
}

/** A pair of columns as one of their combined positions. */
export function pairColumns(first: CodedColumn, second: CodedColumn): CodedColumn {
  const positions = first.positions * second.positions
  const codes = codesFor(first.codes.length, positions)
  for (let row = 0; row < codes.length; row++) {
    codes[row] = (first.codes[row] as number) * second.positions + (second.codes[row] as number)
  }
  return { codes, positions, shape: { kind: 'grid', first: first.positions, second: second.positions } }
}

/** The same for some rows, in their order. */
export function takeRows({ codes, positions, shape }: CodedColumn, rows: Uint32Array): CodedColumn {
  const taken = codesFor(rows.length, positions)
  for (let i = 0; i < rows.length; i++) taken[i] = codes[rows[i] as number] as number
  return { codes: taken, positions, shape }
}
