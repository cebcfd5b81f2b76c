import { missingCell } from 'emp-compile-runtime/internal/grid'
import { moveBelow } from '../missing.ts'
import { columnNamed, type Table, type TableColumn, type TableFeature } from '../table.ts'
import { BestCut, bestCut } from './cuts.ts'
import { statisticsOf } from './grow.ts'
import type { Objective } from './objective.ts'

/** The columns and features of a table, with every missing cell on its side. */
export interface PlacedTable extends Pick<Table, 'columns' | 'features'> {
  /** Per feature the cells that its cuts stand for, where they are positions among public cuts; null where they are cells. */
  readonly cuts: readonly (readonly number[])[] | null
}

/**
 * Chooses, for every number column with missing values, whether they lie below or above its range: the side on which
 * the column's best single cut of all the rows is better; above if it makes no difference.
 */
export function placeMissing(table: Table, rows: Uint32Array, objective: Objective): PlacedTable {
  const total = statisticsOf(rows, objective)
  const best = new BestCut(objective)
  const scratch = [new Float64Array(objective.channels), new Float64Array(objective.channels)] as const
  const offerCuts = ({ codes, cells }: TableFeature): boolean => {
    const statistics = new Float64Array(cells.length * objective.channels)
    objective.addToBins(statistics, 0, codes, rows)
    const search = { feature: 0, cells, total, minSamplesLeaf: 1, best, scratch }
    return bestCut(search, { statistics, at: 0, codes: cells.map((_, code) => code), count: cells.length }, objective)
  }
  const holders = new Map(table.columns.map((holder) => [holder.column.name, holder]))
  const below = new Map<string, TableColumn>()
  const features = table.features.map((feature): TableFeature => {
    const holder = holders.get(feature.feature.column)
    if (holder?.column.kind !== 'number' || holder.column.missing === 'never') return feature
    const moved = moveBelow(feature, missingCell(holder.column))
    best.clear()
    offerCuts(feature)
    if (feature.cells.at(-1) !== missingCell(holder.column)) {
      // No row lacks it, though records may: they go where most rows go at the column's best cut.
      const left = best.candidate?.left
      if (left === undefined || 2 * objective.weight(left) <= objective.weight(total)) return feature
      below.set(holder.column.name, { ...holder, column: { ...holder.column, missing: 'below' } })
      return moved
    }
    if (!offerCuts(moved)) return feature
    below.set(holder.column.name, { ...holder, column: { ...holder.column, missing: 'below' } })
    return moved
  })
  return { features, columns: table.columns.map((holder) => below.get(holder.column.name) ?? holder), cuts: null }
}

/** Every missing cell below the range of its column. */
export function placeBelow(table: Table): Pick<PlacedTable, 'columns' | 'features'> {
  const columns = table.columns.map((holder): TableColumn => {
    const { column } = holder
    return column.kind !== 'number' || column.missing === 'never'
      ? holder
      : { ...holder, column: { ...column, missing: 'below' } }
  })
  const features = table.features.map((feature) => {
    const { column } = columnNamed(table.columns, feature.feature.column)
    if (column.kind !== 'number' || column.missing === 'never') return feature
    return moveBelow(feature, missingCell(column))
  })
  return { columns, features }
}
