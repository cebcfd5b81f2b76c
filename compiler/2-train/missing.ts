import { missingCell } from '../../runtime/grid.ts'
import { narrowCodes, type Table, type TableColumn, type TableFeature } from '../table.ts'
import { addToBins, bestCut, type Candidate } from './cuts.ts'
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
  const bestOf = ({ codes, cells }: TableFeature, best: Candidate | null) => {
    const statistics = new Float64Array(cells.length * objective.channels)
    addToBins(statistics, 0, codes, rows, objective)
    return bestCut(0, cells, { statistics, at: 0, bins: cells.length, codes: null }, total, 1, objective, best)
  }
  const below = new Map<string, TableColumn>()
  const features = table.features.map((feature): TableFeature => {
    const holder = table.columns.find(({ column }) => column.name === feature.feature.column)
    if (holder?.column.kind !== 'number' || holder.column.missing === 'never') return feature
    const moved = moveBelow(feature, missingCell(holder.column))
    const best = bestOf(feature, null)
    if (bestOf(moved, best) === best) return feature
    below.set(holder.column.name, { ...holder, column: { ...holder.column, missing: 'below' } })
    return moved
  })
  return { features, columns: table.columns.map((holder) => below.get(holder.column.name) ?? holder), cuts: null }
}

/** The last cell becomes the first, and all others move up by one. */
function moveBelow({ feature, codes, cells }: TableFeature, above: number): TableFeature {
  if (cells.at(-1) !== above) return { feature, codes, cells: cells.map((cell) => cell + 1) }
  const last = cells.length - 1
  const moved = Int32Array.from(codes, (code) => (code === last ? 0 : code + 1))
  const movedCells = Int32Array.from(cells, (_, i) => (i === 0 ? 0 : (cells[i - 1] ?? 0) + 1))
  return { feature, codes: narrowCodes(moved, cells.length), cells: movedCells }
}
