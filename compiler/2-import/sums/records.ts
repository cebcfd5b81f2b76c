import { at } from 'emp-compile-runtime/internal/at'
import type { Column } from 'emp-compile-runtime/internal/contract'
import { gridPosition, gridValue } from 'emp-compile-runtime/internal/grid'
import { seededRandom } from '../../folds.ts'
import type { SumsLoss } from '../../linear.ts'
import type { ForeignRow, ForeignValue } from '../foreign.ts'
import type { Sample } from '../sample.ts'

/** Records by which a model is approximated and measured. */
export interface Records {
  readonly rows: readonly ForeignRow[]
  /** The places of these rows in the sample. */
  readonly places: readonly number[]
  readonly drawn: boolean
  readonly ranges: SumsLoss['trusted']
}

/** So many records are drawn where there are no rows. */
const drawnRecords = 1000

/** The rows of a sample that its columns admit, each number the nearest on its Grid; or records drawn from the Grids. */
export function recordsOf(sample: Sample, columns: readonly Column[], seed: number): Records {
  const places = sample.rows.flatMap((row, place) =>
    row.some((value, i) => value === null && at(columns, i).missing === 'never') ? [] : [place],
  )
  const drawn = places.length === 0
  const rows = drawn
    ? drawRows(columns, seed)
    : places.map((place) => at(sample.rows, place).map((value, i) => onGrid(at(columns, i), value)))
  const ranges = columns.flatMap((column, i) => {
    if (column.kind === 'text') return []
    const numbers = rows.map((row) => at(row, i)).filter((value) => typeof value === 'number')
    if (numbers.length === 0) return []
    const least = numbers.reduce((a, b) => Math.min(a, b))
    return [{ column: column.name, least, greatest: numbers.reduce((a, b) => Math.max(a, b)) }]
  })
  return { rows, places, drawn, ranges }
}

function onGrid(column: Column, value: ForeignValue): ForeignValue {
  return column.kind === 'number' && typeof value === 'number'
    ? gridValue(column.grid, gridPosition(column.grid, value))
    : value
}

function drawRows(columns: readonly Column[], seed: number): ForeignRow[] {
  const random = seededRandom(seed)
  return Array.from({ length: drawnRecords }, () =>
    columns.map((column): ForeignValue => {
      if (column.missing !== 'never' && random() < 0.05) return null
      if (column.kind === 'number') return gridValue(column.grid, Math.floor(random() * column.grid.size))
      return at(column.levels, Math.floor(random() * column.levels.length))
    }),
  )
}
