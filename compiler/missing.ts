import { at } from 'emp-compile-runtime/internal/at'
import type { Column } from 'emp-compile-runtime/internal/contract'
import { narrowCodes, rowCells, type Table, type TableFeature } from './table.ts'

/**
 * Tables have the cell of a missing value above all others. A model may have it below: then all cells move up by one, and
 * its own becomes 0. Here is one way, for columns, and the other use of it, for rows.
 */

/**
 * A feature of a column with missing values, moved: the last cell becomes the first, and all others move up by one.
 *
 * @param above the missing cell as the table has it.
 */
export function moveBelow({ feature, codes, cells }: TableFeature, above: number): TableFeature {
  if (cells.at(-1) !== above) return { feature, codes, cells: cells.map((cell) => cell + 1) }
  const last = cells.length - 1
  const moved = Int32Array.from(codes, (code) => (code === last ? 0 : code + 1))
  const movedCells = Int32Array.from(cells, (_, i) => (i === 0 ? 0 : at(cells, i - 1) + 1))
  return { feature, codes: narrowCodes(moved, cells.length), cells: movedCells }
}

/** The cells of a row as a model counts them, out of those of the table. */
export function cellsFor(table: Table, model: { readonly columns: readonly Column[] }): (row: number) => number[] {
  const move = cellsMover(table, model)
  return (row) => move(rowCells(table, row))
}

/** Cells as a model counts them, out of those of a row of the table, or of nobody's. */
export function cellsMover(
  { features }: Pick<Table, 'features'>,
  model: { readonly columns: readonly Column[] },
): (cells: readonly number[]) => number[] {
  const movedUp = features.map(({ feature }) => {
    const column = model.columns.find(({ name }) => name === feature.column)
    return column?.kind === 'number' && column.missing === 'below' ? column.grid.size : null
  })
  return (cells) =>
    cells.map((cell, i) => {
      const above = movedUp[i] ?? null
      return above === null ? cell : cell === above ? 0 : cell + 1
    })
}
