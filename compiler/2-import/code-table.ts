import { at } from 'emp-compile-runtime/internal/at'
import { type Grid, gridValue } from 'emp-compile-runtime/internal/grid'
import { publicCuts } from '../public-cuts.ts'
import { type Table, type TableColumn, truthOf } from '../table.ts'

/** A table for training elsewhere, and what has to be known to import what was trained. */
export interface CodedTable {
  /** The header first. */
  readonly rows: readonly (readonly string[])[]
  /** Of every column of numbers its Grid, and the values that codes count; ascending. */
  readonly numbers: readonly { readonly name: string; readonly grid: Grid; readonly cuts: readonly number[] }[]
}

/**
 * Replaces every number by the number of public cuts below it. Texts, gaps and the target stay. Whatever is trained on this
 * can divide at public cuts only, and no value of a row leaves the table.
 *
 * @param most public cuts of a column.
 */
export function codeTable(table: Table, most: number): CodedTable {
  const { columns, target, rows } = table
  const coded = columns.map((column) => codeColumn(table, column, most))
  const answer = (row: number) =>
    target.kind === 'classes' ? at(target.answers, at(target.classes, row)) : String(truthOf(target, row))
  return {
    rows: [
      [...columns.map(({ column }) => column.name), target.name],
      ...Array.from({ length: rows }, (_, row) => [...coded.map(({ textAt }) => textAt(row)), answer(row)]),
    ],
    numbers: coded.flatMap(({ number }) => (number === null ? [] : [number])),
  }
}

function codeColumn({ features }: Table, { column, scale }: TableColumn, most: number) {
  const own = features.filter(({ feature }) => feature.column === column.name)
  if (column.kind === 'text') {
    const textAt = (row: number) => {
      const one = own.find(({ codes, cells }) => at(cells, at(codes, row)) === 1)
      return one !== undefined && 'level' in one.feature ? one.feature.level : ''
    }
    return { number: null, textAt }
  }
  const { codes, cells } = at(own, 0)
  const { name, grid } = column
  const cuts = publicCuts({ ...column, missing: 'never' }, most, scale)
  const texts = Array.from(cells, (cell) =>
    // The cell of a missing value lies above all others.
    cell === grid.size ? '' : String(cuts.filter((cut) => cut < cell).length),
  )
  const number = { name, grid, cuts: cuts.map((cut) => gridValue(grid, cut)) }
  return { number, textAt: (row: number) => at(texts, at(codes, row)) }
}
