import type { Column } from '../../runtime/contract.ts'
import { narrowCodes, type Table, type TableFeature } from '../table.ts'
import type { PlacedTable } from './missing.ts'

/**
 * The cuts that a tree may use where they are published before it is trained: ascending cells, all of a small Grid, else
 * `most` of them, which divide the Grid evenly. The last one of a column with missing values parts these, above the range,
 * from all numbers. A function of the Grid alone: no row and no tree plays a part.
 *
 * @param column of a Table: its missing cell lies above the range, if it has one.
 * @param most at least 1.
 */
export function publicCuts(column: Column, most: number): number[] {
  const values = column.kind === 'text' ? 2 : column.grid.size
  const missing = column.kind === 'text' || column.missing === 'never' ? [] : [values - 1]
  const parts = Math.min(values, most - missing.length + 1)
  const between = Array.from({ length: parts - 1 }, (_, i) => Math.floor(((i + 1) * values) / parts) - 1)
  return [...between, ...missing]
}

/** The public cuts of every feature of a table. */
export function publicCutsOf({ columns, features }: Pick<Table, 'columns' | 'features'>, most: number): number[][] {
  return features.map(({ feature }) => {
    const holder = columns.find(({ column }) => column.name === feature.column)
    return holder === undefined ? [] : publicCuts(holder.column, most)
  })
}

/**
 * A table that can be divided at public cuts only: every cell is replaced by the number of cuts below it. So the cut `i`
 * of such a table is the cell `cuts[i]` of the feature. Missing values stay above the range, as a side chosen by the data
 * would show in the contract.
 */
export function onPublicCuts(table: Table, most: number): PlacedTable {
  const cuts = publicCutsOf(table, most)
  return {
    columns: table.columns,
    features: table.features.map((feature, i) => betweenCuts(feature, cuts[i] ?? [])),
    cuts,
  }
}

function betweenCuts({ feature, codes, cells }: TableFeature, cuts: readonly number[]): TableFeature {
  const intervals = Array.from(cells, (cell) => cuts.filter((cut) => cut < cell).length)
  const occurring = Int32Array.from(new Set(intervals))
  const positions = new Map(Array.from(occurring, (interval, code) => [interval, code]))
  const recoded = intervals.map((interval) => positions.get(interval) ?? 0)
  const newCodes = Int32Array.from(codes, (code) => recoded[code] ?? 0)
  return { feature, codes: narrowCodes(newCodes, occurring.length), cells: occurring }
}
