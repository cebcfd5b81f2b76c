import { at } from 'emp-compile-runtime/internal/at'
import { cellsMover } from '../missing.ts'
import { columnsOf, type Model } from '../model.ts'
import { rowCells, type Table, truthOf } from '../table.ts'

/** Some rows, and a model to judge them by: one that has not seen them, where there is such. */
export interface JudgedPart {
  readonly rows: Uint32Array
  readonly model: Model
}

/** A row whose cells may be changed before its model answers. */
export interface JudgedRow {
  /** Of the table; `move` makes the model's of them. */
  readonly cells: readonly number[]
  readonly move: (cells: readonly number[]) => number[]
  readonly model: Model
  readonly truth: number
  readonly weight: number
}

/** The rows of all parts, or `most` of them, spread evenly. */
export function judgedRows(table: Table, parts: readonly JudgedPart[], most: number): JudgedRow[] {
  const all = parts.flatMap(({ rows, model }) => {
    const move = cellsMover(table, { columns: columnsOf(model) })
    return Array.from(rows, (row) => ({ row, model, move }))
  })
  const count = Math.min(all.length, most)
  return Array.from({ length: count }, (_, i) => {
    const { row, model, move } = at(all, Math.floor((i * all.length) / count))
    return {
      cells: rowCells(table, row),
      move,
      model,
      truth: truthOf(table.target, row),
      weight: table.weights === null ? 1 : at(table.weights, row),
    }
  })
}
