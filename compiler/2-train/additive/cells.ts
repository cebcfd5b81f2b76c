import { at } from 'emp-compile-runtime/internal/at'
import { missingCell } from 'emp-compile-runtime/internal/grid'
import type { Points } from '../../points.ts'
import type { Table } from '../../table.ts'

/**
 * The cells of a row of a table as points count them, by the model's features: missing numbers lie below the range.
 *
 * @throws {TypeError} if the table lacks a column of the model.
 */
export function cellsOfPoints(table: Table, model: Pick<Points, 'features' | 'columns'>): (row: number) => number[] {
  const lookups = model.features.map((feature) => {
    const own = table.features.find(
      (other) =>
        other.feature.column === feature.column &&
        ('level' in other.feature ? other.feature.level : null) === ('level' in feature ? feature.level : null),
    )
    const column = table.columns.find((holder) => holder.column.name === feature.column)?.column
    if (own === undefined || column === undefined) throw new TypeError(`the table has no column ${feature.column}`)
    const isBelow = model.columns.some((one) => one.column.name === column.name && one.column.missing === 'below')
    if (column.kind === 'text' || !isBelow || column.missing === 'below') return own
    const gap = missingCell(column)
    return {
      codes: own.codes,
      cells: own.cells.map((cell) => (column.missing === 'above' && cell === gap ? 0 : cell + 1)),
    }
  })
  return (row) => lookups.map(({ codes, cells }) => at(cells, at(codes, row)))
}
