import { missingCell } from '../../runtime/grid.ts'
import type { Table, TableColumn, TableFeature } from '../table.ts'
import type { Criterion } from './criterion.ts'
import { bestCut, type Candidate } from './split.ts'
import { countClasses } from './train.ts'

/**
 * Chooses, for every number column with missing values, whether they lie below or above its range: the side on which
 * the column's best single cut of all the rows is better; above if it makes no difference.
 */
export function placeMissing(
  table: Table,
  rows: Int32Array,
  criterion: Criterion,
): Pick<Table, 'columns' | 'features'> {
  const { classes, answers } = table.target
  const total = countClasses(classes, rows, answers.length)
  const bestOf = (cells: Int32Array, best: Candidate | null) =>
    bestCut(0, cells, classes, rows, total, 1, criterion, best)
  const below = new Map<string, TableColumn>()
  const features = table.features.map((feature): TableFeature => {
    const holder = table.columns.find(({ column }) => column.name === feature.feature.column)
    if (holder?.column.kind !== 'number' || holder.column.missing === 'never') return feature
    const above = missingCell(holder.column)
    const moved = feature.cells.map((cell) => (cell === above ? 0 : cell + 1))
    const best = bestOf(feature.cells, null)
    if (bestOf(moved, best) === best) return feature
    below.set(holder.column.name, { ...holder, column: { ...holder.column, missing: 'below' } })
    return { ...feature, cells: moved }
  })
  return { features, columns: table.columns.map((holder) => below.get(holder.column.name) ?? holder) }
}
